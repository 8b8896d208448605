"""What every store of raw event documents promises: one suite, on real PostgreSQL and over MongoDB's wire protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dot_copilot.adapters.documents.mongodb import MongoEventDocuments
from dot_copilot.adapters.documents.postgres import PostgresEventDocuments
from dot_copilot.core.clock import FixedClock
from dot_copilot.core.errors import InvalidCursor
from dot_copilot.core.event_documents import MAX_BYTES, MAX_DEPTH, EventQuery, EventRefused, page
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import EventDocuments
from tests.support.event_stores import HOUR, NOW, Bench, new_carrier
from tests.support.mongo import MongoServer, running_mongo

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def mongo() -> Iterator[MongoServer]:
    with running_mongo() as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session", params=["postgres", "mongodb"])
async def bench(request: pytest.FixtureRequest, worker: Platform) -> AsyncIterator[Bench]:
    clock = FixedClock(NOW)
    async with AsyncExitStack() as stack:
        store: EventDocuments
        if request.param == "postgres":
            store = PostgresEventDocuments(worker.database, clock)
        else:
            store = MongoEventDocuments(request.getfixturevalue("mongo").url, clock)
        stack.push_async_callback(store.close)
        yield Bench(store, clock, worker, await new_carrier(worker), await new_carrier(worker))


async def test_what_was_appended_is_fetched_as_it_was(bench: Bench) -> None:
    raw = b'{"b": 1.50, "a":\x00\xff}'
    body = {"b": [1, 2.5, None, True, "é 😀"], "a": {"big": 2**63 - 1, "small": -(2**63)}}
    sent = bench.event("e-1", raw=raw, body=body, about={"type": "Ping"}, keep=timedelta(days=30))
    assert await bench.store.append([sent]) == [True]
    assert await bench.fetch("e-1") == sent


async def test_a_second_append_changes_nothing_and_says_so(bench: Bench) -> None:
    first = bench.event("e-1", body={"n": 1})
    assert await bench.store.append([first]) == [True]
    assert await bench.store.append([replace(first, body={"n": 2}, at=NOW)]) == [False]
    assert await bench.fetch("e-1") == first


async def test_the_same_id_of_another_kind_is_another_event(bench: Bench) -> None:
    assert await bench.store.append([bench.event("e-1"), bench.event("e-1", kind="test.two")]) == [True, True]


async def test_a_batch_tells_of_each_which_are_new(bench: Bench) -> None:
    await bench.store.append([bench.event("b")])
    sent = [bench.event(source_id) for source_id in ("c", "b", "a", "c")]
    assert await bench.store.append(sent) == [True, False, True, False]
    assert await bench.store.append([]) == []
    assert sorted(await bench.ids()) == ["a", "b", "c"]


async def test_a_batch_of_several_carriers_goes_to_each_its_own(bench: Bench) -> None:
    sent = [bench.event("x"), bench.event("x", carrier_id=bench.theirs), bench.event("y")]
    assert await bench.store.append(sent) == [True, True, True]
    assert await bench.ids() == ["y", "x"]
    assert await bench.fetch("y", carrier_id=bench.theirs) is None


async def test_a_carrier_never_reads_anothers(bench: Bench) -> None:
    await bench.store.append([bench.event("secret")])
    assert await bench.fetch("secret", carrier_id=bench.theirs) is None
    async with bench.door(bench.theirs) as door:
        assert await bench.store.page(door, EventQuery(("test.one",)), limit=10) == []
    assert await bench.store.append([bench.event("secret", carrier_id=bench.theirs, body="other")]) == [True]
    found = await bench.fetch("secret")
    assert found is not None
    assert found.body == {"id": "secret"}


async def test_of_32_appends_at_once_one_is_new(bench: Bench) -> None:
    sent = [bench.event("race", body={"n": n}) for n in range(32)]
    new = await asyncio.gather(*(bench.store.append([one]) for one in sent))
    assert sorted(new) == [[False]] * 31 + [[True]]
    assert await bench.ids() == ["race"]
    assert await bench.fetch("race") == sent[new.index([True])]


async def test_batches_in_opposite_orders_do_not_block_each_other(bench: Bench) -> None:
    events = [bench.event(f"e-{n:03}") for n in range(40)]
    batches = [events if n % 2 else events[::-1] for n in range(12)]
    answers = await asyncio.wait_for(asyncio.gather(*map(bench.store.append, batches)), 20)
    assert sum(map(sum, answers)) == 40
    assert len(await bench.ids()) == 40


async def test_pages_go_from_the_newest_to_the_oldest_and_miss_none(bench: Bench) -> None:
    at = [NOW - HOUR * n for n in (3, 1, 2, 2, 2)]
    await bench.store.append([bench.event(f"e-{n}", at=when) for n, when in enumerate(at)])
    await bench.store.append([bench.event("e-2", kind="test.two", at=at[2]), bench.event("e-9", kind="test.three")])
    assert await bench.ids("test.one") == ["e-1", "e-4", "e-3", "e-2", "e-0"]
    assert await bench.ids("test.one", "test.two") == ["e-1", "e-4", "e-3", "e-2", "e-2", "e-0"]
    assert await bench.ids("test.nothing") == []


async def test_ids_are_ordered_by_bytes(bench: Bench) -> None:
    await bench.store.append([bench.event(name) for name in ("b", "B", "é", "a", "_", "10", "9", "ﬀ", "😀")])
    assert await bench.ids() == ["😀", "ﬀ", "é", "b", "a", "_", "B", "9", "10"]


async def test_a_time_range_holds_its_beginning_and_not_its_end(bench: Bench) -> None:
    await bench.store.append([bench.event(f"e-{n}", at=NOW - HOUR * n) for n in range(5)])
    assert await bench.ids(since=NOW - HOUR * 3, until=NOW - HOUR) == ["e-3", "e-2"][::-1]
    assert await bench.ids(since=NOW - HOUR) == ["e-0", "e-1"]
    assert await bench.ids(until=NOW - HOUR * 3) == ["e-4"]


async def test_lists_show_the_facts_and_the_size_and_not_the_body(bench: Bench) -> None:
    await bench.store.append([bench.event("raw", raw=b"12345", about={"type": "x"}, at=NOW), bench.event("body", body=[1, 2])])
    async with bench.door() as door:
        raw, body = await bench.store.page(door, EventQuery(["test.one"]), limit=5)
    assert (raw.source_id, raw.size, raw.about, raw.expires_at) == ("raw", 5, {"type": "x"}, NOW + timedelta(days=90))
    assert (body.size, body.at, body.received_at) == (len("[1,2]"), NOW - HOUR, NOW)


async def test_a_cursor_is_good_for_its_own_query_alone(bench: Bench) -> None:
    await bench.store.append([bench.event(f"e-{n}") for n in range(3)])
    query, cursors = EventQuery(("test.one",)), bench.worker.cursors
    async with bench.door() as door:
        heads, cursor = await page(bench.store, door, cursors, query, limit=2, cursor=None)
        assert [head.source_id for head in heads] == ["e-2", "e-1"]
        heads, following = await page(bench.store, door, cursors, query, limit=2, cursor=cursor)
        assert ([head.source_id for head in heads], following) == (["e-0"], None)
        with pytest.raises(InvalidCursor):
            await page(bench.store, door, cursors, EventQuery(("test.two",)), limit=2, cursor=cursor)
    async with bench.door(bench.theirs) as door:
        with pytest.raises(InvalidCursor):
            await page(bench.store, door, cursors, query, limit=2, cursor=cursor)


async def test_what_has_expired_is_gone_and_its_id_is_free_again(bench: Bench) -> None:
    await bench.store.append([bench.event("old", keep=HOUR), bench.event("new")])
    bench.clock.instant = NOW + HOUR
    assert await bench.ids() == ["new"]
    assert await bench.fetch("old") is None
    again = bench.event("old", received_at=NOW + HOUR, body="again")
    assert await bench.store.append([again]) == [True]
    assert await bench.store.append([again]) == [False]
    assert await bench.fetch("old") == again


async def test_expired_documents_are_deleted(bench: Bench) -> None:
    long_ago = NOW - timedelta(days=91)
    await bench.store.append([bench.event(f"e-{n}", received_at=long_ago) for n in range(5)] + [bench.event("new")])
    await bench.store.sweep()
    bench.clock.instant = long_ago  # so that nothing is hidden, only what is deleted is gone
    assert await bench.ids() == ["new"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"raw": b"x" * (MAX_BYTES + 1)}, "1,048,576 bytes"),
        ({"body": "x" * (MAX_BYTES - 1)}, "1,048,576 bytes"),
        ({"about": {"type": "x" * 3000}}, "2,048 bytes"),
        ({"source_id": ""}, "1 to 200 characters"),
        ({"source_id": "x" * 201}, "1 to 200 characters"),
        ({"kind": "Not so"}, "a kind"),
        ({"body": datetime.now(UTC)}, "datetime"),
    ],
)
async def test_what_no_store_takes_is_refused_before_anything_is_stored(bench: Bench, wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(EventRefused, match=says):
        await bench.store.append([bench.event("good"), replace(bench.event("bad"), **wrong)])
    assert await bench.ids() == []


async def test_the_largest_and_the_deepest_are_taken(bench: Bench) -> None:
    deep: Any = 1
    for _ in range(MAX_DEPTH):
        deep = [deep]
    sent = [
        bench.event("large", raw=bytes(range(256)) * (MAX_BYTES // 256), body="x" * (MAX_BYTES - 2)),
        bench.event("deep", body=deep),
    ]
    assert await bench.store.append(sent) == [True, True]
    assert [await bench.fetch(one.source_id) for one in sent] == sent
    with pytest.raises(EventRefused, match="64 levels"):
        await bench.store.append([bench.event("deeper", body=[deep])])


async def test_what_the_stores_cannot_write_is_replaced_in_the_body_and_kept_in_the_raw_bytes(bench: Bench) -> None:
    body = {"nul": "a\x00b", "half": "\ud800", "key\x00": 1, "huge": 2**64, "inf": float("inf"), "nan": float("nan")}
    await bench.store.append([bench.event("odd\x00", body=body, raw=b"\x00")])
    found = await bench.fetch("odd\ufffd")
    assert found is not None
    assert found.raw == b"\x00"
    assert found.body == {
        "nul": "a\ufffdb",
        "half": "\ufffd",
        "key\ufffd": 1,
        "huge": "18446744073709551616",
        "inf": None,
        "nan": None,
    }
    assert await bench.fetch("odd\x00") is None


async def test_names_that_mean_something_to_a_store_mean_nothing_here(bench: Bench) -> None:
    body = {
        "$ref": "x",
        "$id": 1,
        "a.b": 2,
        "%24": 3,
        "": 4,
        "_id": 5,
        "$where": "sleep(9)",
        "c": {"$date": 6, "$numberLong": "7"},
    }
    sent = bench.event("$where", body=body, about={"$set": {"carrier_id": "x"}})
    assert await bench.store.append([sent]) == [True]
    assert await bench.fetch("$where") == sent


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
_NUMBER = st.integers(-(2**63), 2**63 - 1) | st.floats(-1e15, 1e15)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBER | _TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_TEXT, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=_JSON, raw=st.none() | st.binary(max_size=50))
async def test_any_json_and_any_bytes_come_back(bench: Bench, body: Any, raw: bytes | None) -> None:
    sent = bench.event(uuid4().hex, body=body, raw=raw)
    assert await bench.store.append([sent]) == [True]
    assert await bench.fetch(sent.source_id) == sent


async def test_it_says_that_it_is_ready(bench: Bench) -> None:
    await bench.store.ready()
