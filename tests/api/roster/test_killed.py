"""Killed in the middle: the import goes on by itself, and no row is lost or doubled."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.roster import pipeline, tasks
from dot_copilot.features.roster.report import Report
from dot_copilot.features.roster.writing import complete
from tests.api.roster.conftest import Work
from tests.api.roster.files import csv_bytes, read, rows_of, started
from tests.support.api_process import api_environment
from tests.support.servers import Servers, free_port
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROWS = [
    [f"{n:05}", "Ana", f"Ruiz {n}", "2024-01-15", "Dallas", "A", "2029-05-01", "2026-03-01", "2028-03-01"] for n in range(6000)
]


@contextmanager
def worker_process(servers: Servers) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker."""
    with (servers.directory / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "dot_copilot.worker", "--health-port", str(free_port())]
        process = subprocess.Popen(command, env=api_environment(servers), stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(world: World, servers: Servers, job: dict[str, Any], reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The import once it has come that far; two minutes are enough on a busy machine."""
    client = await world.as_role(Role.SAFETY_MANAGER)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = await read(client, job)
        if reached(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(
        f"still {found['state']} at {found['progress']}\n{(servers.directory / 'worker.log').read_text()[-20_000:]}"
    )


async def check_all_there_once(world: World, job: dict[str, Any]) -> None:
    """Every row of `ROWS` is there, with everything that hangs on it, exactly once."""
    assert (job["total"], job["imported"], job["updated"], job["skipped"]) == (6000, 6000, 0, 0)
    for table, count in (("drivers", 6000), ("employments", 6000), ("evidence", 12000), ("driver_standing", 6000)):
        (row,) = await rows_of(world, f"select count(*) as n from {table} where carrier_id = $1")
        assert row["n"] == count, table
    written = await world.audit_log("roster_import.written")
    spans = [row["details"]["rows"] for row in written]
    assert spans[0][0] == 2
    assert spans[-1][1] == 6001
    assert all(before[1] + 1 == after[0] for before, after in pairwise(spans))


async def test_a_worker_killed_with_9_is_followed_by_one_that_goes_on(world: World, servers: Servers, work: Work) -> None:
    await work()  # what earlier tests have left
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, csv_bytes(ROWS))
    with worker_process(servers) as first:
        half = await until(world, servers, job, lambda found: found["imported"] > 0 or found["state"] == "done")
        first.kill()
        first.wait()
    assert half["state"] == "importing"
    assert len(await rows_of(world, "select 1 from drivers where carrier_id = $1")) < 6000
    with worker_process(servers):
        done = await until(world, servers, job, lambda found: found["state"] not in ("importing", "reading"))
    await check_all_there_once(world, done)


async def test_a_database_that_drops_every_connection_costs_no_row(
    world: World, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when PostgreSQL is killed: the connections of the job break in the middle of a batch."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, csv_bytes(ROWS))
    batches = 0

    async def broken(door: Any, *rest: Any) -> None:
        nonlocal batches
        await complete(door, *rest)
        batches += 1
        if batches == 4:
            door._connection.terminate()

    monkeypatch.setattr(pipeline, "complete", broken)
    await work()
    half = await read(manager, job)
    assert (half["state"], half["imported"]) == ("importing", 1500)
    await asyncio.sleep(4.5)  # the wait before the next attempt
    await work()
    await check_all_there_once(world, await read(manager, job))


async def test_a_reading_that_breaks_off_starts_over(world: World, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    rows = [*ROWS[:700], ["bad", "Ana", "Ruiz", "1/1/24", "", "", "", "", ""]]
    job = await started(manager, csv_bytes(rows), dry_run="true")
    save = Report.save

    async def broken(self: Report, door: Any, import_id: Any) -> None:
        await save(self, door, import_id)
        monkeypatch.setattr(Report, "save", save)
        raise OSError("broken off")

    monkeypatch.setattr(Report, "save", broken)
    await work()
    assert (await read(manager, job))["state"] == "reading"
    await asyncio.sleep(4.5)
    await work()
    seen = await read(manager, job)
    assert (seen["state"], seen["total"], seen["error_count"]) == ("preview", 701, 1)


async def test_an_import_that_fails_for_good_says_so(world: World, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, csv_bytes(ROWS[:10]))

    async def broken(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(pipeline, "complete", broken)
    monkeypatch.setattr(tasks, "ATTEMPTS", 1)
    await work()
    failed = await read(manager, job)
    assert (failed["state"], failed["imported"]) == ("failed", 0)
    assert "importing the same file again adds nothing twice" in failed["problem"]
    assert await rows_of(world, "select 1 from drivers where carrier_id = $1") == []
