"""A worker on demand: `work()` runs the queued jobs to their end, in this process and with the worker's role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.platform import Platform
from dot_copilot.worker import create_worker_app
from tests.support.servers import Servers

Work = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def work(servers: Servers, worker: Platform) -> AsyncIterator[Work]:
    """Runs what is queued, until nothing is."""
    app = create_worker_app(servers.settings, servers.secrets["database_worker_password"])
    core_tasks.bind(worker)
    async with app.open_async():

        async def run() -> None:
            await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

        yield run
