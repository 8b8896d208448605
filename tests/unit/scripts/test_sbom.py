"""Bills of materials: every package of a lock, with its hash, the same for the same commit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from scripts import sbom

ROOT = Path(__file__).resolve().parents[3]


def test_every_pinned_package_is_in_the_bill_with_its_hashes() -> None:
    lock = ROOT / "requirements/app.txt"
    bill = sbom.named(sbom.python(lock), "app", "1.2.3")
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+)", lock.read_text(), re.MULTILINE))
    assert {(part["name"], part["version"]) for part in bill["components"]} == pinned
    assert all(part["externalReferences"][0]["hashes"] for part in bill["components"])
    assert bill["metadata"]["component"]["version"] == "1.2.3"


def test_the_emulators_bill_is_of_its_lock_and_always_the_same() -> None:
    bill = sbom.node(ROOT / "deploy/local")
    assert "azurite" in {part["name"] for part in bill["components"]}
    assert sbom.node(ROOT / "deploy/local") == bill


def test_the_pages_bill_has_what_browsers_get_and_not_what_builds() -> None:
    names = {part["name"] for part in sbom.node(ROOT / "web")["components"]}
    assert "react" in names
    assert "vite" not in names


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ([], "the lock of app names no package"),
        ([{"name": "one", "purl": "pkg:pypi/one"}], "one in the bill of app has no version"),
        ([{"name": "one", "version": "1"}], "one in the bill of app has no version or no package URL"),
    ],
)
def test_a_bill_that_says_too_little_is_no_bill(parts: list[dict[str, str]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        sbom.named({"metadata": {}, "components": parts}, "app", "1.2.3")


def test_a_lock_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"name": "x", "dependencies": {"left-pad": "1.0.0"}}))
    (tmp_path / "package-lock.json").write_text("{}")
    with pytest.raises(ValueError, match="npm failed"):
        sbom.node(tmp_path)
