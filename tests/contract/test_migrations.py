"""Migrations go up, down and up again on data, one deploy at a time, and take nothing away that the release before needs."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any, cast

import asyncpg
import httpx
import pytest
import pytest_asyncio
from alembic import command
from alembic.config import Config

from dot_copilot import migrate
from dot_copilot.compose import build_platform
from tests.api.core.tenants import populate, tenant_tables
from tests.api.identity.people import owner
from tests.support.servers import Servers, running_servers
from tests.support.world import World

in_one_loop = pytest.mark.asyncio(loop_scope="module")
RELEASED = "0006"
"""The newest migration of the release before; those after it must be such that it goes on working."""
# Taking away, renaming, or narrowing what older code uses.
_CONTRACTING = re.compile(
    r"\bdrop\s+(column|table|view|function|type|schema)\b|\brename\b|\balter\s+column\b.*\btype\b|\bset\s+not\s+null\b"
    r"|\badd\s+column\b(?!.*\bdefault\b).*\bnot\s+null\b",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def own_servers() -> Iterator[Servers]:
    """Servers of this file's own: others' database is not taken down."""
    with running_servers() as running:
        migrate.upgrade(running.settings, running.secrets["database_owner_password"])
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def connection(own_servers: Servers) -> AsyncIterator[Any]:
    """The owner's connection to a database with two carriers that have rows in every table."""
    async with AsyncExitStack() as stack:
        worker = await build_platform(own_servers.settings, "worker")
        stack.push_async_callback(worker.close)
        made = await stack.enter_async_context(owner(own_servers))
        for usdot in ("98000001", "98000002"):
            world = await World.create(cast(httpx.ASGITransport, None), worker, stack, usdot=usdot)
            await populate(world, made)
        yield made


def _move(servers: Servers, direction: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    password = servers.secrets["database_owner_password"]
    config.attributes.update(settings=servers.settings, password=password, wait_seconds=5)
    getattr(command, direction)(config, revision)


def _newer() -> list[str]:
    names = sorted(path.name[:4] for path in (migrate.MIGRATIONS / "versions").glob("[0-9]*.py"))
    return [name for name in names if name > RELEASED]


async def _rows(connection: Any) -> dict[str, int]:
    return {table: await connection.fetchval(f"select count(*) from {table}") for table in await tenant_tables(connection)}


@in_one_loop
async def test_each_goes_down_and_up_again_and_leaves_what_was_there(connection: Any, own_servers: Servers) -> None:
    before = await _rows(connection)
    assert len(before) > 30
    assert all(before.values()), "a table without rows proves nothing"
    for revision in reversed(_newer()):
        _move(own_servers, "downgrade", f"{int(revision) - 1:04}")
    released = await _rows(connection)
    assert len(released) < len(before)
    kept = {table: count for table, count in before.items() if table in released}
    # What is pending in the audit log is chained on the way down.
    assert {**released, "audit_log": 0} == {**kept, "audit_log": 0}
    migrate.upgrade(own_servers.settings, own_servers.secrets["database_owner_password"])
    after = await _rows(connection)
    assert {table: after[table] for table in released} == released
    assert set(after) == set(before)
    for revision in reversed(_newer()):
        _move(own_servers, "downgrade", f"{int(revision) - 1:04}")
        _move(own_servers, "upgrade", "head")
        _move(own_servers, "downgrade", f"{int(revision) - 1:04}")
    _move(own_servers, "upgrade", "head")


@in_one_loop
async def test_a_second_deploy_waits_and_then_says_who_migrates(connection: Any, own_servers: Servers) -> None:
    password = own_servers.secrets["database_owner_password"]
    other = await asyncpg.connect(
        host="127.0.0.1",
        port=own_servers.settings.database_port,
        database=own_servers.settings.database_name,
        user="dot_owner",
        password=password,
        server_settings={"application_name": "deploy of Thursday"},
    )
    try:
        await other.fetchval(f"select pg_advisory_lock({migrate._LOCK})")
        began = time.monotonic()
        with pytest.raises(migrate.MigrationError, match=r"'deploy of Thursday'.* is migrating this database"):
            migrate.upgrade(own_servers.settings, password, wait_seconds=0.5)
        assert time.monotonic() - began < 5
    finally:
        await other.close()
    migrate.upgrade(own_servers.settings, password, wait_seconds=5)


@pytest.mark.parametrize("revision", _newer())
def test_nothing_is_taken_away_that_the_release_before_uses(revision: str) -> None:
    (path,) = (migrate.MIGRATIONS / "versions").glob(f"{revision}_*.sql")
    text = re.sub(r"--[^\n]*", "", path.read_text())
    found = [statement.strip()[:120] for statement in text.split(";") if _CONTRACTING.search(statement)]
    assert found == [], "expand first; contract in the release after the next"


@pytest.mark.parametrize(
    "statement",
    [
        "alter table drivers drop column phone",
        "drop table evidence",
        "alter table drivers rename column phone to mobile",
        "alter table drivers alter column phone type int",
        "alter table drivers alter column phone set not null",
        "alter table drivers add column shoe int not null",
    ],
)
def test_the_check_finds_what_it_is_for(statement: str) -> None:
    assert _CONTRACTING.search(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "alter table drivers add column shoe int not null default 0",
        "alter table drivers add column shoe int",
        "create table t (a int not null)",
    ],
)
def test_the_check_lets_through_what_expands(statement: str) -> None:
    assert not _CONTRACTING.search(statement)
