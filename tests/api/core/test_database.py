"""The database door under errors, cancellation and a server that dies: nothing half done, and the pool heals by itself."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from dot_copilot import migrate
from dot_copilot.app import create_app
from dot_copilot.compose import build_platform
from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.platform import Platform
from tests.support.servers import Servers, running_servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
ADD = "insert into terminals (carrier_id, name, time_zone) values ($1, $2, 'UTC')"


class Postgres:
    """A PostgreSQL of this module's own, which it may kill."""

    def __init__(self, servers: Servers) -> None:
        self.pid_file = servers.directory / "pg" / "postmaster.pid"
        self.started: list[subprocess.Popen[bytes]] = []
        pid = self.pid()
        self.command = Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").split("\0")
        self.owner = self.pid_file.stat()

    def pid(self) -> int:
        """The server's process."""
        return int(self.pid_file.read_text().split()[0])

    def stop(self, number: signal.Signals) -> None:
        """Ends it with a signal, and collects it: a zombie would keep the next one from starting."""
        pid = self.pid()
        os.kill(pid, number)
        os.waitpid(pid, 0)

    def start(self) -> None:
        """Starts it again, as it was."""
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = {"user": self.owner.st_uid, "group": self.owner.st_gid, "extra_groups": []}
        cwd = self.pid_file.parent.parent
        quiet = subprocess.DEVNULL
        for _ in range(40):  # backends that outlive a killed server hold its memory for a moment
            process = subprocess.Popen(self.command, cwd=cwd, stdout=quiet, stderr=quiet, **user)
            time.sleep(0.25)
            if process.poll() is None:
                self.started.append(process)
                return
        raise AssertionError("PostgreSQL did not start")


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[Servers, Postgres]]:
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        postgres = Postgres(servers)
        yield servers, postgres
        for process in postgres.started:
            process.send_signal(signal.SIGINT)
            process.wait(10)


class Small:
    """A carrier behind an API whose pool has three connections."""

    def __init__(self, world: World, platform: Platform, caller: Caller, client: httpx.AsyncClient) -> None:
        self.world, self.platform, self.caller, self.client = world, platform, caller, client

    async def names(self) -> list[str]:
        """The carrier's terminals."""
        async with self.platform.database.door(self.caller) as door:
            return [row["name"] for row in await door.fetch("select name from terminals where carrier_id = $1", door.carrier_id)]

    async def add(self, name: str, *, then: BaseException | None = None) -> None:
        """Adds a terminal, and fails if told so."""
        async with self.platform.database.door(self.caller) as door:
            await door.execute(ADD, door.carrier_id, name)
            if then is not None:
                raise then

    async def unfinished(self) -> list[str]:
        """What sessions of dot_app are in the middle of a transaction."""
        row = await self.platform.database.lookup(
            "select count(*) n from pg_stat_activity where state like 'idle in transaction%'"
        )
        assert row is not None
        return ["idle in transaction"] * row["n"]


@pytest_asyncio.fixture(loop_scope="session")
async def small(own: tuple[Servers, Postgres]) -> AsyncIterator[Small]:
    settings = own[0].settings.model_copy(update={"database_pool": 3})
    async with AsyncExitStack() as stack:
        worker = await build_platform(settings, "worker")
        stack.push_async_callback(worker.close)
        app = create_app(lambda: build_platform(settings, "app"))
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        world = await World.create(transport, worker, stack, usdot=str(random.randint(1, 99_999_999)))
        client = await world.as_role(Role.ADMIN)
        platform: Platform = app.state.platform
        caller = platform.keys.verify(client.headers["Authorization"].split()[1], 0)
        yield Small(world, platform, caller, client)


async def test_an_error_undoes_everything(small: Small) -> None:
    for error in (LookupError("x"), asyncio.CancelledError(), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            await small.add("Never", then=error)
    assert await small.names() == ["Dallas"]
    assert await small.unfinished() == []


async def swallow(small: Small) -> None:
    """Repository code that hides the failure of a statement."""
    async with small.platform.database.door(small.caller) as door:
        await door.execute(ADD, door.carrier_id, "Before")
        with suppress(asyncpg.UniqueViolationError):
            await door.execute(ADD, door.carrier_id, "dallas")


async def test_a_swallowed_error_does_not_pass_for_success(small: Small) -> None:
    with pytest.raises(RuntimeError, match="not committed"):
        await swallow(small)
    assert await small.names() == ["Dallas"]
    await small.add("After")


async def test_an_ended_session_opens_no_door_and_costs_no_connection(small: Small) -> None:
    ended = Caller(uuid4(), small.caller.user_id, small.caller.carrier_id, Role.ADMIN, 1, 2**40)
    older = Caller(small.caller.session_id, small.caller.user_id, small.caller.carrier_id, Role.ADMIN, 0, 2**40)
    for caller in (ended, older) * 4:
        with pytest.raises(Unauthorized):
            async with small.platform.database.door(caller):
                pytest.fail("the door opened")
    assert await small.names() == ["Dallas"]


async def test_a_token_that_names_another_carrier_sees_neither(small: Small) -> None:
    other = await World.create(small.world.api, small.world.worker, small.world.stack, usdot=str(random.randint(1, 99_999_999)))
    mixed = Caller(small.caller.session_id, small.caller.user_id, other.carrier_id, Role.ADMIN, 1, 2**40)
    async with small.platform.database.door(mixed) as door:
        assert await door.fetch("select name from terminals where carrier_id = $1", door.carrier_id) == []


async def work(small: Small, number: int) -> None:
    """A request of a few statements."""
    async with small.platform.database.door(small.caller) as door:
        await door.execute(ADD, door.carrier_id, f"Terminal {number}")
        await door.fetchval("select pg_sleep($1)", random.random() / 100)
        await door.fetch("select * from terminals where carrier_id = $1", door.carrier_id)


async def test_cancelled_requests_leave_the_pool_healthy(small: Small) -> None:
    random.seed(7)
    done = 0
    for batch in range(12):
        tasks = [asyncio.create_task(work(small, batch * 10 + number)) for number in range(10)]
        for task in tasks:
            await asyncio.sleep(random.random() / 200)
            task.cancel()
        done += sum(outcome is None for outcome in await asyncio.gather(*tasks, return_exceptions=True))
    async with asyncio.timeout(10):
        names = await small.names()
        # What was committed just before the cancellation came is there; nothing else is.
        assert done <= len(names) - 1 <= 120
        await asyncio.gather(*(work(small, 1000 + number) for number in range(30)))
        assert len(await small.names()) == len(names) + 30
    assert await small.unfinished() == []
    assert small.platform.database._pool.get_size() <= 3


async def test_a_cancelled_query_is_cancelled_in_the_server_too(small: Small) -> None:
    async def sleep() -> None:
        async with small.platform.database.door(small.caller) as door:
            await door.fetchval("select pg_sleep(30)")

    tasks = [asyncio.create_task(sleep()) for _ in range(3)]
    await asyncio.sleep(0.3)
    for task in tasks:
        task.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks, return_exceptions=True)
        assert await small.names() == ["Dallas"]
    row = await small.platform.database.lookup(
        """select count(*) n from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active'
              and pid <> pg_backend_pid()"""
    )
    assert row is not None
    assert row["n"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL], ids=lambda number: number.name)
async def test_a_server_that_dies_is_a_503_and_its_return_needs_no_restart(
    small: Small, own: tuple[Servers, Postgres], number: signal.Signals
) -> None:
    postgres = own[1]
    assert (await small.client.get("/me")).status_code == 200

    async def wait() -> None:
        async with small.platform.database.door(small.caller) as door:
            await door.execute(ADD, door.carrier_id, "In flight")
            await door.fetchval("select pg_sleep(20)")

    in_flight = asyncio.create_task(wait())
    await asyncio.sleep(0.2)
    await asyncio.to_thread(postgres.stop, number)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await asyncio.wait_for(in_flight, 10)
    for _ in range(5):
        answer = await small.client.get("/me")
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["retry-after"]
    await asyncio.to_thread(postgres.start)
    for _ in range(200):
        answer = await small.client.get("/me")
        if answer.status_code != 503:
            break
        await asyncio.sleep(0.05)
    assert answer.status_code == 200, answer.text
    assert await small.names() == ["Dallas"]
    answers = await asyncio.gather(*(small.client.get("/me") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
