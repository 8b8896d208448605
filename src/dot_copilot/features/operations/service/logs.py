"""Log lines, the newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from dot_copilot.core.pagination import Cursors
from dot_copilot.core.watching import LogLine, Watch
from dot_copilot.features.operations.drawing import place_of
from dot_copilot.features.operations.schemas import Level, LogEntries, LogEntry
from dot_copilot.features.operations.service import visible
from dot_copilot.features.operations.service.sources import ask

_START = datetime.min.replace(tzinfo=UTC)


async def page(
    watch: Watch,
    cursors: Cursors,
    carrier_id: UUID,
    *,
    part: str | None,
    level: Level,
    trace_id: str | None,
    cursor: str | None,
    limit: int,
) -> LogEntries:
    """A page; `InvalidCursor` for a cursor of other filters. A cursor holds a time, and how many lines of it were shown."""
    listing = f"logs:{part}:{level}:{trace_id}"
    until, skip = None, 0
    if cursor:
        text, skip = cursors.open(carrier_id, listing, cursor)
        until = datetime.fromisoformat(text)
    nothing: list[LogLine] = []
    found, source = await ask(
        "logs", watch.logs.tail(lambda name: part in (None, name, place_of(name)), trace_id=trace_id), nothing
    )
    entries = visible.at_least(visible.lines(reversed(found), carrier_id), level)
    if until is not None:
        entries = [entry for entry in entries if _at(entry) <= until]
        # Lines of the same instant that were on the page before.
        entries = entries[skip:] if entries and _at(entries[0]) == until else entries
    shown = entries[:limit]
    following = None
    if len(entries) > limit:
        last = _at(shown[-1])
        same = sum(_at(entry) == last for entry in shown) + (skip if last == until else 0)
        following = cursors.seal(carrier_id, listing, [last.isoformat(), same])
    return LogEntries(items=shown, next_cursor=following, source=source)


def _at(entry: LogEntry) -> datetime:
    return entry.at or _START
