"""`roster_import_status`: how roster imports stand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.inside import path
from dot_copilot.mcp.server.shapes import Cursor, Language
from dot_copilot.mcp.server.tool import Answer, Ask, Tool

_SHOWN = 20


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """One import, or the newest."""

    import_id: Annotated[UUID, Meta(description="Id of an import; the newest imports are listed when absent")] | None = None
    limit: Annotated[int, Meta(ge=1, le=50, description="Imports a page")] = 5
    cursor: Cursor | None = None
    language: Language = "en"


class RowError(Struct):
    """One problem of one row, which is skipped; `row` counts as a spreadsheet does."""

    row: int
    column: str | None
    value: str | None
    problem: str


class Import(Struct):
    """One import. `dry_run`: only the preview was made. `errors` and `notes` come when one import is asked for."""

    id: UUID
    state: Literal["queued", "reading", "preview", "importing", "done", "failed", "cancelled"]
    dry_run: bool
    file_name: str
    total: int
    imported: int
    updated: int
    skipped: int
    error_count: int
    progress: float
    problem: str | None
    created_at: datetime
    finished_at: datetime | None
    errors: list[RowError] = []
    notes: list[str] = []


class Result(Struct):
    """The imports, newest first."""

    items: list[Import]
    next_cursor: str | None


async def _run(ask: Ask, given: Arguments) -> Answer:
    if given.import_id is None:
        result = await ask.api.get("/roster-imports", Result, limit=given.limit, cursor=given.cursor)
    else:
        one = await ask.api.get(path("roster-imports", given.import_id), Import)
        one.errors = one.errors[:_SHOWN]
        result = Result([one], None)
    if not result.items:
        return Answer(result, ask.say("There has been no roster import.", "No ha habido importaciones."))
    return Answer(result, "\n".join(_line(ask, one) for one in result.items))


def _line(ask: Ask, one: Import) -> str:
    counts = ask.say(
        f"{one.imported} of {one.total} rows written ({one.updated} of them drivers known before), {one.skipped} skipped",
        f"{one.imported} de {one.total} filas escritas ({one.updated} de choferes ya conocidos), {one.skipped} omitidas",
    )
    text = f"- {one.file_name} ({one.created_at:%Y-%m-%d %H:%M} UTC): {one.state}, {one.progress:.0%}; {counts}"
    text += f"; {one.problem}" if one.problem else ""
    rows = "".join(f"\n  {error.row} {error.column or ''}: {error.problem}" for error in one.errors)
    return text + rows


TOOL = Tool(
    name="roster_import_status",
    title="Roster import status",
    description=(
        "Tells how roster imports stand: state, progress, rows written, updated and skipped, and for one import (import_id) its "
        "notes and its first row errors, with what to do about each. Imports are started and confirmed in the web application."
    ),
    scope=Scope.ROSTER_READ,
    permissions=frozenset({Permission.IMPORT_ROSTER}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
