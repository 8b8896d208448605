"""Reading the audit log page by page, writing it out, and checking its chain."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Database, Door, Row
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.audit import repository
from dot_copilot.features.audit.repository import Filters
from dot_copilot.features.audit.schemas import Actor, AuditEntries, AuditEntry, AuditVerification, Visitor

_AT_ONCE = 1000
_COLUMNS = ("seq", "at", "who", "address", "via", "from", "action", "subject_type", "subject_id", "details", "hash")
_FORMULA = re.compile(r"^[=+\-@\t\r]")


async def list_entries(door: Door, cursors: Cursors, filters: Filters, *, cursor: str | None, limit: int) -> AuditEntries:
    """A page, the newest first; `InvalidCursor` for a cursor of other filters."""
    listing = f"audit:{filters}"
    before = cursors.open(door.carrier_id, listing, cursor)[0] if cursor else None
    if before is None:
        await audit.seal(door)
    rows = await repository.page(door, filters, before=before, limit=limit + 1)
    following = cursors.seal(door.carrier_id, listing, [rows[limit - 1]["seq"]]) if len(rows) > limit else None
    return AuditEntries(items=[_entry(row) for row in rows[:limit]], next_cursor=following)


def _entry(row: Row) -> AuditEntry:
    actor = None
    if row["actor_id"] is not None:
        actor = Actor(id=row["actor_id"], name=row["actor_name"], email=row["actor_email"])
    visitor = None
    if row["share_id"] is not None:
        told = {"name": row["visitor"], "organisation": row["organisation"]}
        visitor = Visitor(share_id=row["share_id"], share=row["share"], **told)
    details = dict(row["details"])
    origin = details.pop(audit.ORIGIN, None)
    names = ("seq", "at", "via", "action", "subject_type", "subject_id")
    known = {name: row[name] for name in names}
    return AuditEntry(actor=actor, visitor=visitor, origin=origin, details=details, hash=row["hash"].hex(), **known)


async def export(database: Database, caller: Caller, filters: Filters) -> AsyncIterator[bytes]:
    """The entries as CSV (RFC 4180, UTF-8 with a byte order mark), the newest first, in pieces.

    Each piece is read in a transaction of its own, so a slow reader holds none open; entries written meanwhile are not in it.
    """
    async with database.door(caller) as door:
        told = {name: str(value) for name, value in _named(filters).items()}
        await audit.record(door, "audit.exported", "carrier", caller.carrier_id, told)
        await audit.seal(door)
    yield "\ufeff".encode() + _line(_COLUMNS)
    before = None
    while True:
        async with database.door(caller) as door:
            rows = await repository.page(door, filters, before=before, limit=_AT_ONCE)
        if rows:
            yield b"".join(_line(_cells(_entry(row))) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        before = rows[-1]["seq"]


def _named(filters: Filters) -> dict[str, object]:
    values = {name: getattr(filters, name) for name in Filters.__slots__}
    return {name: value for name, value in values.items() if value is not None}


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    name, address = (entry.actor.name or "", entry.actor.email or "") if entry.actor else (_visitor(entry.visitor), "")
    where = (entry.via, entry.origin or "", entry.action, entry.subject_type, entry.subject_id)
    details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True)
    return (str(entry.seq), entry.at.isoformat(), name, address, *where, details, entry.hash)


def _visitor(visitor: Visitor | None) -> str:
    """'Pat Auditor, FMCSA (visitor of the share "Audit of May")'; nothing for the system itself."""
    if visitor is None:
        return ""
    who = ", ".join(part for part in (visitor.name, visitor.organisation) if part)
    return f'{who} (visitor of the share "{visitor.share}")'.lstrip()


def _line(cells: tuple[str, ...]) -> bytes:
    """A line of CSV in which no cell can run as a formula when a spreadsheet opens it."""
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in cells])
    return text.getvalue().encode()


async def verify(door: Door, known: str | None = None) -> AuditVerification:
    """Whether every entry is the one that was written.

    `known` is an earlier `last`: with it even somebody who owned the database and computed the whole chain anew is found out.
    `Invalid` if it is none.
    """
    await audit.seal(door)
    found = await repository.check(door)
    broken_at, problem = found.broken_at, found.problem
    if known is not None:
        seq, sum_ = _known(known)
        if (broken_at is None or broken_at > seq) and await repository.hash_of(door, seq) != sum_:
            broken_at, problem = (seq, "changed") if seq <= found.last_seq else (found.last_seq + 1, "missing")
    return AuditVerification(
        ok=broken_at is None,
        checked=found.entries,
        broken_at=broken_at,
        problem=problem,
        last=f"{found.last_seq}:{found.last_hash.hex()}",
    )


def _known(text: str) -> tuple[int, bytes]:
    number, _, digest = text.partition(":")
    if not (number.isascii() and number.isdigit() and re.fullmatch(r"[0-9a-f]{64}", digest)):
        problem = FieldProblem(field="known", problem="it is '<number>:<hash>', as 'last' of an earlier verification told it")
        raise Invalid(problem.problem, errors=[problem])
    return int(number), bytes.fromhex(digest)
