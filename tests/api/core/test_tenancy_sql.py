"""The second of the two tenancy checks alone: row-level security, against SQL that names no carrier, or another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from dot_copilot.core import jobs
from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from tests.api.core.tenants import SHARED, populate, tenant_tables
from tests.api.identity.people import owner
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
ROLES = ["app", "worker"]


class Pair:
    """Two carriers with rows everywhere, and a door to the first by each of the application's roles."""

    def __init__(self, mine: World, theirs: World, app: Platform, tables: list[str]) -> None:
        self.mine, self.theirs, self.app, self.tables = mine, theirs, app, tables

    @asynccontextmanager
    async def door(self, role: str) -> AsyncIterator[Door]:
        """A transaction of the first carrier."""
        if role == "worker":
            async with self.mine.worker.database.job_door(self.mine.carrier_id) as door:
                yield door
        else:
            client = await self.mine.as_role(Role.ADMIN)
            token = client.headers["Authorization"].split()[1]
            async with self.app.database.door(self.app.keys.verify(token, 0)) as door:
                yield door

    def outside(self, role: str) -> Any:
        """A connection of the role on which no door was opened."""
        return (self.app if role == "app" else self.mine.worker).database._pool


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def pair(api: httpx.ASGITransport, worker: Platform, servers: Servers) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack, owner(servers) as connection:
        worlds = [await World.create(api, worker, stack, usdot=usdot) for usdot in ("99000001", "99000002")]
        for world in worlds:
            await populate(world, connection)
        app: Platform = api.platform  # type: ignore[attr-defined]
        yield Pair(worlds[0], worlds[1], app, await tenant_tables(connection))


async def test_every_table_with_a_carrier_is_under_the_policy(pair: Pair, servers: Servers) -> None:
    async with owner(servers) as connection:
        rows = await connection.fetch(
            """select c.relname, c.relrowsecurity, exists (select from pg_policy p where p.polrelid = c.oid) policy,
                      exists (select from pg_attribute a where a.attrelid = c.oid and attname = 'carrier_id') carrier,
                      (select array_agg(a.attname::text order by k.n)
                         from pg_index i, unnest(i.indkey) with ordinality k(attnum, n), pg_attribute a
                        where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.attnum) key
                 from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"""
        )
    tenant = {row["relname"]: row for row in rows if row["carrier"]}
    assert len(tenant) >= 18
    for name, row in tenant.items():
        assert row["relrowsecurity"], name
        assert row["policy"], name
        assert row["key"] is None or row["key"][0] == "carrier_id", f"{name}: the carrier leads the key"
    others = {row["relname"] for row in rows} - set(tenant) - SHARED - {"carriers"}
    assert all(name.startswith("procrastinate_") for name in others), "a new table of no tenant must be argued for"


@pytest.mark.parametrize("role", ROLES)
async def test_sql_without_a_carrier_sees_only_its_own_rows(pair: Pair, servers: Servers, role: str) -> None:
    async with pair.door(role) as door, owner(servers) as connection:
        for table in pair.tables:
            everything = await connection.fetchval(f"select count(distinct carrier_id) from {table}")
            assert everything >= 2, f"{table}: nothing to hide, nothing proved"
            seen = await door.fetch(f"select distinct carrier_id from {table}")
            assert [row["carrier_id"] for row in seen] == [pair.mine.carrier_id], table
        assert await door.fetchval("select array_agg(id) from carriers") == [pair.mine.carrier_id]


@pytest.mark.parametrize("role", ROLES)
async def test_rows_of_another_carrier_can_not_be_touched(pair: Pair, role: str) -> None:
    for table in pair.tables:
        for sql in (
            f"update {table} set carrier_id = carrier_id where carrier_id = $1",
            f"delete from {table} where carrier_id = $1",
        ):
            try:
                async with pair.door(role) as door:
                    tag = await door.execute(sql, pair.theirs.carrier_id)
            except asyncpg.InsufficientPrivilegeError:
                continue  # not even one's own rows
            assert tag.endswith(" 0"), sql


@pytest.mark.parametrize("role", ROLES)
async def test_rows_can_not_be_given_to_another_carrier(pair: Pair, role: str) -> None:
    for table in pair.tables:
        given = f"""insert into {table} overriding system value select r.*
          from (select to_jsonb(t) row from {table} t limit 1) one,
               jsonb_populate_record(null::{table}, one.row || jsonb_build_object('carrier_id', $1::uuid)) r"""
        for sql in (given, f"update {table} set carrier_id = $1"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await _execute(pair, role, sql)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _execute(pair, role, "insert into carriers (id, usdot, name) values ($1, '1', 'x')")


async def _execute(pair: Pair, role: str, sql: str) -> None:
    async with pair.door(role) as door:
        await door.execute(sql, pair.theirs.carrier_id)


@pytest.mark.parametrize("role", ROLES)
async def test_outside_a_door_there_is_nothing(pair: Pair, role: str) -> None:
    pool = pair.outside(role)
    for table in [*pair.tables, "carriers"]:
        assert await pool.fetchval(f"select count(*) from {table}") == 0, table
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await pool.execute("insert into terminals (carrier_id, name, time_zone) values ($1, 'x', 'UTC')", pair.mine.carrier_id)
    with pytest.raises(asyncpg.PostgresError):
        await pool.fetchval("select app.audit(null, 'x', 'x', 'x', 'x', '{}')")


async def test_a_door_leaves_nothing_open_behind_it(pair: Pair) -> None:
    async with pair.door("app") as door:
        own = door._connection
        assert await own.fetchval("select count(*) from terminals") == 1
    async with pair.app.database._pool.acquire() as connection:
        assert await connection.fetchval("select count(*) from terminals") == 0
        assert await connection.fetchval("select nullif(current_setting('app.carrier_id', true), '')") is None


@pytest.mark.parametrize("role", ROLES)
async def test_the_roles_own_nothing_and_bypass_nothing(pair: Pair, role: str) -> None:
    row = await pair.outside(role).fetchrow(
        """select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication powers,
                  (select count(*) from pg_class where relowner = r.oid)
                    + (select count(*) from pg_proc where proowner = r.oid) owned,
                  (select count(*) from pg_auth_members where member = r.oid) memberships
             from pg_roles r where rolname = current_user"""
    )
    assert tuple(row) == (False, 0, 0)


async def test_a_job_belongs_to_the_carrier_of_its_door(pair: Pair, servers: Servers) -> None:
    forged = {"carrier_id": str(pair.theirs.carrier_id)}
    async with pair.door("app") as door:
        await jobs.defer(door, "test:forged", **forged)
        await jobs.defer(door, "test:once", queueing_lock=f"once:{door.carrier_id}")
        await jobs.defer(door, "test:once", queueing_lock=f"once:{door.carrier_id}")
    async with owner(servers) as connection:
        made = await connection.fetch(
            """select task_name, args->>'carrier_id' carrier, args->>'actor_id' actor from procrastinate_jobs
                where task_name like 'test:%'"""
        )
        await connection.execute("delete from procrastinate_jobs where task_name like 'test:%'")
    mine, actor = str(pair.mine.carrier_id), str(pair.mine.users[Role.ADMIN])
    assert sorted(tuple(row) for row in made) == [("test:forged", mine, actor), ("test:once", mine, actor)]
    with pytest.raises(asyncpg.PostgresError, match="belongs to a carrier"):
        await pair.outside("app").execute("select app.defer('t', null, null, '{}')")


async def test_a_job_that_waits_already_is_no_error_for_whoever_asks_at_the_same_time(pair: Pair) -> None:
    lock = f"race:{uuid4()}"

    async def ask() -> None:
        async with pair.door("app") as door:
            await jobs.defer(door, "test:race", queueing_lock=lock)
            await door.fetchval("select pg_sleep(0.05)")

    await asyncio.gather(*(ask() for _ in range(5)))
    # While somebody who asked has not committed, no worker takes the job (procrastinate fetches with SKIP LOCKED).
    take = "select id from procrastinate_jobs where queueing_lock = $1 for update skip locked"
    async with pair.door("app") as door:
        await jobs.defer(door, "test:race", queueing_lock=lock)
        assert await pair.outside("worker").fetch(take, lock) == []
    assert len(await pair.outside("worker").fetch(take, lock)) == 1
    rows = await pair.outside("worker").fetch("delete from procrastinate_jobs where queueing_lock = $1 returning id", lock)
    assert len(rows) == 1


FORBIDDEN = {
    "app": [
        "select app.enter_job('00000000-0000-4000-8000-000000000001')",
        "select * from app.all_carriers()",
        "select app.create_carrier('1', 'x', 'UTC')",
        "select app.find_carrier('1')",
        "select * from procrastinate_jobs",
        "insert into procrastinate_jobs (task_name) values ('t')",
        "delete from oauth_clients",
        "select app.sweep_oauth()",
        "select app.sweep_events(1)",
    ],
    "worker": [
        "select app.enter_sign_in('00000000-0000-4000-8000-000000000001')",
        "select * from app.find_user('a@b.c')",
        "select * from app.find_oauth_code('x')",
        "select * from oauth_clients",
        "select * from oauth_requests",
        "select * from app.find_telematics_feed('samsara', 'x')",
    ],
}
FOR_NOBODY = [
    "set role dot_owner",
    "set row_security = off; select * from drivers",
    "alter table drivers disable row level security",
    "drop policy tenant on drivers",
    "create table public.mine (x int)",
    "create function app.mine() returns int language sql as 'select 1'",
    "create or replace function app.carrier() returns uuid language sql as 'select null::uuid'",
    "select * from sign_in_attempts",
    "insert into mcp_definitions (hash, kind, definition) values (repeat('a', 64), 'tool', '{}')",
    "update mcp_offered set trust = 'built-in'",
    "select app.offer_tools('github', '[]')",
    "insert into event_documents select * from event_documents",
    "delete from event_documents",
    "truncate drivers",
    "alter role dot_app bypassrls",
    "copy drivers to program 'cat'",
    "select pg_read_file('/etc/passwd')",
]


@pytest.mark.parametrize("role", ROLES)
async def test_what_the_roles_may_not_do(pair: Pair, role: str) -> None:
    for sql in FORBIDDEN[role] + FOR_NOBODY:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pair.outside(role).execute(sql)
