"""A store of event documents dies in the middle: what was acknowledged is there, and what is appended again is there once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from dot_copilot.adapters.documents.mongodb import MongoEventDocuments
from dot_copilot.adapters.documents.postgres import PostgresEventDocuments
from dot_copilot.compose import connect_database, secret_store
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door
from dot_copilot.core.event_documents import EventDocument, EventQuery
from dot_copilot.core.ports import EventDocuments
from tests.support.mongo import running_mongo
from tests.support.postgres import PostgresServer, running_postgres

pytestmark = pytest.mark.asyncio(loop_scope="session")
EVENTS, AT_ONCE = 1200, 20


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@dataclass
class Mortal:
    """A store, its server's life, and a carrier."""

    store: EventDocuments
    kill: Callable[[], None]
    start: Callable[[], None]
    carrier_id: UUID
    read: Callable[[], AsyncIterator[Door]]

    async def stored(self) -> list[str]:
        """The ids of everything that is there."""
        async for door in self.read():
            heads = await self.store.page(door, EventQuery(["test.one"]), limit=10_000)
        return [head.source_id for head in heads]


@pytest_asyncio.fixture(loop_scope="session", params=["postgres", "mongodb"])
async def mortal(request: pytest.FixtureRequest, postgres: PostgresServer) -> AsyncIterator[Mortal]:
    async with AsyncExitStack() as stack:
        secrets = secret_store(postgres.settings)
        database = await connect_database(postgres.settings, secrets, "worker")
        stack.push_async_callback(database.close)
        usdot = str(uuid4().int)[:8]
        row = await database.lookup("select app.create_carrier($1, 'Mortal', 'America/Chicago') id", usdot)
        assert row is not None
        carrier_id: UUID = row["id"]

        async def read() -> AsyncIterator[Door]:
            async with database.job_door(carrier_id) as door:
                yield door

        if request.param == "postgres":
            yield Mortal(PostgresEventDocuments(database, Clock()), postgres.kill, postgres.start, carrier_id, read)
        else:
            server = stack.enter_context(running_mongo())
            mongo = MongoEventDocuments(server.url, Clock())
            stack.push_async_callback(mongo.close)
            yield Mortal(mongo, server.kill, server.start, carrier_id, read)


def events(carrier_id: UUID) -> list[list[EventDocument]]:
    """Batches of ten."""
    now = datetime.now(UTC)
    more: dict[str, Any] = {"carrier_id": carrier_id, "kind": "test.one", "at": now, "received_at": now}
    one = [EventDocument(source_id=f"e-{n}", body={"n": n}, raw=b"x" * 500, **more) for n in range(EVENTS)]
    return [one[start : start + 10] for start in range(0, EVENTS, 10)]


async def append_until_it_dies(store: EventDocuments, batches: list[list[EventDocument]]) -> list[str]:
    """Appends batches from several tasks at once; returns the ids that were acknowledged."""
    waiting = list(batches)
    acknowledged: list[str] = []

    async def work() -> None:
        while waiting:
            batch = waiting.pop()
            assert all(await store.append(batch))
            acknowledged.extend(document.source_id for document in batch)

    outcomes = await asyncio.gather(*(work() for _ in range(AT_ONCE)), return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, ConnectionError) for outcome in outcomes), outcomes
    return acknowledged


async def test_killed_between_two_lines_every_event_is_there_once_when_all_are_appended_again(mortal: Mortal) -> None:
    batches = events(mortal.carrier_id)
    await mortal.store.append(batches[0])
    working = asyncio.create_task(append_until_it_dies(mortal.store, batches[1:]))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(mortal.kill)
    acknowledged = [*(document.source_id for document in batches[0]), *await working]
    assert len(acknowledged) < EVENTS, "it was killed too late to prove anything"
    await asyncio.to_thread(mortal.start)
    there = await mortal.stored()
    assert set(acknowledged) <= set(there)
    new = [name for batch in batches for name, is_new in _zip(batch, await mortal.store.append(batch)) if is_new]
    assert sorted(new) == sorted({f"e-{n}" for n in range(EVENTS)} - set(there))
    assert sorted(await mortal.stored()) == sorted(f"e-{n}" for n in range(EVENTS))


async def test_a_store_that_is_gone_says_so_in_time_and_comes_back(mortal: Mortal) -> None:
    (one, *_), *_ = events(mortal.carrier_id)
    await asyncio.to_thread(mortal.kill)
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            await mortal.store.append([one])
        assert time.monotonic() - began < 3
    with pytest.raises((ConnectionError, OSError)):
        await mortal.store.ready()
    await asyncio.to_thread(mortal.start)
    assert await mortal.store.append([one]) == [True]
    await mortal.store.ready()


def _zip(batch: list[EventDocument], new: list[bool]) -> list[tuple[str, bool]]:
    return [(document.source_id, is_new) for document, is_new in zip(batch, new, strict=True)]
