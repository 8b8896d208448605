"""Writes the rows of an import, two batches at a time: while one is projected, the next one's rows go in beside it.

Each batch is one transaction, and they commit in the order of the file: a batch moves `next_row` only when the one before it
has done so, and is undone when that one failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from dot_copilot.core import audit
from dot_copilot.core.database import Door, Row
from dot_copilot.features.roster import counted, repository
from dot_copilot.features.roster.batches import Cancelled, Interrupted, Job
from dot_copilot.features.roster.models import Batch, Plan
from dot_copilot.features.roster.terminals import Terminals
from dot_copilot.features.roster.writing import Staged, complete, stage


async def write_rows(job: Job, batches: AsyncIterator[Batch]) -> None:
    """Writes what is not written yet. The reading has reported the rows with errors; new errors come from the database only."""
    async with job.door() as door:
        present = await repository.read_import(door, job.import_id)
        assert present is not None
    done: int = present["next_row"]
    terminals = Terminals(job.door)
    count = 0
    under_way: list[asyncio.Task[None]] = []  # two at most, in the order of the file
    statistics: list[asyncio.Task[None]] = []
    try:
        async for batch in batches:
            if batch.last_row <= done:
                continue
            batch.drivers = [driver for driver in batch.drivers if driver.row > done]
            under_way.append(asyncio.create_task(_write(job, batch, terminals, under_way[-1] if under_way else None)))
            if len(under_way) == 2:
                await under_way[0]
                del under_way[0]
            count += 1
            if count & (count - 1) == 0 and count != 2:  # after the 1st, 4th, 8th, 16th ... batch
                statistics.append(asyncio.create_task(_refresh_statistics(job)))
        await asyncio.gather(*under_way, *statistics)
    finally:
        for task in (*under_way, *statistics):
            task.cancel()
        await asyncio.gather(*under_way, *statistics, return_exceptions=True)
    await _refresh_statistics(job)
    await _finish(job)


async def _refresh_statistics(job: Job) -> None:
    async with job.door() as door:
        await repository.refresh_statistics(door)


async def _finish(job: Job) -> None:
    async with job.door() as door:
        row = await repository.read_import(door, job.import_id, lock=True)
        assert row is not None
        now = await door.fetchval("select now()")
        await repository.update_import(door, job.import_id, state="done", finished_at=now)
        details = {name: row[name] for name in ("total", "imported", "updated", "skipped")}
        await audit.record(door, "roster_import.finished", "roster_import", job.import_id, details)
    counted.completed(imported=row["imported"], errors=row["skipped"])


async def _write(job: Job, batch: Batch, terminals: Terminals, previous: asyncio.Task[None] | None) -> None:
    async with job.door() as door:
        staged = await stage(door, job.import_id, batch.drivers, terminals)
        if previous is not None:
            await asyncio.shield(previous)
        row = await repository.read_import(door, job.import_id, lock=True)
        assert row is not None
        if row["cancel_requested"]:
            raise Cancelled
        if row["state"] != "importing" or row["next_row"] >= batch.last_row:
            raise Interrupted("another worker has gone on with this import")
        await complete(door, job.import_id, staged, (batch.first_row, batch.last_row))
        await _count(door, row, staged, batch.last_row, terminals)


async def _count(door: Door, row: Row, staged: Staged, last_row: int, terminals: Terminals) -> None:
    """The import's row after this batch: what was written, what was not, and where to go on."""
    errors = staged.errors
    if errors:
        await repository.insert_errors(door, row["id"], row["error_count"] + 1, errors)
    changes: dict[str, object] = {}
    if terminals.created:
        plan = Plan.of(row["columns"])
        plan.notes = [*plan.notes, *(f"Terminal '{name}' was created." for name in terminals.created)]
        changes["columns"] = plan.data()
        terminals.created = []
    await repository.update_import(
        door,
        row["id"],
        next_row=last_row,
        imported=row["imported"] + staged.rows,
        updated=row["updated"] + staged.rows - len(staged.created),
        error_count=row["error_count"] + len(errors),
        skipped=row["skipped"] + len(errors),
        **changes,
    )
