"""Every role sees and does exactly what it may; the scopes narrow that further; nobody reaches another carrier."""

from __future__ import annotations

from typing import Any

import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

from dot_copilot.core.caller import Role
from dot_copilot.core.scopes import Scope
from tests.api.mcp_server.assistant import URL, assistant, hire, http, mint, record
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

_READING = {"search_drivers", "driver_file", "compliance_summary", "expiring_soon", "explain_requirement"}
_PAPERS = {"list_documents", "draft_packet", "fetch_packet"}
_ALL = (
    _READING
    | _PAPERS
    | {"record_evidence", "request_document", "upload_document", "review_queue", "roster_import_status", "audit_trail"}
)
_OFFERED = {
    Role.ADMIN: _ALL,
    Role.SAFETY_MANAGER: _ALL,
    Role.SUPERVISOR: _READING | _PAPERS | {"record_evidence", "request_document", "upload_document"},
    Role.COACH: _READING | _PAPERS,
    Role.AUDITOR: _READING | _PAPERS | {"audit_trail"},
    Role.DRIVER: _PAPERS | {"driver_file", "explain_requirement", "record_evidence", "upload_document"},
}
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "record_evidence": {"driver": "E1", "requirement": "application", "obtained_on": "2024-01-10"},
    "driver_file": {"driver": "E1"},
    "list_documents": {"driver": "E1"},
    "request_document": {"driver": "E1", "requirement": "application"},
    "draft_packet": {"drivers": ["E1"]},
    "upload_document": {"driver": "E1", "requirement": "mec_cdlis", "obtained_on": "2026-01-10", "file_name": "card.pdf"},
}


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_is_offered_its_tools_and_refused_the_others(world: World, role: Role) -> None:
    """With all scopes in the token, even those the role does not hold: what is not offered is refused, what is offered works."""
    driver = await hire(world, "E1")
    own = {"driver_id": driver} if role is Role.DRIVER else {}
    async with assistant(world, role, scopes=list(Scope), **own) as bot:  # type: ignore[arg-type]
        offered = {tool.name for tool in (await bot.client.list_tools()).tools}
        assert offered == _OFFERED[role]
        for tool in _OFFERED[Role.ADMIN]:
            if tool in offered:
                await bot.ask(tool, **_ARGUMENTS.get(tool, {}))
            else:
                assert f"The role {role} may not use {tool}" in await bot.refused(tool, **_ARGUMENTS.get(tool, {}))


async def test_a_scope_that_was_not_granted_is_refused(world: World) -> None:
    await hire(world, "E1")
    async with assistant(world, Role.ADMIN, scopes=["drivers:read", "offline_access"]) as bot:
        assert {tool.name for tool in (await bot.client.list_tools()).tools} == {"search_drivers", "driver_file"}
        assert "'evidence:write'" in await bot.refused("record_evidence", **_ARGUMENTS["record_evidence"])
        assert "was not given 'compliance:read'" in await bot.refused("compliance_summary")
        assert (await bot.client.list_resources()).resources == []
        with pytest.raises(MCPError, match="no resource dot-copilot://requirements"):
            await bot.client.read_resource("dot-copilot://requirements")
        with pytest.raises(MCPError, match="no prompt weekly_review"):
            await bot.client.get_prompt("weekly_review", {})
    async with assistant(world, Role.ADMIN, scopes=[]) as bot:
        assert (await bot.client.list_tools()).tools == []
        assert (await bot.client.list_prompts()).prompts == []


async def test_a_supervisor_sees_the_own_terminal(world: World) -> None:
    houston = await world.add_terminal("Houston", "America/Chicago")
    here = await hire(world, "H1", first_name="Here")
    there = await hire(world, "T1", first_name="There", terminal_id=str(houston))
    await record(world, here, "mec_cdlis", "2025-11-25", expires_on="2026-11-25")
    await record(world, there, "mec_cdlis", "2025-11-24", expires_on="2026-11-24")
    span = {"from": "2026-11-01", "until": "2026-11-30", "requirement": "mec_cdlis"}
    async with assistant(world, Role.SUPERVISOR) as bot:
        assert [row["employee_id"] for row in (await bot.ask("search_drivers"))["items"]] == ["H1"]
        assert [due["driver"]["id"] for due in (await bot.ask("expiring_soon", **span))["items"]] == [here]
        assert [place["name"] for place in (await bot.ask("compliance_summary"))["terminals"]] == ["Dallas"]
        assert "No driver is called 'T1'" in await bot.refused("driver_file", driver="T1")
        assert "There is no such driver" in await bot.refused("driver_file", driver=there)
        told = await bot.refused("expiring_soon", terminal="Houston", **span)
        assert "Terminals: Dallas." in told
        assert "There is no such terminal" in await bot.refused("search_drivers", terminal=str(houston))
        refused = await bot.refused("record_evidence", **{**_ARGUMENTS["record_evidence"], "driver": there})
        assert "There is no such driver" in refused
        with pytest.raises(MCPError, match="There is no such driver"):
            await bot.client.read_resource(f"dot-copilot://drivers/{there}/file")


async def test_a_driver_sees_the_own_file(world: World) -> None:
    own = await hire(world, "O1", first_name="Olga", last_name="Paz")
    other = await hire(world, "O2", first_name="Otto", last_name="Ray")
    async with assistant(world, Role.DRIVER, driver_id=own) as bot:  # type: ignore[arg-type]
        assert (await bot.ask("driver_file"))["driver"]["id"] == own
        assert (await bot.ask("driver_file", driver="olga"))["driver"]["id"] == own
        assert "sees the own file only" in await bot.refused("driver_file", driver="Otto")
        assert "There is no such driver" in await bot.refused("driver_file", driver=other)
        sent = {"requirement": "application", "obtained_on": "2024-01-10"}
        recorded, text = await bot.both("record_evidence", **sent)
        assert recorded["waits_for_review"] is True
        assert recorded["after"]["state"] == "pending_review"
        assert "once a safety manager has accepted it" in text
        assert "sees the own file only" in await bot.refused("record_evidence", driver="Otto", **sent)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    assert (await manager.get(f"/drivers/{other}/evidence")).json()["items"] == []


async def test_another_carriers_drivers_are_not_found(world: World, other_world: World) -> None:
    theirs = await hire(other_world, "X1", first_name="Xena")
    async with assistant(world, Role.ADMIN) as bot:
        assert "There is no such driver" in await bot.refused("driver_file", driver=theirs)
        assert "No driver is called 'Xena'" in await bot.refused("driver_file", driver="Xena")
        assert (await bot.ask("search_drivers", query="Xena"))["total"] == 0
        assert "There is no such terminal" in await bot.refused("search_drivers", terminal=str(other_world.terminal_id))
        assert (await bot.ask("audit_trail", driver=theirs))["items"] == []
        evidence = {**_ARGUMENTS["record_evidence"], "driver": theirs}
        assert "There is no such driver" in await bot.refused("record_evidence", **evidence)
        with pytest.raises(MCPError, match="There is no such driver"):
            await bot.client.read_resource(f"dot-copilot://drivers/{theirs}/file")


async def test_a_connection_that_ended_is_refused(world: World) -> None:
    async with assistant(world) as bot:
        await bot.ask("search_drivers")
        async with world.worker.database.job_door(world.carrier_id) as door:
            await door.execute("update sessions set revoked_at = now() where id = $1", bot.caller.session_id)
        assert "connection to DOT-Copilot has ended" in await bot.refused("search_drivers")


async def test_only_the_gateway_on_this_machine_gets_in(world: World) -> None:
    """Another audience, an expired token, a foreign signature, a browser, a proxy, another machine: each at the door."""
    caller = (await _caller(world)).caller
    good = mint(world, caller, ["drivers:read"])
    ping = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}

    async def status(headers: dict[str, str], peer: str = "127.0.0.1") -> int:
        async with http(world, {**accept, **headers}, peer=peer) as client:
            return (await client.post(URL, json=ping)).status_code

    def bearer(token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    assert await status(bearer(good)) == 200
    assert await status(bearer(mint(world, caller, ["drivers:read"], aud="dot-copilot-api"))) == 401
    assert await status(bearer(mint(world, caller, ["drivers:read"], typ="JWT"))) == 401
    assert await status(bearer(world.worker.keys.issue(caller))) == 401
    assert await status(bearer(mint(world, caller, ["drivers:read"], exp=1_700_000_000))) == 401
    assert await status(bearer(good[:-4] + "AAAA")) == 401
    assert await status({**bearer(good), "Origin": "https://evil.example"}) == 403
    assert await status({**bearer(good), "X-Forwarded-For": "203.0.113.9"}) == 404
    assert await status(bearer(good), peer="203.0.113.9") == 404
    async with http(world, {**accept, **bearer(good)}) as client:
        for method in ("GET", "DELETE"):  # no session to stream to, or to end
            refused = await client.request(method, URL)
            assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    api = await world.as_role(Role.ADMIN)
    assert (await api.get("/drivers", headers=bearer(good))).status_code == 401  # nor is it good for the API itself


async def test_without_a_token_only_the_definitions_are_told(world: World) -> None:
    """So the gateway learns its catalogue; nothing of any carrier is in it."""
    async with http(world, {}) as connection, Client(streamable_http_client(URL, http_client=connection)) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == _OFFERED[Role.ADMIN]
        assert len((await client.list_prompts()).prompts) == 3
        assert len((await client.list_resources()).resources) == 1
        for refused in (
            client.call_tool("explain_requirement", {}),
            client.read_resource("dot-copilot://requirements"),
            client.get_prompt("weekly_review", {}),
        ):
            with pytest.raises(MCPError, match="Without a token"):
                await refused


async def _caller(world: World):  # type: ignore[no-untyped-def]
    async with assistant(world) as bot:
        return bot
