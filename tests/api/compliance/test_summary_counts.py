"""The proof of the calendar: whatever happened to a fleet, the board at any day counts what the engine says of each driver."""

from __future__ import annotations

import random
from datetime import date

import pytest

from dot_copilot.core.caller import Role
from tests.api.compliance.fleet import Fleet, answered, expected, judge
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("seed", range(4))
async def test_the_board_counts_what_the_engine_says(world: World, seed: int) -> None:
    fleet = Fleet(world, random.Random(seed))
    fleet.terminals = [world.terminal_id, await world.add_terminal("Phoenix", "America/Phoenix")]
    client = await world.as_role(Role.SAFETY_MANAGER)
    await fleet.grow(25)
    for _ in range(4):
        for _ in range(12):
            await fleet.change()
        if fleet.chance.random() < 0.7:
            await fleet.fold()
        for day in [fleet.day(2600, 2600) for _ in range(6)]:
            answer = await client.get("/compliance/summary", params={"as_of": day.isoformat()})
            assert answered(answer.json()) == expected(await judge(world, day)), f"on {day}"


async def test_a_supervisor_counts_the_own_terminal(world: World) -> None:
    fleet = Fleet(world, random.Random(7))
    fleet.terminals = [world.terminal_id, await world.add_terminal("Phoenix", "America/Phoenix")]
    await fleet.grow(20)
    await fleet.fold()
    await fleet.change()
    client = await world.as_role(Role.SUPERVISOR)
    for day in (date(2024, 3, 1), date(2026, 11, 22), date(2028, 2, 29)):
        body = (await client.get("/compliance/summary", params={"as_of": day.isoformat()})).json()
        own = {driver: found for driver, found in (await judge(world, day)).items() if found[0] == world.terminal_id}
        assert answered(body) == expected(own)
        assert [terminal["id"] for terminal in body["terminals"]] == [str(world.terminal_id)]


async def test_the_counts_of_one_terminal_that_was_asked_for(world: World) -> None:
    """By id or name, the same as the engine says of its drivers; another carrier's, or nobody's, is not found."""
    fleet = Fleet(world, random.Random(11))
    phoenix = await world.add_terminal("Phoenix", "America/Phoenix")
    fleet.terminals = [world.terminal_id, phoenix]
    await fleet.grow(20)
    await fleet.fold()
    await fleet.change()
    client = await world.as_role(Role.AUDITOR)
    day = date(2026, 11, 22)
    own = {driver: found for driver, found in (await judge(world, day)).items() if found[0] == phoenix}
    for terminal in (str(phoenix), "phoenix"):
        params = {"as_of": day.isoformat(), "terminal": terminal}
        body = (await client.get("/compliance/summary", params=params)).json()
        assert answered(body) == expected(own)
        assert [one["id"] for one in body["terminals"]] == [str(phoenix)]
    for terminal in ("Atlantis", str(world.carrier_id)):
        answer = await client.get("/compliance/summary", params={"terminal": terminal})
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (404, "unknown-terminal")
    supervisor = await world.as_role(Role.SUPERVISOR)
    assert (await supervisor.get("/compliance/summary", params={"terminal": "Phoenix"})).status_code == 404
