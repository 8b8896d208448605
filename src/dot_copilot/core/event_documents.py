"""Raw event documents: what another system sent us or was told by us, kept word for word for a while (ADR 16).

They are no records of the product: nothing is derived from them that could not be derived again, and they expire.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from dot_copilot.core.database import Door
    from dot_copilot.core.pagination import Cursors
    from dot_copilot.core.ports import EventDocuments

MAX_BYTES = 1 << 20
MAX_DEPTH = 64
RETENTION = timedelta(days=90)
ASSISTANT_CALL = "assistant.call"
"""The kind of what an assistant asked and was told."""
_MAX_ABOUT_BYTES = 2048
_MAX_SOURCE_ID = 200
_KIND = re.compile(r"[a-z0-9_.]{1,64}")
_INT64 = range(-(1 << 63), 1 << 63)


class EventRefused(ValueError):
    """A document that no store takes: too large, nested too deep, or without a usable id. The text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDocument:
    """One event of a carrier. (carrier, kind, source id) is its name: a second document of that name changes nothing.

    `at`: when it happened, as its source says; `received_at`: when it came. Both to the millisecond. `body`: any JSON value.
    `raw`: the bytes as they came, wherever a signature was checked over them. `about`: a few facts for lists, 2 KB at most.
    `keep`: how long after `received_at` it is kept.
    """

    carrier_id: UUID
    kind: str
    source_id: str
    at: datetime
    received_at: datetime
    body: Any
    raw: bytes | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    keep: timedelta = RETENTION

    @property
    def expires_at(self) -> datetime:
        """From then on it is not shown; it is deleted soon after."""
        return self.received_at + self.keep

    @property
    def name(self) -> tuple[UUID, str, str]:
        """What makes it one document."""
        return self.carrier_id, self.kind, self.source_id


@dataclass(frozen=True, slots=True, kw_only=True)
class EventHead:
    """A document as lists show it. `size`: bytes as received, or of the body as JSON."""

    kind: str
    source_id: str
    at: datetime
    received_at: datetime
    expires_at: datetime
    about: Mapping[str, Any]
    size: int


class Position(NamedTuple):
    """Where a page ended. Pages go from the newest to the oldest, then by source id and kind, both descending by bytes."""

    at: datetime
    source_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Which documents: of these kinds, that happened at `since` or later and before `until`."""

    kinds: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None


def size_of(document: EventDocument) -> int:
    """Bytes as received, or else of the body as JSON."""
    return len(msgspec.json.encode(document.body)) if document.raw is None else len(document.raw)


def storable(documents: Sequence[EventDocument]) -> list[EventDocument]:
    """The documents as every store can keep them; `EventRefused` for one that none can.

    JSON allows what PostgreSQL or BSON don't. In bodies U+0000 and halves of surrogate pairs become U+FFFD, integers of more
    than 64 bits become text, and what is no finite number becomes null. `raw` is never touched.
    """
    return [_storable(document) for document in documents]


def _storable(document: EventDocument) -> EventDocument:
    source_id = _text(document.source_id)
    if not 0 < len(source_id) <= _MAX_SOURCE_ID:
        raise EventRefused(f"an event's id takes 1 to {_MAX_SOURCE_ID} characters")
    if _KIND.fullmatch(document.kind) is None:
        raise EventRefused(f"a kind of events is written as in '{_KIND.pattern}'")
    body, about = _value(document.body, 0), _value(dict(document.about), 0)
    if len(document.raw or b"") > MAX_BYTES or len(msgspec.json.encode(body)) > MAX_BYTES:
        raise EventRefused(f"an event takes {MAX_BYTES:,} bytes at most")
    if len(msgspec.json.encode(about)) > _MAX_ABOUT_BYTES:
        raise EventRefused(f"what lists show of an event takes {_MAX_ABOUT_BYTES:,} bytes at most")
    at, received_at = _millisecond(document.at), _millisecond(document.received_at)
    return replace(document, source_id=source_id, body=body, about=about, at=at, received_at=received_at)


def _millisecond(instant: datetime) -> datetime:
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _text(text: str) -> str:
    if text.isascii():
        return text.replace("\x00", "\ufffd")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")


def _value(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise EventRefused(f"an event is nested {MAX_DEPTH} levels deep at most")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value) if value in _INT64 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_text(str(key)): _value(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_value(inner, depth + 1) for inner in value]
    raise EventRefused(f"an event's body is a JSON value, and {type(value).__name__} is none")


async def page(
    documents: EventDocuments, door: Door, cursors: Cursors, query: EventQuery, *, limit: int, cursor: str | None
) -> tuple[list[EventHead], str | None]:
    """A page of the carrier's documents and the cursor of the next one; `InvalidCursor` for one of another query."""
    listing = f"event documents {query}"
    after = None
    if cursor is not None:
        at, source_id, kind = cursors.open(door.carrier_id, listing, cursor)
        after = Position(datetime.fromisoformat(at), source_id, kind)
    heads = await documents.page(door, query, limit=limit + 1, after=after)
    following = None
    if len(heads) > limit:
        last = heads[limit - 1]
        following = cursors.seal(door.carrier_id, listing, [last.at.isoformat(), last.source_id, last.kind])
    return heads[:limit], following
