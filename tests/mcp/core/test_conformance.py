"""The public conformance suite through the gateway, both revisions, with nothing excused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mcp.conformance import REVISIONS, conformance_gateway, node, run, verdicts
from tests.support.mcp_gateway import Served


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    assert node().exists(), "the suite is not installed: run 'make setup'"
    with conformance_gateway() as served:
        yield served


@pytest.mark.timeout(180)
@pytest.mark.parametrize("revision", sorted(REVISIONS))
def test_every_required_scenario_passes(served: Served, revision: str, tmp_path: Path) -> None:
    found = verdicts(run(served.url, revision, tmp_path), revision)
    assert {name: failures for name, failures in found.items() if failures} == {}
    assert len(found) == REVISIONS[revision]
    assert all(call.outcome is not None for call in served.guard.calls)
