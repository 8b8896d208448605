"""Fixtures for tests against the real servers. Each test makes its own carrier, so nothing needs to be emptied."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx
import procrastinate
import pytest
import pytest_asyncio

from dot_copilot import migrate
from dot_copilot.app import create_app
from dot_copilot.compose import build_platform
from dot_copilot.core.platform import Platform
from dot_copilot.worker import create_worker_app
from tests.support.servers import Servers, running_servers
from tests.support.world import Queries, World


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL (migrated), Valkey and Azurite."""
    with running_servers() as running:
        asyncio.run(migrate.run(running.settings))
        yield running


@pytest.fixture(scope="session")
def queries() -> Queries:
    """Records the SQL statements of the API, to pin their number."""
    return Queries()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def worker(servers: Servers) -> AsyncIterator[Platform]:
    """The platform as the worker sees it (role dot_worker)."""
    platform = await build_platform(servers.settings, "worker")
    yield platform
    await platform.close()


@pytest.fixture(scope="session")
def worker_app(servers: Servers) -> procrastinate.App:
    """The worker's task application. One a process, as in life: each further one would name the features' tasks anew."""
    return create_worker_app(servers.settings, servers.secrets["database_worker_password"])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(servers: Servers, queries: Queries) -> AsyncIterator[httpx.ASGITransport]:
    """The API application, started, as a transport for HTTP clients."""

    async def build() -> Platform:
        return await build_platform(servers.settings, "app", query_logger=queries.log)

    app = create_app(build)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        transport.platform = app.state.platform  # type: ignore[attr-defined]
        yield transport


_numbers = itertools.count(int(time.time()) % 1_000_000 * 10)


@pytest_asyncio.fixture(loop_scope="session")
async def world(api: httpx.ASGITransport, worker: Platform) -> AsyncIterator[World]:
    """A fresh carrier with one terminal, and signed-in people on demand."""
    async with AsyncExitStack() as stack:
        yield await World.create(api, worker, stack, usdot=str(next(_numbers)))


@pytest_asyncio.fixture(loop_scope="session")
async def other_world(api: httpx.ASGITransport, worker: Platform) -> AsyncIterator[World]:
    """A second carrier, for trying to cross from one to the other."""
    async with AsyncExitStack() as stack:
        yield await World.create(api, worker, stack, usdot=str(next(_numbers)))
