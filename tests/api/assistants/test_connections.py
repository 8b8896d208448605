"""Who sees and ends connections, and that the gateway hears of every way in which one ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from valkey.asyncio import Valkey

from dot_copilot.core.caller import Role
from dot_copilot.core.signals import ENDED
from dot_copilot.core.tokens import OAUTH_TYPE
from dot_copilot.features.identity.service.sessions import sweep
from tests.api.assistants.flow import ROOT, Assistant, assistant, connected, error_of, problem_of
from tests.api.identity.people import PASSWORD, actions, device, owner, person
from tests.support.servers import Servers
from tests.support.world import Queries, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


def session_of(world: World, made: Assistant) -> UUID:
    """The session behind a connection."""
    return world.worker.assistant_keys.read(made.tokens["access_token"], typ=OAUTH_TYPE)[0].session_id


class Ear:
    """What is said on one channel."""

    def __init__(self, listener: object) -> None:
        self._listener = listener

    async def hears(self, seconds: float = 2.0) -> str | None:
        """The next message, or None."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    message = await self._listener.get_message(ignore_subscribe_messages=True, timeout=0.1)  # type: ignore[attr-defined]
                    if message is not None:
                        return str(message["data"].decode())
        return None


@contextlib.asynccontextmanager
async def listening(servers: Servers, channel: str) -> AsyncIterator[Ear]:
    """Subscribes as the gateway does."""
    client = Valkey(host="127.0.0.1", port=servers.settings.valkey_port, password=servers.secrets["valkey_password"])
    async with client.pubsub() as listener:
        await listener.subscribe(channel)
        await listener.get_message(timeout=2)
        yield Ear(listener)
    await client.aclose()


async def test_a_person_sees_and_ends_their_own(world: World) -> None:
    claude = await connected(world)
    manager, auditor = await world.as_role(Role.SAFETY_MANAGER), await world.as_role(Role.AUDITOR)
    item = (await manager.get("/assistants/connections")).json()["items"][0]
    assert item["user"] == {"id": str(world.users[Role.SAFETY_MANAGER]), "name": "Test safety_manager"}
    assert (await auditor.get("/assistants/connections")).json()["items"] == []
    assert problem_of(await auditor.get("/assistants/connections", params={"all": "true"})) == (403, "forbidden")
    assert problem_of(await auditor.delete(f"/assistants/connections/{item['id']}")) == (404, "connection-not-found")
    assert problem_of(await manager.delete(f"/assistants/connections/{uuid4()}")) == (404, "connection-not-found")
    assert (await manager.delete(f"/assistants/connections/{item['id']}")).status_code == 204
    assert problem_of(await manager.delete(f"/assistants/connections/{item['id']}")) == (404, "connection-not-found")
    assert (await manager.get("/assistants/connections")).json()["items"] == []
    assert error_of(await claude.refresh()) == (400, "invalid_grant")
    entry = (await actions(world, action="assistant.revoked"))[0]
    assert entry["subject_id"] == item["id"]
    assert (entry["details"]["client_name"], entry["details"]["reason"]) == ("Claude", "revoked")


async def test_an_administrator_sees_and_ends_everybodys_of_the_carrier(world: World, other_world: World) -> None:
    await connected(world)
    await connected(other_world)
    admin, stranger = await world.as_role(Role.ADMIN), await other_world.as_role(Role.ADMIN)
    items = (await admin.get("/assistants/connections", params={"all": "true"})).json()["items"]
    assert [item["user"]["id"] for item in items] == [str(world.users[Role.SAFETY_MANAGER])]
    assert (await admin.get("/assistants/connections")).json()["items"] == []
    path = f"/assistants/connections/{items[0]['id']}"
    assert (await stranger.delete(path)).status_code == 404, "of another carrier"
    assert (await admin.delete(path)).status_code == 204


async def test_another_carrier_sees_nothing_of_it_in_sql(world: World, other_world: World) -> None:
    claude = await connected(world)
    await claude.code(await world.as_role(Role.SAFETY_MANAGER))
    manager = await world.as_role(Role.SAFETY_MANAGER)
    await manager.get("/me")
    async with world.worker.database.job_door(other_world.carrier_id) as door:
        for table in ("connections", "oauth_codes", "github_tokens"):
            assert await door.fetchval(f"select count(*) from {table} where carrier_id = $1", world.carrier_id) == 0


async def test_the_gateway_hears_of_every_end(world: World, servers: Servers) -> None:
    admin = await world.as_role(Role.ADMIN)

    async def ends(ear: Ear, made: Assistant) -> None:
        assert json.loads(await ear.hears() or "null") == [str(session_of(world, made))]

    async with listening(servers, ENDED) as ear:
        maria = await person(world)
        browser = await maria.sign_in()

        async def fresh() -> Assistant:
            made = await assistant(world)
            await made.connect(browser)
            return made

        claude = await fresh()
        connection = (await browser.get("/assistants/connections")).json()["items"][0]["id"]
        await browser.delete(f"/assistants/connections/{connection}")
        await ends(ear, claude)

        claude = await fresh()
        await browser.delete(f"/me/sessions/{session_of(world, claude)}")
        await ends(ear, claude)

        claude = await fresh()
        await claude.http.post(
            f"{ROOT}/oauth/revoke", data={"client_id": claude.client_id, "token": claude.tokens["refresh_token"]}
        )
        await ends(ear, claude)

        claude = await fresh()
        await browser.post("/auth/password", json={"current": PASSWORD, "new": "eight horses at dawn"})
        await ends(ear, claude)

        claude = await fresh()
        await browser.post("/auth/logout-everywhere")
        await ends(ear, claude)

        maria.password = "eight horses at dawn"
        browser = await maria.sign_in()
        claude = await fresh()
        await admin.patch(f"/users/{maria.id}", json={"role": "auditor", "expires_on": "2098-01-01"})
        await ends(ear, claude)

        maria = await person(world)
        browser = await maria.sign_in()
        claude = await fresh()
        await admin.patch(f"/users/{maria.id}", json={"role": "admin"})
        await ends(ear, claude)  # it stands, but its token names a role that is no more
        assert (await claude.refresh()).status_code == 200
        await admin.patch(f"/users/{maria.id}", json={"disabled": True})
        await ends(ear, claude)

        maria = await person(world)
        browser = await maria.sign_in()
        await browser.post("/auth/logout")
        assert await ear.hears(0.3) is None, "nobody remembers a browser's session"


async def test_the_gateway_hears_of_reuse(world: World, servers: Servers) -> None:
    claude = await connected(world)
    await claude.refresh()
    async with owner(servers) as connection:
        await connection.execute(
            "update refresh_tokens set used_at = used_at - interval '1 minute' where session_id = $1", session_of(world, claude)
        )
    async with listening(servers, ENDED) as ear:
        await claude.refresh()
        assert json.loads(await ear.hears() or "null") == [str(session_of(world, claude))]


async def test_nothing_is_announced_of_what_was_not_committed(world: World, servers: Servers) -> None:
    async with listening(servers, ENDED) as ear:
        with contextlib.suppress(ZeroDivisionError):
            async with world.worker.database.job_door(world.carrier_id) as door:
                door.announce(ENDED, "early")
                _ = 1 / 0
        assert await ear.hears(0.3) is None


async def test_a_revocation_stands_even_when_nobody_can_be_told(
    world: World, servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    claude = await connected(world)
    platform = world.api.platform  # type: ignore[attr-defined]
    told = platform.database.announce
    broken = type(platform.signals)("127.0.0.1", 1, "none")
    platform.database.announce = broken.send
    try:
        manager = await world.as_role(Role.SAFETY_MANAGER)
        item = (await manager.get("/assistants/connections")).json()["items"][0]
        assert (await manager.delete(f"/assistants/connections/{item['id']}")).status_code == 204
    finally:
        platform.database.announce = told
        await broken.close()
    assert "were not sent" in caplog.text
    assert error_of(await claude.refresh()) == (400, "invalid_grant")


async def test_sessions_that_are_swept_take_their_connections_along(world: World, servers: Servers) -> None:
    claude = await connected(world)
    async with owner(servers) as connection:
        session_id = session_of(world, claude)
        await connection.execute("update sessions set revoked_at = now() - interval '31 days' where id = $1", session_id)
        await sweep(world.worker.database)
        assert await connection.fetchval("select count(*) from connections where session_id = $1", session_id) == 0
        assert await connection.fetchval("select count(*) from oauth_codes where session_id = $1", session_id) == 0


async def test_how_many_statements_it_costs(world: World, queries: Queries) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude = await assistant(world)
    queries.clear()
    request = await claude.ask()
    assert len(queries.statements) == 2, queries.statements
    queries.clear()
    await manager.get(f"/assistants/requests/{request}")
    assert len(queries.statements) == 2 + 3, queries.statements
    queries.clear()
    code = await claude.code(manager)
    queries.clear()
    claude.tokens = (await claude.redeem(code)).json()
    # Client, code; in a door: lock, person, older connections, session, use, connect, audit, refresh token.
    assert len(queries.statements) == 2 + 2 + 8, queries.statements
    queries.clear()
    await claude.refresh()
    # Client, token; in a door: connection, lock, read, replace, extend, token.
    assert len(queries.statements) == 2 + 2 + 6, queries.statements
    queries.clear()
    assert (await manager.get("/assistants/connections")).status_code == 200
    assert len(queries.statements) == 3, queries.statements
    assert (await device(world).get("/assistants/setup")).status_code == 401
    assert (await manager.get("/assistants/setup")).json() == {"mcp_url": "http://localhost:8080/mcp"}
