"""What an installed package fetches: nothing half installed is ever used, and what is missing is said in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from dot_copilot import resources
from dot_copilot.stack import binaries, provisions

NPM = """#!/bin/sh
[ "$1" = ci ] || exit 9
{before}
mkdir -p node_modules/azurite/dist/src/blob && touch node_modules/azurite/dist/src/blob/main.js
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package, and a PATH on which only stands what the test puts there."""
    carried, programs = tmp_path / "dot_copilot/_files", tmp_path / "bin"
    (carried / "deploy/local").mkdir(parents=True)
    for name in resources.NODE_FILES:
        (carried / "deploy/local" / name).write_text("{}")
    monkeypatch.setattr(resources, "_CARRIED", carried)
    monkeypatch.setenv("DOT_COPILOT_CACHE", str(tmp_path / "cache"))
    programs.mkdir()
    for name in ("mkdir", "touch", "sh"):
        (programs / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(programs))
    return programs


def put(programs: Path, name: str, text: str) -> None:
    (programs / name).write_text(text)
    (programs / name).chmod(0o755)


def with_node(programs: Path, *, version: str = "v22.1.0", before: str = "") -> None:
    put(programs, "node", f"#!/bin/sh\necho {version}\n")
    put(programs, "npm", NPM.format(before=before))


def test_azurite_is_installed_once(programs: Path) -> None:
    with_node(programs)
    said: list[str] = []
    assert provisions.blob_storage(said.append)
    assert binaries.azurite().exists()
    assert binaries.azurite_preload().exists(), "beside what it loads from"
    with_node(programs, before="exit 1")
    assert provisions.blob_storage(said.append)
    assert len(said) == 1, "the second time there is nothing to do and nothing to say"


@pytest.mark.parametrize(
    ("name", "version", "sentence"),
    [
        ("", "", "Node.js is not installed"),
        ("node", "v22.1.0", "npm is not installed"),
        ("npm", "v18.19.0", "this is v18.19.0"),
    ],
)
def test_what_is_missing_is_said_with_the_command(programs: Path, name: str, version: str, sentence: str) -> None:
    if name:
        with_node(programs, version=version)
    if name == "node":
        (programs / "npm").unlink()
    said: list[str] = []
    assert not provisions.blob_storage(said.append)
    (text,) = said
    assert sentence in text
    assert "sudo apt-get install nodejs npm" in text
    assert text.endswith("then run: dot-copilot setup")


def test_a_failure_leaves_nothing_half_installed(programs: Path, tmp_path: Path) -> None:
    with_node(programs, before="mkdir -p node_modules/azurite; echo 'npm error network is down' >&2; exit 1")
    said: list[str] = []
    assert not provisions.blob_storage(said.append)
    assert said[-1] == (
        "Azurite could not be installed, so files cannot be uploaded: npm says: network is down; to try again: dot-copilot setup"
    )
    assert list((tmp_path / "cache").iterdir()) == []
    with_node(programs)
    assert provisions.blob_storage(said.append)


def test_what_a_killed_one_left_is_replaced(programs: Path) -> None:
    (resources.node_packages() / "node_modules").mkdir(parents=True)
    with_node(programs)
    assert provisions.blob_storage(lambda _text: None)
