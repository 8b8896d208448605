"""Raw event documents in MongoDB. Imported only where DOT_EVENT_DOCUMENTS=mongodb; needs the extra `mongodb`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import UUID

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.errors import BulkWriteError, PyMongoError

from dot_copilot.core.clock import Clock
from dot_copilot.core.event_documents import EventDocument, EventHead, EventQuery, Position, size_of, storable
from dot_copilot.core.telemetry import CLIENT, span

if TYPE_CHECKING:
    from pymongo.asynchronous.collection import AsyncCollection

    from dot_copilot.core.database import Door

_DATABASE, _COLLECTION = "dot_copilot", "event_documents"
_DUPLICATE_KEY = 11000
_HEAD = {"_id": 0, "carrier_id": 0, "body": 0, "raw": 0}
# Who sends us a webhook waits for three seconds, so one operation may take less, whatever it does in them.
_TIMEOUT_MS = 2500


@contextmanager
def _asking(operation: str) -> Iterator[None]:
    """One operation, as telemetry sees it, with the driver's errors as the port's.

    The text names the kind of error alone: pymongo's own texts hold addresses and documents.
    """
    try:
        with span(f"mongodb {operation}", CLIENT, {"db.system.name": "mongodb", "db.operation.name": operation}):
            yield
    except PyMongoError as error:
        raise ConnectionError(f"event documents: {type(error).__name__}") from error


class MongoEventDocuments:
    """One collection for all carriers, the carrier leading each index.

    Carriers' ids are written as text: drivers disagree about the binary form of a UUID, and nobody about text. Times are BSON
    dates.
    MongoDB deletes what has expired by itself (TTL index), within a minute or so; until then it is filtered out.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._clock = clock
        self._client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
            url,
            appname="dot-copilot",
            maxPoolSize=20,
            maxIdleTimeMS=60_000,
            connectTimeoutMS=2000,
            serverSelectionTimeoutMS=2000,
            timeoutMS=_TIMEOUT_MS,
        )
        self._collection: AsyncCollection[dict[str, Any]] | None = None
        self._opening = asyncio.Lock()

    async def append(self, documents: Sequence[EventDocument]) -> list[bool]:
        """One unordered bulk for all; the unique index decides which are new."""
        checked = storable(documents)
        if not checked:
            return []
        rows = [_row(document) for document in checked]
        new = [True] * len(rows)
        with _asking("insert"):
            collection = await self._open()
            try:
                await collection.insert_many(rows, ordered=False)
            except BulkWriteError as error:
                refused = error.details["writeErrors"]
                if error.details["writeConcernErrors"] or any(one["code"] != _DUPLICATE_KEY for one in refused):
                    raise
                for one in refused:
                    new[one["index"]] = await self._replace_expired(collection, rows[one["index"]])
        return new

    async def _replace_expired(self, collection: AsyncCollection[dict[str, Any]], row: dict[str, Any]) -> bool:
        """What has expired, and was not deleted yet, is as good as gone."""
        row = {name: value for name, value in row.items() if name != "_id"}
        wanted = {name: row[name] for name in ("carrier_id", "kind", "source_id")}
        done = await collection.replace_one({**wanted, "expires_at": {"$lte": row["received_at"]}}, row)
        return done.matched_count == 1

    async def page(self, door: Door, query: EventQuery, *, limit: int, after: Position | None = None) -> list[EventHead]:
        """Of the door's carrier, which is in the filter of every read."""
        wanted: dict[str, Any] = {
            "carrier_id": str(door.carrier_id),
            "kind": {"$in": sorted(set(query.kinds))},
            "expires_at": {"$gt": self._clock.now()},
        }
        span = {"$gte": query.since, "$lt": query.until}
        if bounds := {name: value for name, value in span.items() if value is not None}:
            wanted["at"] = bounds
        if after is not None:
            at, source_id, kind = after
            wanted["$or"] = [
                {"at": {"$lt": at}},
                {"at": at, "source_id": {"$lt": source_id}},
                {"at": at, "source_id": source_id, "kind": {"$lt": kind}},
            ]
        with _asking("find"):
            collection = await self._open()
            found = collection.find(wanted, _HEAD).sort([("at", -1), ("source_id", -1), ("kind", -1)]).limit(limit)
            rows = await found.to_list()
        return [EventHead(**{**row, "about": _plain(row["about"])}) for row in rows]

    async def fetch(self, door: Door, kind: str, source_id: str) -> EventDocument | None:
        """Of the door's carrier, as `page`."""
        wanted = {"carrier_id": str(door.carrier_id), "kind": kind, "source_id": source_id}
        with _asking("find"):
            collection = await self._open()
            row = await collection.find_one({**wanted, "expires_at": {"$gt": self._clock.now()}}, {"_id": 0})
        return _document(door.carrier_id, row) if row else None

    async def sweep(self) -> int:
        """Nothing: the TTL index does it."""
        return 0

    async def ready(self) -> None:
        with _asking("ping"):
            await self._client.admin.command("ping")

    async def close(self) -> None:
        await self._client.close()

    async def _open(self) -> AsyncCollection[dict[str, Any]]:
        """The collection, after its indexes were asked for once: without them a second append would be a second document."""
        async with self._opening:
            if self._collection is None:
                collection = self._client.get_default_database(_DATABASE).get_collection(
                    _COLLECTION,
                    codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
                    write_concern=WriteConcern(w="majority", j=True),
                )
                name: list[tuple[str, int]] = [("carrier_id", 1), ("kind", 1), ("source_id", 1)]
                await collection.create_index(name, unique=True, name="event_documents_name")
                by_time: list[tuple[str, int]] = [("carrier_id", 1), ("kind", 1), ("at", -1), ("source_id", -1)]
                await collection.create_index(by_time, name="event_documents_time")
                await collection.create_index("expires_at", expireAfterSeconds=0, name="event_documents_expiry")
                self._collection = collection
        return self._collection


def _row(document: EventDocument) -> dict[str, Any]:
    return {
        "carrier_id": str(document.carrier_id),
        "kind": document.kind,
        "source_id": document.source_id,
        "at": document.at,
        "received_at": document.received_at,
        "expires_at": document.expires_at,
        "about": _escaped(document.about),
        "size": size_of(document),
        "body": _escaped(document.body),
        "raw": document.raw,
    }


def _document(carrier_id: UUID, row: dict[str, Any]) -> EventDocument:
    expires_at: datetime = row["expires_at"]
    names = ("kind", "source_id", "at", "received_at", "raw")
    return EventDocument(
        carrier_id=carrier_id,
        keep=expires_at - row["received_at"],
        about=_plain(row["about"]),
        body=_plain(row["body"]),
        **{name: row[name] for name in names},
    )


def _escaped(value: Any) -> Any:
    """Names with a meaning of their own to MongoDB (`$ref`, `a.b`) lose it: `%`, `$` and `.` are written as in a URL."""
    if isinstance(value, dict):
        return {_escaped_name(name): _escaped(inner) for name, inner in value.items()}
    return [_escaped(inner) for inner in value] if isinstance(value, list) else value


def _escaped_name(name: str) -> str:
    return name.replace("%", "%25").replace("$", "%24").replace(".", "%2E")


def _plain(value: Any) -> Any:
    """What `_escaped` was given; BSON's 64-bit integers as Python's own."""
    if isinstance(value, dict):
        return {unquote(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value
