"""A public scanner reads the rendered templates. What it says and we do not follow is listed here, each with its reason."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.graph.arm import TYPES, template
from tests.infra.graphs import graph

ROOT = Path(__file__).resolve().parents[2]
CHECKOV = ROOT / ".venv-checkov/bin/checkov"
SITES, VAULTS = {"site", "slot"}, {"vault", "people-vault"}
SECRETS = {node.name for node in graph("prod").of("keyvault:Secret")}
# check: the resources it may name, and why we do otherwise
SKIPPED: dict[str, tuple[set[str], str]] = {
    "CKV_AZURE_110": (
        {"people-vault"},
        "what a person takes back has to be gone: purge protection would keep it for three months",
    ),
    "CKV_AZURE_42": ({"people-vault"}, "the same check under another number"),
    "CKV_AZURE_17": (SITES, "browsers and assistants have no client certificates; people sign in"),
    "CKV_AZURE_189": (VAULTS, "with network: public the vaults refuse every network but the application's; private closes them"),
    "CKV_AZURE_59": ({"storage"}, "likewise, and no blob is public"),
    "CKV_AZURE_206": ({"storage"}, "the tier table says LRS and ZRS; the scanner counts only copies in another region"),
    "CKV_AZURE_212": (SITES, "one instance is what the targets pay for; mostInstances brings more"),
    "CKV_AZURE_222": (SITES, "it is a public application: the browser calls it"),
    "CKV_AZURE_225": ({"plan"}, "a zone-redundant plan has three instances at least, three times its price"),
    "CKV_AZURE_41": (SECRETS, "a secret that ends by itself is an outage; rotating one is work that somebody does"),
}
GRAPHS = {
    "dev": graph("dev"),
    "staging": graph("staging"),
    "prod": graph("prod"),
    "private": graph("prod", network="private", redis=True, mostInstances=3),
}
SLIPS = graph("dev").changed("storage", "enableHttpsTrafficOnly", False).changed("site", "httpsOnly", False)


def scan(folder: Path) -> dict[str, Any]:
    assert CHECKOV.exists(), "the scanner is not installed; run: make setup"
    command = [
        str(CHECKOV),
        "--directory",
        str(folder),
        "--framework",
        "arm",
        "--compact",
        "--quiet",
        "--skip-download",
        "--output",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("templates")
    for name, recorded in {**GRAPHS, "slips": SLIPS}.items():
        (folder / f"{name}.json").write_text(json.dumps(template(recorded)))
    return scan(folder)


def failed(found: dict[str, Any], file: str = "") -> set[tuple[str, str]]:
    """(check, resource) pairs of a file, or of all but the slips."""
    checks = found["results"]["failed_checks"]
    taken = (one for one in checks if (one["file_path"] == file if file else one["file_path"] != "/slips.json"))
    return {(one["check_id"], one["resource"].rpartition(".")[2]) for one in taken}


def test_it_finds_nothing_that_we_did_not_decide(found: dict[str, Any]) -> None:
    unexpected = {(check, name) for check, name in failed(found) if name not in SKIPPED.get(check, (set(), ""))[0]}
    assert not unexpected
    assert found["summary"]["parsing_errors"] == 0
    assert found["summary"]["passed"] > 100, "it has looked at something"


def test_every_exception_is_still_needed(found: dict[str, Any]) -> None:
    assert {check for check, _ in failed(found)} == set(SKIPPED)
    assert all(len(reason) > 20 for _, reason in SKIPPED.values())


def test_it_would_see_a_slip(found: dict[str, Any]) -> None:
    assert failed(found, "/slips.json") - failed(found) >= {("CKV_AZURE_14", "site"), ("CKV_AZURE_3", "storage")}


def test_templates_leave_out_only_what_scanners_know_nothing_about() -> None:
    left_out = {node.kind for recorded in GRAPHS.values() for node in recorded.nodes} - TYPES.keys()
    assert {kind.partition(":")[0] for kind in left_out} <= {
        "applicationinsights",
        "authorization",
        "consumption",
        "dbforpostgresql",
        "managedidentity",
        "monitor",
        "network",
        "portal",
        "privatedns",
        "redisenterprise",
        "resources",
        "storage",
        "web",
    }
