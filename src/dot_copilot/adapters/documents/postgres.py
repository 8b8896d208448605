"""Raw event documents in PostgreSQL: a JSONB table under row-level security, written through one function (migration 0005)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Database, Row
from dot_copilot.core.event_documents import EventDocument, EventHead, EventQuery, EventRefused, Position, size_of, storable

if TYPE_CHECKING:
    from dot_copilot.core.database import Door

_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    OSError,
    TimeoutError,
)
_SWEPT_AT_ONCE = 1000
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
# A branch for each kind, because each reads its own piece of the index in order and stops at the limit. Under row-level security
# an index serves plain comparisons only (no coalesce), so bounds that nobody asked for are passed as well. The condition on the
# expiry is written so that no plan takes the sweep's index for it.
_PAGE = """
  select d.* from unnest($2::text[]) as wanted(kind) cross join lateral (
    select kind, source_id, at, received_at, expires_at, about, size from event_documents
     where carrier_id = $1 and kind = wanted.kind and expires_at - $3 > interval '0'
       and at >= $4 and at < $5 and at <= $6 and (at, source_id, kind) < ($6, $7, $8)
     order by at desc, source_id desc limit $9) d
   order by d.at desc, d.source_id desc, d.kind desc limit $9"""
_FETCH = """
  select kind, source_id, at, received_at, expires_at, about, body, raw from event_documents
   where carrier_id = $1 and kind = $2 and source_id = $3 and expires_at > $4"""


@contextmanager
def _translated() -> Iterator[None]:
    """The driver's errors as those of the port."""
    try:
        yield
    except asyncpg.ForeignKeyViolationError:
        raise EventRefused("an event belongs to a carrier that exists") from None
    except _GONE as error:
        raise ConnectionError(f"event documents: {type(error).__name__}") from error


class PostgresEventDocuments:
    """Works for each of our roles: all may append, but the API's and the worker's alone read, and the worker's sweeps."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def append(self, documents: Sequence[EventDocument]) -> list[bool]:
        """One statement, and so one transaction, for each carrier."""
        checked = storable(documents)
        # Of two of one name the first counts; the database would refuse to meet the same row twice in a statement.
        first: dict[tuple[UUID, str, str], EventDocument] = {}
        for document in checked:
            first.setdefault(document.name, document)
        new: dict[tuple[UUID, str, str], bool] = {}
        by_carrier = sorted(first.values(), key=lambda document: document.carrier_id)
        for carrier_id, group in groupby(by_carrier, key=lambda document: document.carrier_id):
            some = list(group)
            stored = await self._append(carrier_id, some)
            new.update(zip((document.name for document in some), stored, strict=True))
        return [new.pop(document.name, False) for document in checked]

    async def _append(self, carrier_id: UUID, documents: list[EventDocument]) -> list[bool]:
        rows, raws = [_row(document) for document in documents], [document.raw for document in documents]
        with _translated():
            row = await self._database.lookup("select app.append_events($1, $2, $3) as new", carrier_id, rows, raws)
        assert row is not None
        new: list[bool] = row["new"]
        return new

    async def page(self, door: Door, query: EventQuery, *, limit: int, after: Position | None = None) -> list[EventHead]:
        """Through the door: this SQL names the carrier, and row-level security compares."""
        at, source_id, kind = after or Position(_LATEST, "", "")
        with _translated():
            rows = await door.fetch(
                _PAGE,
                door.carrier_id,
                sorted(set(query.kinds)),
                self._clock.now(),
                query.since or _EARLIEST,
                query.until or _LATEST,
                at,
                source_id,
                kind,
                limit,
            )
        return [EventHead(**dict(row)) for row in rows]

    async def fetch(self, door: Door, kind: str, source_id: str) -> EventDocument | None:
        """Through the door, as `page`."""
        if "\x00" in kind + source_id:
            return None
        with _translated():
            row = await door.fetchrow(_FETCH, door.carrier_id, kind, source_id, self._clock.now())
        return _document(door.carrier_id, row) if row else None

    async def sweep(self) -> int:
        """In small transactions, so that nobody waits for it and a stop loses little."""
        swept = 0
        while True:
            with _translated():
                row = await self._database.lookup("select app.sweep_events($1) as gone", _SWEPT_AT_ONCE)
            gone: int = row["gone"] if row else 0
            swept += gone
            if gone < _SWEPT_AT_ONCE:
                return swept

    async def ready(self) -> None:
        await self._database.ping()

    async def close(self) -> None:
        """Nothing: the pool is the platform's."""


def _row(document: EventDocument) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "source_id": document.source_id,
        "at": document.at,
        "received_at": document.received_at,
        "expires_at": document.expires_at,
        "about": document.about,
        "size": size_of(document),
        "body": document.body,
    }


def _document(carrier_id: UUID, row: Row) -> EventDocument:
    keep: timedelta = row["expires_at"] - row["received_at"]
    names = ("kind", "source_id", "at", "received_at", "about", "body", "raw")
    return EventDocument(carrier_id=carrier_id, keep=keep, **{name: row[name] for name in names})
