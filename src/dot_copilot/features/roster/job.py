"""The import as a job: read the whole file, then write it batch by batch. Killed anywhere, it goes on where it stood.

What has been done is known from the database alone: `next_row` moves in the transaction that writes its batch, and the
reading starts over, for it writes nothing but its own report.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

from dot_copilot.core import audit
from dot_copilot.core.database import Door, Row
from dot_copilot.features.roster import counted, repository
from dot_copilot.features.roster.batches import Cancelled, Interrupted, Job, Spool, batches, drivers_of
from dot_copilot.features.roster.errors import FileProblem
from dot_copilot.features.roster.known import Known, known_to
from dot_copilot.features.roster.models import Batch, Plan
from dot_copilot.features.roster.parsing import RowParser
from dot_copilot.features.roster.pipeline import write_rows
from dot_copilot.features.roster.report import Report
from dot_copilot.features.roster.service import finish_cancelled, mapping_problem

_ACTIVE = ("reading", "importing")


async def run(job: Job) -> None:
    """Does what is left to do. Raises `Interrupted` when the worker stops; the next run goes on."""
    async with job.door() as door:
        row = await _begin(door, job)
        known = await known_to(door)
    if row is None:
        return
    if row["state"] in _ACTIVE and await _finish(job, row, known):
        return  # a preview: its file is still wanted
    if row["state"] != "preview":
        await job.platform.blobs.delete(row["blob_name"])


async def _begin(door: Door, job: Job) -> Row | None:
    """The import, with its state moved on from `queued`."""
    row = await repository.read_import(door, job.import_id, lock=True)
    if row is None or row["state"] != "queued":
        return row
    state = "importing" if Plan.of(row["columns"]).read and not row["dry_run"] else "reading"
    started = row["started_at"] or await door.fetchval("select now()")
    await repository.update_import(door, job.import_id, state=state, started_at=started)
    return await repository.read_import(door, job.import_id)


async def _finish(job: Job, row: Row, known: Known) -> bool:
    """Reads, writes, or both; returns whether it ended in a preview."""
    try:
        with tempfile.TemporaryDirectory(prefix="roster-") as directory:
            path = Path(directory) / "roster"
            await _fetch(job, row["blob_name"], path)
            await _work(job, row, known, path)
    except Cancelled:
        async with job.door() as door:
            await finish_cancelled(door, job.import_id)
        return False
    except FileProblem as error:
        await fail(job, error.problem)
        return False
    except FileNotFoundError:
        await fail(job, "The file is not in the store any more. Upload it again.")
        return False
    return bool(row["dry_run"])


async def _fetch(job: Job, blob: str, path: Path) -> None:
    with path.open("wb") as file:
        async for chunk in job.platform.blobs.stream(blob):
            await asyncio.to_thread(file.write, chunk)


async def _work(job: Job, row: Row, known: Known, path: Path) -> None:
    plan = Plan.of(row["columns"])
    if row["state"] == "reading":
        spool = Spool(path.with_suffix(".rows"))
        await _read(job, row, Source(plan, known, path), spool)
        if not row["dry_run"]:
            await write_rows(job, spool.batches(job))
    else:
        parser = RowParser(plan.layout, known.fields, row["created_at"].date())
        await write_rows(job, _parsed(job, parser, path))


async def _parsed(job: Job, parser: RowParser, path: Path) -> AsyncIterator[Batch]:
    async for rows in batches(job, parser, path):
        yield drivers_of(rows)


class Source(NamedTuple):
    """The file and how to understand it."""

    plan: Plan
    known: Known
    path: Path


async def _read(job: Job, row: Row, source: Source, spool: Spool) -> None:
    """Reads all rows and reports; twice when a column turns out to have the day before the month."""
    plan, known, path = source
    while True:
        parser = RowParser(plan.layout, known.fields, row["created_at"].date())
        report = Report(plan)
        spool.clear()
        async for rows in batches(job, parser, path, noting=True):
            report.add(rows)
            if not row["dry_run"]:
                spool.add(drivers_of(rows))
            await _progress(job, report.last_row)
        if parser.day_first == plan.layout.day_first:
            break
        plan.layout.day_first = dict(parser.day_first)
    async with job.door() as door:
        await report.save(door, job.import_id)
        problem = mapping_problem(plan.layout.columns, known.fields)
        if row["dry_run"]:
            now = await door.fetchval("select now()")
            await repository.update_import(door, job.import_id, state="preview", problem=problem, finished_at=now)
        else:
            await repository.update_import(door, job.import_id, state="importing", next_row=0)


async def _progress(job: Job, last_row: int) -> None:
    """Shows how far the reading is, and learns whether it is still wanted."""
    async with job.door() as door:
        row = await repository.read_import(door, job.import_id, lock=True)
        if row is None or row["cancel_requested"]:
            raise Cancelled
        if row["state"] != "reading":
            raise Interrupted("another worker has gone on with this import")
        await repository.update_import(door, job.import_id, next_row=last_row)


async def fail(job: Job, problem: str) -> None:
    """Ends the import with a reason for people."""
    async with job.door() as door:
        now = await door.fetchval("select now()")
        await repository.update_import(door, job.import_id, state="failed", problem=problem, finished_at=now)
        await audit.record(door, "roster_import.failed", "roster_import", job.import_id, {"problem": problem})
    counted.failed()
