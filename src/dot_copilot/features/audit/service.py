"""Reading the audit log page by page, and checking its chain."""

from __future__ import annotations

from dot_copilot.core.database import Door, Row
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.audit import repository
from dot_copilot.features.audit.repository import Filters
from dot_copilot.features.audit.schemas import Actor, AuditEntries, AuditEntry, AuditVerification


async def list_entries(door: Door, cursors: Cursors, filters: Filters, *, cursor: str | None, limit: int) -> AuditEntries:
    """A page, the newest first; `InvalidCursor` for a cursor of other filters."""
    listing = f"audit:{filters}"
    before = cursors.open(door.carrier_id, listing, cursor)[0] if cursor else None
    rows = await repository.page(door, filters, before=before, limit=limit + 1)
    following = cursors.seal(door.carrier_id, listing, [rows[limit - 1]["seq"]]) if len(rows) > limit else None
    return AuditEntries(items=[_entry(row) for row in rows[:limit]], next_cursor=following)


def _entry(row: Row) -> AuditEntry:
    actor = None
    if row["actor_id"] is not None:
        actor = Actor(id=row["actor_id"], name=row["actor_name"], email=row["actor_email"])
    names = ("seq", "at", "via", "action", "subject_type", "subject_id", "details")
    return AuditEntry(actor=actor, hash=row["hash"].hex(), **{name: row[name] for name in names})


async def verify(door: Door) -> AuditVerification:
    """Whether every entry is the one that was written."""
    checked, broken_at = await repository.verify(door)
    return AuditVerification(ok=broken_at is None, checked=checked, broken_at=broken_at)
