"""Two real servers of the official SDK behind one gateway, for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.mcp_client import Client
from tests.support.mcp_gateway import Served, fixture_server, two_upstreams


@pytest.fixture(scope="session")
def everything() -> Iterator[str]:
    with fixture_server("everything") as url:
        yield url


@pytest.fixture(scope="session")
def second() -> Iterator[str]:
    with fixture_server("second") as url:
        yield url


@pytest.fixture(scope="module")
def served(everything: str, second: str) -> Iterator[Served]:
    with Served(two_upstreams(everything, second, max_body_bytes=65_536, body_seconds=1.0)) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    guard = served.guard
    guard.strict, guard.wait = False, 0.0
    guard.hidden.clear()
    guard.scopes.clear()
    guard.ended.clear()
    guard.calls.clear()
    guard.version += 1
    with Client(served.url) as client:
        yield client
