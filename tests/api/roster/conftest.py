"""A worker on demand: `work()` runs the queued jobs to their end, in this process and with the worker's role."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import procrastinate
import pytest_asyncio

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.platform import Platform

Work = Callable[[], Awaitable[None]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def work(worker_app: procrastinate.App, worker: Platform) -> AsyncIterator[Work]:
    """Runs what is queued, until nothing is."""
    core_tasks.bind(worker)
    async with worker_app.open_async():

        async def run() -> None:
            await worker_app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

        yield run
