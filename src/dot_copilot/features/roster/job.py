"""The import as a job: read the whole file, then write it batch by batch. Killed anywhere, it goes on where it stood.

What has been done is known from the database alone: `next_row` moves in the transaction that writes its batch, and the
reading starts over, for it writes nothing but its own report.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from dot_copilot.core import audit
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform
from dot_copilot.features.roster import repository
from dot_copilot.features.roster.errors import FileProblem
from dot_copilot.features.roster.known import Known, known_to
from dot_copilot.features.roster.layout import raw_rows
from dot_copilot.features.roster.models import ParsedRow, Plan
from dot_copilot.features.roster.parsing import RowParser
from dot_copilot.features.roster.report import Report
from dot_copilot.features.roster.service import finish_cancelled, mapping_problem
from dot_copilot.features.roster.writing import write_batch

BATCH = 500
_ACTIVE = ("reading", "importing")


class Interrupted(Exception):
    """The worker is stopping; the job is to be run again."""


class Cancelled(Exception):
    """Somebody has asked to stop."""


class Job(Struct):
    """One run of one import."""

    platform: Platform
    carrier_id: UUID
    actor_id: UUID | None
    import_id: UUID
    stopping: asyncio.Event

    def door(self) -> AbstractAsyncContextManager[Door]:
        """A transaction of the import's carrier, in the name of who asked for it."""
        return self.platform.database.job_door(self.carrier_id, actor_id=self.actor_id, via="roster")


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
        await _read(job, row, plan, known, path)
        if row["dry_run"]:
            return
    await _write(job, row, plan, known, path)


async def _read(job: Job, row: Row, plan: Plan, known: Known, path: Path) -> None:
    """Reads all rows and reports; twice when a column turns out to have the day before the month."""
    while True:
        parser = RowParser(plan.layout, known.fields, row["created_at"].date())
        report = Report(plan)
        async for batch in _batches(job, parser, path, noting=True):
            report.add(batch)
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


async def _write(job: Job, row: Row, plan: Plan, known: Known, path: Path) -> None:
    """Writes what is not written yet. Rows with errors were reported by the reading; new ones come from the database only."""
    async with job.door() as door:
        present = await repository.read_import(door, job.import_id)
        assert present is not None
    done = present["next_row"]
    parser = RowParser(plan.layout, known.fields, row["created_at"].date())
    async for batch in _batches(job, parser, path):
        if batch[-1].number > done:
            await _write_one(job, [parsed for parsed in batch if parsed.number > done])
    async with job.door() as door:
        row_now = await repository.read_import(door, job.import_id, lock=True)
        assert row_now is not None
        now = await door.fetchval("select now()")
        await repository.update_import(door, job.import_id, state="done", finished_at=now)
        details = {name: row_now[name] for name in ("total", "imported", "updated", "skipped")}
        await audit.record(door, "roster_import.finished", "roster_import", job.import_id, details)


async def _write_one(job: Job, batch: Sequence[ParsedRow]) -> None:
    async with job.door() as door:
        row = await repository.read_import(door, job.import_id, lock=True)
        assert row is not None
        if row["cancel_requested"]:
            raise Cancelled
        if row["state"] != "importing" or row["next_row"] >= batch[-1].number:
            raise Interrupted("another worker has gone on with this import")
        written = await write_batch(door, job.import_id, [parsed.driver for parsed in batch if parsed.driver is not None])
        changes: dict[str, object] = {"next_row": batch[-1].number}
        if written.errors:
            await repository.insert_errors(door, job.import_id, row["error_count"] + 1, written.errors)
            changes |= {"error_count": row["error_count"] + len(written.errors), "skipped": row["skipped"] + len(written.errors)}
        changes["imported"] = row["imported"] + written.created + written.updated
        changes["updated"] = row["updated"] + written.updated
        if written.terminals:
            plan = Plan.of(row["columns"])
            plan.notes = [*plan.notes, *(f"Terminal '{name}' was created." for name in written.terminals)]
            changes["columns"] = plan.data()
        await repository.update_import(door, job.import_id, **changes)


async def _batches(job: Job, parser: RowParser, path: Path, *, noting: bool = False) -> AsyncIterator[list[ParsedRow]]:
    """Parsed rows in batches, read in a thread so that the worker keeps answering. `Interrupted`, `Cancelled` in between."""
    async with _reading(_chunked(parser, path, noting=noting)) as chunks:
        while batch := await asyncio.to_thread(next, chunks, None):
            if job.stopping.is_set():
                raise Interrupted("the worker is stopping")
            yield batch


@asynccontextmanager
async def _reading(chunks: Iterator[list[ParsedRow]]) -> AsyncIterator[Iterator[list[ParsedRow]]]:
    try:
        yield chunks
    finally:
        await asyncio.to_thread(chunks.close)  # type: ignore[attr-defined]


def _chunked(parser: RowParser, path: Path, *, noting: bool) -> Iterator[list[ParsedRow]]:
    rows = raw_rows(path, parser.layout)
    batch: list[ParsedRow] = []
    for parsed in parser.parse(parser.noting(rows) if noting else rows):
        batch.append(parsed)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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
