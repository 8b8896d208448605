"""Wrong names, dates, cursors and URIs are answered with what to do; a call costs few statements."""

from __future__ import annotations

import asyncio

import pytest
from mcp.shared.exceptions import MCPError

from dot_copilot.core.caller import Role
from dot_copilot.mcp.server import inside
from tests.api.mcp_server.assistant import assistant, hire, record
from tests.support.world import Queries, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        (
            "search_drivers",
            {"terminal": "Atlantis"},
            "There is no terminal 'Atlantis' that this person may see. Terminals: Dallas.",
        ),
        ("search_drivers", {"state": "fine"}, "state"),
        ("search_drivers", {"limit": 0}, "limit"),
        ("search_drivers", {"cursor": "AAAA"}, "Start again without a cursor"),
        ("search_drivers", {"requirement": "medical card", "cursor": "AAAA"}, "Start again without a cursor"),
        ("search_drivers", {"as_of": "2026-02-30"}, "as_of"),
        ("search_drivers", {"as_of": "1776-07-04"}, "as_of"),
        ("expiring_soon", {"until": "2020-01-01"}, "lies before today"),
        ("expiring_soon", {"from": "2026-01-02", "until": "2026-01-01"}, "lies before 2026-01-02"),
        ("expiring_soon", {"until": "2199-01-01"}, "At most 366 days"),
        ("expiring_soon", {"until": "2026-12-01", "days": 3}, "not both"),
        ("expiring_soon", {"cursor": "not a cursor"}, "Start again without a cursor"),
        ("expiring_soon", {"cursor": "W10"}, "Start again without a cursor"),
        ("driver_file", {"driver": "00000000-0000-0000-0000-000000000000"}, "There is no such driver"),
        ("roster_import_status", {"import_id": "00000000-0000-0000-0000-000000000000"}, "import"),
        ("roster_import_status", {"import_id": "seven"}, "import_id"),
        ("compliance_summary", {"language": "fr"}, "language"),
    ],
)
async def test_bad_input_is_explained(world: World, tool: str, arguments: dict[str, object], told: str) -> None:
    async with assistant(world) as bot:
        refused = await bot.refused(tool, **arguments)
        assert told in refused
        assert "/api/v1" not in refused


async def test_a_city_stands_for_its_terminal_unless_it_has_two(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    for name in ("North Yard", "South Yard"):
        place = {"name": name, "city": "El Paso", "state": "TX", "time_zone": "America/Denver"}
        assert (await manager.post("/terminals", json=place)).status_code == 201
    place = {"name": "Main", "code": "LRD", "city": "Laredo", "time_zone": "America/Chicago"}
    assert (await manager.post("/terminals", json=place)).status_code == 201
    async with assistant(world) as bot:
        told = await bot.refused("search_drivers", terminal="El Paso, TX")
        assert "'North Yard' or 'South Yard'" in told
        for words in ("laredo", "LRD", "Laredo, TX", "Main"):
            assert (await bot.ask("search_drivers", terminal=words))["total"] == 0
        later = {"name": "Waco", "time_zone": "America/Chicago"}
        assert (await manager.post("/terminals", json=later)).status_code == 201
        assert (await bot.ask("search_drivers", terminal="waco"))["total"] == 0  # though the names are remembered


async def test_unknown_tools_prompts_and_resources_are_protocol_errors(world: World) -> None:
    async with assistant(world) as bot:
        with pytest.raises(MCPError, match="Unknown tool: drop_tables"):
            await bot.client.call_tool("drop_tables", {})
        with pytest.raises(MCPError, match="no prompt"):
            await bot.client.get_prompt("drop_tables", {})
        with pytest.raises(MCPError, match="onboard_driver needs driver"):
            await bot.client.get_prompt("onboard_driver", {})
        with pytest.raises(MCPError, match="no argument colour"):
            await bot.client.get_prompt("weekly_review", {"colour": "red"})
        for uri in ("dot-copilot://drivers/7/file", "file:///etc/passwd", "dot-copilot://requirements/x", "http://[::1"):
            with pytest.raises(MCPError, match="no resource"):
                await bot.client.read_resource(uri)
        with pytest.raises(MCPError, match="is no date"):
            await bot.client.read_resource("dot-copilot://drivers/00000000-0000-0000-0000-000000000000/file?as_of=soon")
        with pytest.raises(MCPError, match="Invalid cursor"):
            await bot.client.list_tools(cursor="again")


async def test_an_error_of_ours_shows_nothing_of_the_inside(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> bytes:
        raise RuntimeError("secret internals")

    async with assistant(world) as bot:
        monkeypatch.setattr(inside.Api, "_call", broken)
        told = await bot.refused("search_drivers")
        assert "Something went wrong on our side" in told
        assert "secret" not in told


async def test_statements_of_a_call(world: World, queries: Queries) -> None:
    """What a tool adds to the API's own statements: nothing, once names are known; recording reads the file before and after."""
    driver = await hire(world, "E1")
    await record(world, driver, "mec_cdlis", "2025-06-01", expires_on="2027-06-01")
    async with assistant(world) as bot:

        async def count(tool: str, **arguments: object) -> int:
            await bot.ask(tool, **arguments)  # names and plans are known after the first
            await asyncio.sleep(0.8)  # and its transcript is written, by a connection of its own
            queries.clear()
            await bot.ask(tool, **arguments)
            return sum(not statement.startswith(("BEGIN", "COMMIT")) for statement in queries.statements)

        file = await count("driver_file", driver=driver)
        assert file == 5
        assert await count("driver_file", driver="E1") == file + 7  # and one search for the name
        assert await count("search_drivers", terminal="Dallas") == 8
        assert await count("compliance_summary") == 3
        assert await count("expiring_soon", requirement="sph", terminal="Dallas") == 4
        assert await count("explain_requirement", requirement="sph") == 1
        recorded = await count("record_evidence", driver=driver, requirement="mvr_annual", obtained_on="2026-01-10")
        assert recorded <= 2 * file + 14
