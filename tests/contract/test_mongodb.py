"""The application with MongoDB: chosen by a setting, ready only when it answers, and what it asks of the server."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from pymongo import AsyncMongoClient

from dot_copilot.adapters.documents import mongodb
from dot_copilot.adapters.documents.mongodb import MongoEventDocuments
from dot_copilot.compose import build_platform, event_documents
from dot_copilot.core.clock import Clock, FixedClock
from dot_copilot.core.event_documents import EventRefused
from dot_copilot.core.platform import Platform
from dot_copilot.core.telemetry.standard import EVENT_DOCUMENTS
from tests.api.identity.people import device, other_api
from tests.api.telematics.senders import Sender, events, sender
from tests.support.event_stores import NOW, Bench, new_carrier
from tests.support.mongo import MongoServer, running_mongo
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRET = "mongodb_url_of_tests"


@pytest.fixture(scope="module")
def mongo() -> Iterator[MongoServer]:
    with running_mongo() as server:
        yield server


async def test_webhooks_go_to_mongodb_when_the_settings_say_so(world: World, servers: Servers, mongo: MongoServer) -> None:
    await world.worker.secrets.put(SECRET, mongo.url)
    one = await sender(world)
    async with other_api(servers, event_documents="mongodb", mongodb_url_secret=SECRET) as app:
        there = Sender(world, one.provider, one.feed, one.secret, device(world, app))
        assert (await there.send({"eventId": "e-1"})).json() == {"received": 1, "duplicates": 0}
        assert (await there.send({"eventId": "e-1"})).json() == {"received": 0, "duplicates": 1}
        ready = await there.client.get("http://test/readyz")
        assert (ready.status_code, ready.json()["parts"]["event_documents"]) == (200, "ok")
    assert await events(world) == [], "nothing is in PostgreSQL"
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(mongo.url)
    stored = await client.get_default_database()["event_documents"].find_one({"source_id": "e-1"})
    await client.close()
    assert stored is not None
    assert (stored["carrier_id"], stored["kind"]) == (str(world.carrier_id), "telematics.samsara")


async def test_while_mongodb_is_away_the_api_is_not_ready_and_providers_are_told_to_come_again(
    world: World, servers: Servers, mongo: MongoServer
) -> None:
    await world.worker.secrets.put(SECRET, mongo.url)
    one = await sender(world)
    async with other_api(servers, event_documents="mongodb", mongodb_url_secret=SECRET) as app:
        there = Sender(world, one.provider, one.feed, one.secret, device(world, app))
        mongo.kill()
        try:
            assert (await there.send({"eventId": "e-2"})).status_code == 503
            ready = await there.client.get("http://test/readyz")
            assert ready.status_code == 503
            assert ready.json()["parts"]["event_documents"].startswith("not answering")
            assert ready.json()["parts"]["database"] == "ok"
        finally:
            mongo.start()
        assert (await there.send({"eventId": "e-2"})).json() == {"received": 1, "duplicates": 0}


async def test_without_the_extra_the_start_says_what_to_install(
    worker: Platform, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, mongodb.__name__)
    monkeypatch.setitem(sys.modules, "pymongo", None)
    settings = servers.settings.model_copy(update={"event_documents": "mongodb"})
    with pytest.raises(RuntimeError, match=r"pip install 'dot-copilot\[mongodb\]'"):
        await event_documents(settings, worker.secrets, worker.database, Clock())


async def test_without_its_address_the_start_names_the_secret(servers: Servers) -> None:
    settings = servers.settings.model_copy(update={"event_documents": "mongodb", "mongodb_url_secret": "not-there"})
    with pytest.raises(KeyError, match="not-there"):
        await build_platform(settings, "worker")


async def test_the_server_is_asked_for_a_unique_name_an_order_by_time_and_an_expiry(mongo: MongoServer) -> None:
    store = MongoEventDocuments(mongo.url, Clock())
    collection = await store._open()
    indexes = [(index["key"], index) for index in (await collection.index_information()).values()]
    await store.close()
    assert any(key == [("carrier_id", 1), ("kind", 1), ("source_id", 1)] and index["unique"] for key, index in indexes)
    assert any(key == [("expires_at", 1)] and index["expireAfterSeconds"] == 0 for key, index in indexes)
    assert any([name for name, _ in key] == ["carrier_id", "kind", "at", "source_id"] for key, _ in indexes)
    assert collection.write_concern.document == {"w": "majority", "j": True}


async def test_errors_tell_nothing_of_the_address_or_the_document() -> None:
    store = MongoEventDocuments("mongodb://someone:hunter22@127.0.0.1:9/db?serverSelectionTimeoutMS=100", FixedClock(NOW))
    with pytest.raises(ConnectionError) as raised:
        await store.ready()
    assert "hunter22" not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)
    await store.close()


async def test_what_becomes_of_documents_is_counted(worker: Platform) -> None:
    def count(outcome: str) -> float:
        return EVENT_DOCUMENTS.labels("test.counted", outcome).value

    bench = Bench(worker.event_documents, FixedClock(NOW), worker, await new_carrier(worker), await new_carrier(worker))
    before = {outcome: count(outcome) for outcome in ("new", "duplicate", "refused")}
    one = bench.event("e-1", kind="test.counted")
    await bench.store.append([one, one])
    with pytest.raises(EventRefused):
        await bench.store.append([bench.event("", kind="test.counted")])
    assert {outcome: count(outcome) - before[outcome] for outcome in before} == {"new": 1, "duplicate": 1, "refused": 1}
