"""Passwords of a real PostgreSQL, replaced by way of a real OpenBao, while connections are opened without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from dot_copilot import migrate
from dot_copilot.core.database import Database, SignIn
from dot_copilot.core.role_password import RolePassword
from dot_copilot.core.settings import Settings
from dot_copilot.rotation import passwords
from dot_copilot.rotation.errors import ChangedMeanwhileError, NotAnsweringError, RotationError
from dot_copilot.rotation.keeper import Keeper
from dot_copilot.rotation.passwords import Server
from tests.api.rotation.conftest import ROLES, Place
from tests.api.rotation.cut import CutKeeper, CutServer, Killed, Knife
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio


async def no_wait(_seconds: float) -> None:
    """As if every process had looked."""


async def rotate(place: Place, *, knife: Knife | None = None, server: Any = None, said: list[str] | None = None) -> None:
    keeper: Keeper = place.keeper()
    try:
        chosen = server or place.server
        if knife is not None:
            keeper, chosen = CutKeeper(keeper, knife), CutServer(chosen, knife)
        say = (said if said is not None else []).append
        await passwords.rotate(keeper, chosen, 0, say, wait=no_wait, roles=ROLES)
    finally:
        await keeper.close()


async def kept(place: Place, name: str) -> str:
    store = place.store()
    try:
        return await store.get(name)
    finally:
        await store.close()


async def present(place: Place) -> dict[str, str]:
    return {role: await kept(place, f"database_{role}_password") for role in ROLES}


@asynccontextmanager
async def opening(place: Place) -> AsyncIterator[list[BaseException | None]]:
    """New connections of dot_app, one after the other, by a process that was there before; the outcome of each."""
    store = place.store()
    password = await RolePassword.read(store, "app")
    outcomes: list[BaseException | None] = []
    over = asyncio.Event()

    async def connect(word: str) -> Any:
        server = place.server
        where: dict[str, Any] = {"host": server.host, "port": server.port, "database": server.database}
        return await asyncpg.connect(**where, user="dot_app", password=word)

    async def work() -> None:
        while not over.is_set():
            try:
                connection = await password.opening(connect, asyncpg.InvalidPasswordError)
                await connection.close()
                outcomes.append(None)
            except Exception as error:  # noqa: BLE001 - shown by the test itself
                outcomes.append(error)

    workers = [asyncio.create_task(work()) for _ in range(3)]
    try:
        yield outcomes
    finally:
        over.set()
        await asyncio.gather(*workers)
        await store.close()


async def test_every_password_is_another_and_no_connection_fails_meanwhile(place: Place) -> None:
    before = await present(place)
    async with opening(place) as outcomes:
        await asyncio.sleep(0.2)
        for _ in range(3):
            await rotate(place)
        await asyncio.sleep(0.2)
    after = await present(place)
    assert [one for one in outcomes if one is not None] == []
    assert len(outcomes) > 20
    for role in ROLES:
        assert after[role] != before[role]
        assert await place.server.takes(role, after[role])
        assert not await place.server.takes(role, before[role]), "the old one opens nothing any more"


async def test_a_pool_goes_on_with_its_connections_and_opens_new_ones(place: Place) -> None:
    store = place.store()
    sign_in = SignIn("dot_app", await RolePassword.read(store, "app"))
    server = place.server
    pool = await Database.connect(host=server.host, port=server.port, name=server.database, sign_in=sign_in, size=4)
    first = await pool.lookup("select pg_backend_pid() as pid")
    await rotate(place)
    again = await pool.lookup("select pg_backend_pid() as pid")
    assert first is not None
    assert again is not None
    assert again["pid"] == first["pid"], "an open connection is none of a rotation's business"
    found = await asyncio.gather(*(pool.lookup("select pg_backend_pid() as pid, pg_sleep(0.1)") for _ in range(4)))
    assert len({row["pid"] for row in found if row is not None}) == 4
    await pool.close()
    await store.close()


async def test_the_workers_own_driver_finds_the_new_password_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    import dot_copilot.worker

    monkeypatch.setattr(dot_copilot.worker, "modules", lambda _name: [])  # tasks are named once a process, by another fixture
    store = place.store()
    password = await RolePassword.read(store, "worker")
    await rotate(place)
    settings = Settings(database_port=place.server.port)
    async with dot_copilot.worker.create_worker_app(settings, password).open_async() as app:
        rows = await app.connector.execute_query_all_async("select current_user::text as role")
    assert [dict(row) for row in rows] == [{"role": "dot_worker"}]
    await store.close()


async def test_killed_at_any_step_nobody_is_shut_out_and_the_next_run_brings_it_to_its_end(place: Place) -> None:
    whole = Knife()
    await rotate(place, knife=whole)
    assert whole.steps > 12
    for at in range(1, whole.steps + 1):
        before = await present(place)
        async with opening(place) as outcomes:
            with pytest.raises(Killed):
                await rotate(place, knife=Knife(at))
            for role in ROLES:
                assert await newcomer(place, role), f"a process that starts after step {at} signs in as dot_{role}"
            said: list[str] = []
            await rotate(place, said=said)
        assert [one for one in outcomes if one is not None] == [], f"killed at step {at}"
        after = await present(place)
        assert all([await place.server.takes(role, after[role]) for role in ROLES]), f"killed at step {at}"
        assert any(after[role] != before[role] for role in ROLES)
        going_on = "going on with a rotation that did not come to its end" in said[0]
        keeper = place.keeper()
        assert await passwords.pending(keeper, ROLES) == []
        await keeper.close()
        assert going_on or at <= 3 or at >= whole.steps - 1, f"step {at}: {said}"


async def newcomer(place: Place, role: str) -> bool:
    """Whether a process that has only just read the store gets in."""
    store = place.store()
    password = await RolePassword.read(store, role)

    async def connect(word: str) -> bool:
        if not await place.server.takes(role, word):
            raise asyncpg.InvalidPasswordError("no")
        return True

    try:
        return await password.opening(connect, asyncpg.InvalidPasswordError)
    finally:
        await store.close()


async def test_what_was_killed_after_the_change_says_so_and_changes_nothing_twice(place: Place) -> None:
    whole = Knife()
    await rotate(place, knife=whole)
    with pytest.raises(Killed):
        await rotate(place, knife=Knife(whole.steps - 2))  # dot_worker has the new one, and the store's word is the old one
    coming = await kept(place, "database_worker_password_next")
    assert await place.server.takes("worker", coming)
    said: list[str] = []
    await rotate(place, said=said)
    assert said[0].startswith("going on with a rotation that did not come to its end: dot_worker;")
    assert await kept(place, "database_worker_password") == coming


async def test_a_database_that_is_down_is_said_before_anything_is_written(place: Place) -> None:
    before = {name: await kept(place, name) for name in ("database_app_password", "database_app_password_next")}
    with pytest.raises(NotAnsweringError, match=r"PostgreSQL does not answer .* Run this again"):
        await rotate(place, server=Server("127.0.0.1", free_port(), "dot_copilot"))
    assert {name: await kept(place, name) for name in before} == before


async def test_a_password_that_somebody_changed_by_hand_is_not_written_over(place: Place) -> None:
    good = await kept(place, "database_app_password")
    await place.as_superuser("alter role dot_app password 'somebody else'")
    try:
        with pytest.raises(RotationError, match=r"takes no password of dot_app .* docs/runbooks/rotation\.md"):
            await rotate(place)
    finally:
        await place.as_superuser(f"alter role dot_app password '{good}'")
    assert await kept(place, "database_app_password") == good
    await rotate(place)


async def test_two_who_write_the_same_secret_do_not_write_over_each_other(place: Place) -> None:
    keeper = place.keeper()
    before = await keeper.read("database_app_password_next")
    await keeper.write("database_app_password_next", "the other's", before)
    with pytest.raises(ChangedMeanwhileError, match="changed by somebody else"):
        await keeper.write("database_app_password_next", "mine", before)
    now = await keeper.read("database_app_password_next")
    assert now is not None
    assert now.value == "the other's"
    await keeper.write("database_app_password_next", await kept(place, "database_app_password"), now)
    await keeper.close()


async def test_migrations_sign_in_though_a_rotation_was_killed_after_the_change(place: Place) -> None:
    keeper = place.keeper()
    knife = Knife()
    whole: tuple[Any, Any] = CutKeeper(keeper, knife), CutServer(place.server, knife)
    await passwords.rotate(*whole, 0, lambda _: None, wait=no_wait, roles=["owner"])
    cut = Knife(knife.steps - 1)
    half: tuple[Any, Any] = CutKeeper(keeper, cut), CutServer(place.server, cut)
    with pytest.raises(Killed):
        await passwords.rotate(*half, 0, lambda _: None, wait=no_wait, roles=["owner"])
    settings = Settings(
        database_port=place.server.port,
        openbao_url=f"http://127.0.0.1:{place.port}",
        openbao_role_id=(place.home.secrets / "app-role-id").read_text(),
        openbao_secret_id_file=place.home.secret_id_file,
    )
    assert await migrate.run(settings) == migrate.newest_revision()
    await passwords.rotate(keeper, place.server, 0, lambda _: None, wait=no_wait, roles=["owner"])
    await keeper.close()
