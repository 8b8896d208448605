"""What raw event documents promise in PostgreSQL alone: who may do what, and that lists stay quick."""

from __future__ import annotations

import re
from uuid import uuid4

import asyncpg
import pytest

from dot_copilot.adapters.documents.postgres import _PAGE, PostgresEventDocuments
from dot_copilot.compose import connect_database
from dot_copilot.core.clock import FixedClock
from dot_copilot.core.event_documents import EventRefused
from dot_copilot.core.platform import Platform
from tests.api.identity.people import owner
from tests.support.event_stores import HOUR, NOW, Bench, new_carrier
from tests.support.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_gateway_may_append_and_read_nothing(servers: Servers, worker: Platform) -> None:
    database = await connect_database(servers.settings, worker.secrets, "gateway")
    store = PostgresEventDocuments(database, FixedClock(NOW))
    bench = Bench(store, FixedClock(NOW), worker, await new_carrier(worker), await new_carrier(worker))
    assert await store.append([bench.event("e-1")]) == [True]
    for sql in ("select * from event_documents", "select app.sweep_events(1)", "delete from event_documents"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.lookup(sql)
    await database.close()


async def test_an_event_of_no_carrier_is_refused_by_the_database(worker: Platform) -> None:
    bench = Bench(worker.event_documents, FixedClock(NOW), worker, uuid4(), uuid4())
    with pytest.raises(EventRefused, match="a carrier that exists"):
        await bench.store.append([bench.event("e-1")])


async def test_a_page_reads_its_piece_of_the_index_and_stops_at_the_limit(worker: Platform, servers: Servers) -> None:
    bench = Bench(worker.event_documents, FixedClock(NOW), worker, await new_carrier(worker), await new_carrier(worker))
    await bench.store.append([bench.event(f"e-{n}", at=NOW - HOUR * n) for n in range(3000)])
    async with owner(servers) as connection:
        await connection.execute("analyze event_documents")
    at = NOW - HOUR * 1500
    types = "uuid, text[], timestamptz, timestamptz, timestamptz, timestamptz, text, text, int"
    values = (
        f"'{bench.mine}', '{{test.one,test.two}}', '{NOW}', '{at - HOUR * 999}', '9999-12-30', '{at}', 'e-1500', 'test.one', 51"
    )
    async with bench.door() as door:
        # As the server does after a few calls: one plan for whatever parameters.
        await door.execute(f"set local plan_cache_mode = force_generic_plan; prepare event_page({types}) as {_PAGE}")
        plan = "\n".join(row[0] for row in await door.fetch(f"explain (analyze, timing off) execute event_page({values})"))
        await door.execute("deallocate event_page")
    assert "Index Scan using event_documents_time" in plan, plan
    assert "Seq Scan" not in plan
    assert max(int(number) for number in re.findall(r"(?:actual rows=|Removed by Filter: )(\d+)", plan)) <= 51, plan
