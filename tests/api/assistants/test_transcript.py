"""The transcript of assistants' calls: written by our own MCP server, read by administrators alone."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.api.identity.people import device, other_api
from tests.api.mcp_server.assistant import assistant
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def calls(world: World, number: int = 1, **query: Any) -> list[dict[str, Any]]:
    """The transcript, as soon as it has so many entries."""
    admin = await world.as_role(Role.ADMIN)
    for _ in range(100):
        items = await listed(admin, **query)
        if len(items) >= number:
            break
        await asyncio.sleep(0.05)
    return items


async def listed(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """One page of the transcript."""
    answer = await client.get("/assistants/transcript", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_call_is_there_with_who_asked_what_and_how_it_ended(world: World) -> None:
    async with assistant(world) as one:
        await one.ask("search_drivers", query="Ruiz")
        await one.refused("driver_file", driver="nobody at all")
    refused, asked = await calls(world, 2)
    assert (asked["tool"], asked["outcome"], asked["client_name"]) == ("search_drivers", "ok", "Test assistant")
    assert asked["user"] == {"id": str(one.caller.user_id), "name": "Test safety_manager"}
    assert asked["duration_ms"] > 0
    assert (refused["tool"], refused["outcome"]) == ("driver_file", "tool_error")
    admin = await world.as_role(Role.ADMIN)
    whole = (await admin.get(f"/assistants/transcript/{asked['id']}")).json()
    assert whole["arguments"] == {"query": "Ruiz"}
    assert whole["result"] is None, "an answer repeats records that are there anyway"
    assert whole["result_bytes"] > 20


async def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    async with assistant(world) as one:
        for _ in range(5):
            await one.ask("compliance_summary")
    everything = await calls(world, 5)
    admin = await world.as_role(Role.ADMIN)
    first = (await admin.get("/assistants/transcript", params={"limit": 2})).json()
    rest = (await admin.get("/assistants/transcript", params={"limit": 9, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in everything]
    assert (first["mode"], rest["next_cursor"]) == ("arguments", None)
    assert await listed(admin, until=everything[-1]["at"]) == []
    assert await listed(admin, since=everything[0]["at"], limit=200) == [
        one for one in everything if one["at"] >= everything[0]["at"]
    ]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_administrators_read_it(world: World, role: Role) -> None:
    client = await world.as_role(role)
    for path in ("/assistants/transcript", f"/assistants/transcript/{'0' * 32}"):
        assert (await client.get(path)).status_code == 403


async def test_another_carriers_calls_are_as_good_as_none(world: World, other_world: World) -> None:
    async with assistant(world) as one:
        await one.ask("search_drivers")
    (call,) = await calls(world)
    theirs = await other_world.as_role(Role.ADMIN)
    assert await listed(theirs) == []
    for call_id in (call["id"], "f" * 32):
        answer = await theirs.get(f"/assistants/transcript/{call_id}")
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (404, "call-not-found")
    assert (await theirs.get("/assistants/transcript/x")).status_code == 422


async def test_an_installation_may_keep_answers_or_nothing(world: World, servers: Servers) -> None:
    for mode, kept in (("full", True), ("off", False)):
        async with other_api(servers, assistant_transcript=mode) as app:
            api, world.api = world.api, httpx.ASGITransport(app)
            try:
                async with assistant(world) as one:
                    asked = await one.ask("search_drivers", query=mode)
            finally:
                world.api = api
        found = [call for call in await calls(world) if call["tool"] == "search_drivers"]
        assert len(found) == 1
        admin = await world.as_role(Role.ADMIN)
        whole = (await admin.get(f"/assistants/transcript/{found[0]['id']}")).json()
        assert whole["arguments"] == {"query": "full"}
        if kept:
            assert whole["result"] == asked
    reader = device(world)
    assert (await reader.get("/assistants/transcript")).status_code == 401
