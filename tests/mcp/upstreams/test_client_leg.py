"""The public conformance suite's client mode on the gateway's upstream leg. There is no list of expected failures."""

from __future__ import annotations

import concurrent.futures
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dot_copilot.stack.binaries import repository_root
from tests.mcp.conformance import PACKAGES, node

SUITE = PACKAGES / "@modelcontextprotocol" / "conformance"
REVISIONS = {"2025-11-25": 18, "2026-07-28": 32}  # the client scenarios each revision requires
AT_ONCE = 2


def required(revision: str) -> list[str]:
    """The client scenarios of a requirement set, as the suite's own file names them."""
    text = (SUITE / "requirements" / f"{revision}.yaml").read_text()
    section = text.partition("\nclient:\n")[2].partition("\nnot_scored:")[0]
    return [line.strip()[2:] for line in section.splitlines() if line.strip().startswith("- ")]


def play(scenario: str, revision: str, out: Path) -> list[str]:
    """Plays one scenario; what went wrong, nothing if it passed. Warnings count, and so does a scenario that checked nothing."""
    command = [str(node()), str(SUITE / "dist" / "index.js"), "client", "--scenario", scenario, "--spec-version", revision]
    command += ["--command", f"{sys.executable} -m tests.mcp.client_leg", "--timeout", "100000", "-o", str(out)]
    ran = subprocess.run(command, cwd=repository_root(), capture_output=True, text=True, timeout=150, check=False)
    files = list(out.glob(f"{scenario}-20*/checks.json"))
    checks = json.loads(files[0].read_text()) if files else []
    wrong = [f"{one['id']}: {one.get('errorMessage')}" for one in checks if one["status"] in {"FAILURE", "WARNING"}]
    if not any(one["status"] == "SUCCESS" for one in checks):
        wrong.append("it checked nothing")
    if ran.returncode and not wrong:
        wrong.append(ran.stderr[-2000:])
    return wrong


@pytest.mark.timeout(900)
@pytest.mark.parametrize("revision", REVISIONS)
def test_every_required_client_scenario_passes(revision: str, tmp_path: Path) -> None:
    assert node().exists(), "the suite is not installed: run 'make setup'"
    scenarios = required(revision)
    assert len(scenarios) == REVISIONS[revision]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        results = dict(zip(scenarios, pool.map(lambda name: play(name, revision, tmp_path), scenarios), strict=True))
    assert {name: wrong for name, wrong in results.items() if wrong} == {}
