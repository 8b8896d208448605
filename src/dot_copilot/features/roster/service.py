"""What can be asked of roster imports. Reading and writing the rows is the job's (`job.py`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from dot_copilot.core import audit, jobs
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import FieldProblem
from dot_copilot.core.http import Locale
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.platform import Platform
from dot_copilot.features.roster import repository, schemas
from dot_copilot.features.roster.errors import (
    FileProblem,
    ImportNotFound,
    ImportStateConflict,
    NotATable,
    RosterColumnsMissing,
    RosterFileRefused,
    RosterUnreadable,
)
from dot_copilot.features.roster.fields import Field, missing_required
from dot_copilot.features.roster.known import Known, known_to
from dot_copilot.features.roster.layout import find_layout
from dot_copilot.features.roster.mapping import correct
from dot_copilot.features.roster.models import Column, Layout, Plan
from dot_copilot.features.roster.upload import Upload

TASK = "roster:import_roster"
DISCARD_TASK = "roster:discard_roster"
_SHOWN_ERRORS = 100
_CHUNK = 1 << 20
_MEDIA_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Beginning(NamedTuple):
    """For whom an import begins, and how to open a door in their name."""

    carrier_id: UUID
    door: Callable[[], AbstractAsyncContextManager[Door]]


async def start_import(platform: Platform, caller: Caller, locale: Locale, upload: Upload) -> schemas.RosterImport:
    """As `begin_import`, for a signed-in person."""
    return await begin_import(platform, Beginning(caller.carrier_id, lambda: platform.database.door(caller)), locale, upload)


async def begin_import(platform: Platform, begin: Beginning, locale: Locale, upload: Upload) -> schemas.RosterImport:
    """Checks the file as a whole, keeps it and queues its import; nothing is kept of a file that is refused."""
    async with begin.door() as door:
        known = await known_to(door)
    layout = await _layout(platform, upload, known)
    _check_mapping(layout.columns, known.fields, upload.dry_run)
    import_id = uuid4()
    new = repository.NewImport(
        id=import_id,
        dry_run=upload.dry_run,
        file_name=upload.file_name,
        size=upload.size,
        sha256=upload.sha256,
        blob_name=f"{begin.carrier_id}/rosters/{import_id}",
        columns=Plan(layout).data(),
    )
    await platform.blobs.put(new.blob_name, file_chunks(upload.path), media_type=_MEDIA_TYPES[layout.kind])
    try:
        async with begin.door() as door:
            await repository.insert_import(door, new)
            details = {"file_name": new.file_name, "sha256": new.sha256.hex(), "size": new.size, "dry_run": new.dry_run}
            await audit.record(door, "roster_import.started", "roster_import", import_id, details)
            await _queue(door, import_id)
            return await read_import(door, locale, import_id)
    except BaseException:
        await asyncio.shield(platform.blobs.delete(new.blob_name))
        raise


async def _layout(platform: Platform, upload: Upload, known: Known) -> Layout:
    try:
        today = platform.clock.now().date()
        layout = await asyncio.to_thread(lambda: find_layout(upload.path, known.headers, today))
    except NotATable as problem:
        raise RosterFileRefused(problem.problem) from None
    except FileProblem as problem:
        raise RosterUnreadable(problem.problem) from None
    _apply(layout.columns, upload.mapping, known.fields)
    return layout


async def file_chunks(path: Path) -> AsyncIterator[bytes]:
    """The file in pieces, read off the event loop."""
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


async def _queue(door: Door, import_id: UUID) -> None:
    """One carrier's imports run one after another."""
    await jobs.defer(door, TASK, lock=f"roster:{door.carrier_id}", import_id=str(import_id))


def _apply(columns: list[Column], change: Mapping[str, str | None], fields: dict[str, Field]) -> None:
    if problems := correct(columns, change, fields):
        errors = [FieldProblem(field=name, problem=problem) for name, problem in problems]
        raise RosterColumnsMissing("The mapping can't be used: " + " ".join(f"'{f}': {p}" for f, p in problems[:5]), errors)


def _check_mapping(columns: Sequence[Column], fields: dict[str, Field], dry_run: bool) -> None:
    problem = mapping_problem(columns, fields)
    if problem and not dry_run:
        raise RosterColumnsMissing(f"{problem} Send dry_run=true to see how the columns are understood, and correct them.")


def mapping_problem(columns: Sequence[Column], fields: dict[str, Field]) -> str | None:
    """What keeps this mapping from being imported, in words, or None."""
    missing = missing_required([column.field for column in columns if column.field], fields)
    if not missing:
        return None
    names = " and ".join(f"'{field.label_en}'" for field in missing)
    return f"No column is mapped to {names}. Say which columns hold {'them' if len(missing) > 1 else 'it'}."


async def read_import(door: Door, locale: Locale, import_id: UUID) -> schemas.RosterImport:
    """One import with its first errors. `ImportNotFound`."""
    row = await repository.read_import(door, import_id)
    if row is None:
        raise ImportNotFound
    known = await known_to(door)
    plan = Plan.of(row["columns"])
    errors = await repository.page_of_errors(door, import_id, _SHOWN_ERRORS, 0)
    return schemas.RosterImport(
        **_shared(row, plan),
        size=row["size"],
        errors=[_error(error) for error in errors],
        mapping=[_column(column) for column in plan.layout.columns],
        fields=[_field(field, locale) for field in known.fields.values()],
        notes=plan.notes,
        started_at=row["started_at"],
    )


def _shared(row: Row, plan: Plan) -> dict[str, Any]:
    names = (
        "id",
        "state",
        "dry_run",
        "file_name",
        "total",
        "imported",
        "updated",
        "skipped",
        "error_count",
        "problem",
        "created_by",
    )
    return {name: row[name] for name in names} | {
        "created_at": row["created_at"],
        "finished_at": row["finished_at"],
        "progress": _progress(row, plan),
    }


def _progress(row: Row, plan: Plan) -> float:
    """Of the step in progress: rows passed of rows there are (a guess while they are being counted)."""
    if row["state"] in ("preview", "done"):
        return 1.0
    rows = plan.last_row or plan.layout.rows_hint
    if row["state"] not in ("reading", "importing") or rows <= 0:
        return 0.0
    done: int = row["next_row"]
    return round(min(done / rows, 0.99), 3)


def _column(column: Column) -> schemas.RosterColumn:
    return schemas.RosterColumn(
        column=column.column,
        field=column.field,
        samples=column.samples,
        guessed=column.guessed,
        confidence=column.confidence,
        note=column.note,
    )


def _field(field: Field, locale: Locale) -> schemas.RosterField:
    label = field.label_es if locale == "es" else field.label_en
    return schemas.RosterField(field=field.key, label=label, required=field.required, group=field.group)


def _error(row: Row) -> schemas.RosterError:
    return schemas.RosterError(row=row["row"], column=row["column"], value=row["value"], problem=row["problem"])


async def list_imports(door: Door, cursors: Cursors, *, limit: int, cursor: str | None) -> schemas.RosterImportList:
    """A page of imports, newest first."""
    after = cursors.open(door.carrier_id, "roster-imports", cursor) if cursor else None
    if after:
        after = [datetime.fromisoformat(after[0]), UUID(after[1])]
    rows = await repository.page_of_imports(door, limit + 1, after)
    items = [schemas.RosterImportSummary(**_shared(row, Plan.of(row["columns"]))) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    key = [last["created_at"].isoformat(), str(last["id"])] if last else None
    return schemas.RosterImportList(
        items=items, next_cursor=cursors.seal(door.carrier_id, "roster-imports", key) if key else None
    )


async def list_errors(
    door: Door, cursors: Cursors, import_id: UUID, *, limit: int, cursor: str | None
) -> schemas.RosterErrorList:
    """A page of an import's errors, in the order of the file."""
    if await repository.read_import(door, import_id) is None:
        raise ImportNotFound
    listing = f"roster-errors:{import_id}"
    after = cursors.open(door.carrier_id, listing, cursor)[0] if cursor else 0
    rows = await repository.page_of_errors(door, import_id, limit + 1, after)
    seal = cursors.seal(door.carrier_id, listing, [rows[limit - 1]["seq"]]) if len(rows) > limit else None
    return schemas.RosterErrorList(items=[_error(row) for row in rows[:limit]], next_cursor=seal)


async def _locked(door: Door, import_id: UUID, states: Sequence[str], what: str) -> Row:
    row = await repository.read_import(door, import_id, lock=True)
    if row is None:
        raise ImportNotFound
    if row["state"] not in states:
        raise ImportStateConflict(f"The import is {row['state']}; {what} only while it is {' or '.join(states)}.")
    return row


async def change_mapping(door: Door, locale: Locale, import_id: UUID, change: Mapping[str, str | None]) -> schemas.RosterImport:
    """Corrects the mapping and reads the file again, as a dry run."""
    row = await _locked(door, import_id, ("preview",), "its columns can be mapped")
    known = await known_to(door)
    plan = Plan.of(row["columns"])
    _apply(plan.layout.columns, change, known.fields)
    plan.read = False
    await repository.update_import(
        door, import_id, state="queued", columns=plan.data(), next_row=0, problem=None, finished_at=None
    )
    chosen = {column.column: column.field for column in plan.layout.columns if column.column in change}
    await audit.record(door, "roster_import.mapped", "roster_import", import_id, {"mapping": chosen})
    await _queue(door, import_id)
    return await read_import(door, locale, import_id)


async def confirm(door: Door, locale: Locale, import_id: UUID) -> schemas.RosterImport:
    """From preview to the import itself."""
    row = await _locked(door, import_id, ("preview",), "it can be confirmed")
    known = await known_to(door)
    plan = Plan.of(row["columns"])
    if problem := mapping_problem(plan.layout.columns, known.fields):
        raise RosterColumnsMissing(problem)
    await repository.update_import(door, import_id, state="queued", dry_run=False, next_row=0, problem=None, finished_at=None)
    await audit.record(
        door, "roster_import.confirmed", "roster_import", import_id, {"rows": row["total"], "skipped": row["skipped"]}
    )
    await _queue(door, import_id)
    return await read_import(door, locale, import_id)


async def cancel(door: Door, locale: Locale, import_id: UUID) -> schemas.RosterImport:
    """Ends an import that waits; asks one that runs to stop at its next batch."""
    states = ("queued", "reading", "preview", "importing")
    row = await _locked(door, import_id, states, "it can be cancelled")
    if row["state"] in ("queued", "preview"):
        await give_up(door, import_id)
    else:
        await repository.update_import(door, import_id, cancel_requested=True)
    return await read_import(door, locale, import_id)


async def give_up(door: Door, import_id: UUID) -> None:
    """Cancels an import that nobody is working on, and has its file removed."""
    await finish_cancelled(door, import_id)
    await jobs.defer(door, DISCARD_TASK, import_id=str(import_id))


async def finish_cancelled(door: Door, import_id: UUID) -> None:
    """Marks the import as cancelled."""
    now = await door.fetchval("select now()")
    await repository.update_import(door, import_id, state="cancelled", finished_at=now, cancel_requested=True)
    await audit.record(door, "roster_import.cancelled", "roster_import", import_id)
