"""Any store of event documents, with what becomes of each document counted (`dot_event_documents_total`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dot_copilot.core.event_documents import EventDocument, EventHead, EventQuery, EventRefused, Position
from dot_copilot.core.ports import EventDocuments
from dot_copilot.core.telemetry.standard import EVENT_DOCUMENTS

if TYPE_CHECKING:
    from dot_copilot.core.database import Door


class CountedEventDocuments:
    """Outcomes: new, duplicate, refused (no store takes it), failed (nobody knows whether it is stored)."""

    def __init__(self, store: EventDocuments) -> None:
        self._store = store

    async def append(self, documents: Sequence[EventDocument]) -> list[bool]:
        try:
            new = await self._store.append(documents)
        except BaseException as error:
            outcome = "refused" if isinstance(error, EventRefused) else "failed"
            _count(Counter((document.kind, outcome) for document in documents))
            raise
        _count(Counter((one.kind, "new" if is_new else "duplicate") for one, is_new in zip(documents, new, strict=True)))
        return new

    async def page(self, door: Door, query: EventQuery, *, limit: int, after: Position | None = None) -> list[EventHead]:
        return await self._store.page(door, query, limit=limit, after=after)

    async def fetch(self, door: Door, kind: str, source_id: str) -> EventDocument | None:
        return await self._store.fetch(door, kind, source_id)

    async def sweep(self) -> int:
        return await self._store.sweep()

    async def ready(self) -> None:
        await self._store.ready()

    async def close(self) -> None:
        await self._store.close()


def _count(outcomes: Counter[tuple[str, str]]) -> None:
    for (kind, outcome), number in outcomes.items():
        EVENT_DOCUMENTS.add(kind, outcome, amount=number)
