"""A store of event documents on the bench: a clock to move, two carriers, and short ways to append and read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from dot_copilot.core.clock import FixedClock
from dot_copilot.core.database import Door
from dot_copilot.core.event_documents import EventDocument, EventQuery, Position
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import EventDocuments

NOW = datetime.now(UTC).replace(microsecond=123_000)
HOUR = timedelta(hours=1)


@dataclass
class Bench:
    """A store, a clock to move, and two carriers."""

    store: EventDocuments
    clock: FixedClock
    worker: Platform
    mine: UUID
    theirs: UUID

    @asynccontextmanager
    async def door(self, carrier_id: UUID | None = None) -> AsyncIterator[Door]:
        """What reads go through."""
        async with self.worker.database.job_door(carrier_id or self.mine) as door:
            yield door

    def event(self, source_id: str, **more: Any) -> EventDocument:
        """An event of this carrier, an hour old."""
        given: dict[str, Any] = {"carrier_id": self.mine, "kind": "test.one", "at": NOW - HOUR, "received_at": NOW}
        return EventDocument(**{**given, "source_id": source_id, "body": {"id": source_id}, **more})

    async def fetch(self, source_id: str, kind: str = "test.one", carrier_id: UUID | None = None) -> EventDocument | None:
        """One document, through the door."""
        async with self.door(carrier_id) as door:
            return await self.store.fetch(door, kind, source_id)

    async def ids(self, *kinds: str, **more: Any) -> list[str]:
        """The source ids of everything, page by page of two, the newest first."""
        found: list[str] = []
        after: Position | None = None
        while True:
            async with self.door() as door:
                heads = await self.store.page(door, EventQuery(kinds or ("test.one",), **more), limit=2, after=after)
            if not heads:
                return found
            found += [head.source_id for head in heads]
            after = Position(heads[-1].at, heads[-1].source_id, heads[-1].kind)


async def new_carrier(worker: Platform) -> UUID:
    """A carrier of a test's own."""
    usdot = str(uuid4().int)[:8]
    row = await worker.database.lookup("select app.create_carrier($1, $2, 'America/Chicago') id", usdot, f"Carrier {usdot}")
    assert row is not None
    carrier_id: UUID = row["id"]
    return carrier_id
