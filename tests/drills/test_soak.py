"""The soak of `python -m bench soak`, shorter: what leaks at every call or connection shows in a few thousand too."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.soak import MOST_GROWTH, soak
from tests.support.servers import Servers

pytestmark = pytest.mark.drill


def test_calls_and_connections_leave_nothing_behind(servers: Servers, tmp_path: Path) -> None:
    census = soak(servers, tmp_path, calls=6000, connections=30, rest_s=2.0)
    assert census.calls >= 6000
    assert census.connections == 30
    assert census.growth < MOST_GROWTH, census.memory_mb
    assert census.leaked == 0, (census.sockets, census.pooled, census.children)
    assert census.recorded >= census.calls
