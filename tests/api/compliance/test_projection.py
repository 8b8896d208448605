"""The projection under fire: at once, again, interrupted, under other rules, and folded while it is read."""

from __future__ import annotations

import asyncio
import random
from datetime import date

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door
from dot_copilot.features.compliance import calendar_repository, projection_repository, recount, upkeep
from dot_copilot.features.compliance.policy_rules import FEDERAL_REVISION, load_rules
from dot_copilot.features.compliance.projection import project
from dot_copilot.features.drivers.events import DriversChanged
from tests.api.compliance.fleet import Fleet, answered, expected, judge
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAYS = (date(2024, 6, 1), date(2026, 11, 22), date(2027, 12, 31))


async def make_fleet(world: World, seed: int, drivers: int) -> Fleet:
    fleet = Fleet(world, random.Random(seed))
    fleet.terminals = [world.terminal_id, await world.add_terminal("Phoenix", "America/Phoenix")]
    await fleet.grow(drivers)
    return fleet


async def assert_counts_are_right(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    for day in DAYS:
        body = (await client.get("/compliance/summary", params={"as_of": day.isoformat()})).json()
        assert answered(body) == expected(await judge(world, day)), day


async def test_two_transactions_on_one_driver_count_it_once(world: World) -> None:
    """The second waits for the first, and then sees what the first has written."""
    await make_fleet(world, 1, 3)
    driver = await world.add_driver()
    database = world.worker.database

    async def record(requirement: str) -> None:
        async with database.job_door(world.carrier_id) as door:
            await door.execute(
                """insert into evidence (carrier_id, driver_id, requirement, obtained_on, provenance)
                   values ($1, $2, $3, date '2026-01-10', 'manual')""",
                world.carrier_id,
                driver,
                requirement,
            )
            await asyncio.sleep(0.05)
            await door.publish(DriversChanged([driver]))
            await asyncio.sleep(0.05)

    # The first two meet before the driver has any projection, the others after.
    for pair in (("application", "road_test"), ("mvr_annual", "review_annual"), ("drug_pre", "da_policy")):
        await asyncio.gather(*(record(requirement) for requirement in pair))
        await assert_counts_are_right(world)


async def test_what_is_rolled_back_was_never_counted(world: World) -> None:
    fleet = await make_fleet(world, 2, 5)

    async def fail(door: Door) -> None:
        await door.execute("update employments set terminated_on = hired_on where carrier_id = $1", world.carrier_id)
        await door.publish(DriversChanged(fleet.drivers))
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        async with world.worker.database.job_door(world.carrier_id) as door:
            await fail(door)
    await assert_counts_are_right(world)


async def test_projecting_again_changes_nothing(world: World) -> None:
    fleet = await make_fleet(world, 3, 8)
    async with world.worker.database.job_door(world.carrier_id) as door:
        before = await calendar_repository.pending(door)
        assert await project(door, fleet.drivers) == 0
        assert await calendar_repository.pending(door) == before


async def test_a_new_name_is_found_at_once(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    fleet = await make_fleet(world, 4, 2)
    version = (await client.get(f"/drivers/{fleet.drivers[0]}")).json()["version"]
    await client.patch(f"/drivers/{fleet.drivers[0]}", json={"version": version, "last_name": "Quetzal"})
    found = (await client.get("/drivers", params={"q": "quetzal", "employment": "all"})).json()["items"]
    assert [row["id"] for row in found] == [str(fleet.drivers[0])]


async def test_a_batch_takes_the_same_statements_whatever_its_size(world: World) -> None:
    asked: list[str] = []

    class Counting(Door):
        async def execute(self, sql: str, *args: object) -> str:
            asked.append(sql)
            return await super().execute(sql, *args)

    few = [await world.add_driver() for _ in range(2)]
    many = [await world.add_driver() for _ in range(30)]
    counts = []
    for drivers in (few, many):
        async with world.worker.database.job_door(world.carrier_id) as door:
            asked.clear()
            counted = Counting((door._connection, door._marks), door.carrier_id, None, None, "test")
            assert await project(counted, drivers) == len(drivers)
            counts.append(len(asked))
    assert counts[0] >= counts[1] >= 5


async def test_a_rebuild_can_be_stopped_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 4)
    fleet = await make_fleet(world, 5, 18)
    client = await world.as_role(Role.SAFETY_MANAGER)
    database = world.worker.database
    await upkeep.rebuild(database, world.carrier_id)
    assert (await client.patch("/carrier", json={"warning_days": 77})).status_code == 200
    asked = iter([False, False, True])
    assert await upkeep.rebuild(database, world.carrier_id, lambda: next(asked)) == 8
    async with database.job_door(world.carrier_id) as door:
        rules = await load_rules(door)
        assert rules.recalculating
        assert len(await projection_repository.stale_drivers(door, rules.stamp, None, 100)) == 10
    await fleet.change()
    remaining = await upkeep.rebuild(database, world.carrier_id)
    assert remaining in {9, 10}  # the changed driver may have been one of them
    await assert_counts_are_right(world)
    assert not (await client.get("/compliance/summary")).json()["recalculating"]
    assert await upkeep.rebuild(database, world.carrier_id) == 0


async def test_a_listed_driver_under_old_rules_is_judged_by_the_new(world: World) -> None:
    await make_fleet(world, 6, 10)
    client = await world.as_role(Role.SAFETY_MANAGER)
    await upkeep.rebuild(world.worker.database, world.carrier_id)
    await client.patch("/carrier", json={"warning_days": 300})
    day = DAYS[1]
    judged = await judge(world, day)
    rows = (await client.get("/drivers", params={"as_of": day.isoformat(), "limit": 100})).json()["items"]
    for row in rows:
        standing = next(found for driver, (_, _, found) in judged.items() if str(driver) == row["id"])
        assert row["counts"].get("expiring", 0) == sum(item.state == "expiring" for item in standing.items)


async def test_a_release_with_other_rules_rebuilds_every_carrier(world: World) -> None:
    await make_fleet(world, 7, 3)
    database = world.worker.database

    async def waiting() -> int:
        async with database.job_door(world.carrier_id) as door:
            count: int = await door.fetchval(
                "select count(*) from procrastinate_jobs where task_name = 'compliance:rebuild' and args->>'carrier_id' = $1",
                str(world.carrier_id),
            )
            return count

    await upkeep.rebuild(database, world.carrier_id)
    await upkeep.rebuild_where_needed(database)
    assert await waiting() == 0
    async with database.job_door(world.carrier_id) as door:
        await door.execute("update carriers set rules_revision = 'an earlier release:1' where id = $1", world.carrier_id)
    await upkeep.rebuild_where_needed(database)
    await upkeep.rebuild_where_needed(database)
    assert await waiting() == 1
    assert FEDERAL_REVISION


async def test_counts_hold_while_others_fold(world: World) -> None:
    """Readers see the calendar and what waits as of one moment: never a change twice, never one not."""
    fleet = await make_fleet(world, 8, 25)
    client = await world.as_role(Role.SAFETY_MANAGER)
    params = {"as_of": DAYS[1].isoformat()}
    for _ in range(4):
        await fleet.change()
        wanted = answered((await client.get("/compliance/summary", params=params)).json())
        folding = asyncio.create_task(fleet.fold())
        while not folding.done():
            assert answered((await client.get("/compliance/summary", params=params)).json()) == wanted
        await folding
        assert answered((await client.get("/compliance/summary", params=params)).json()) == wanted


async def test_many_folds_are_merged(world: World) -> None:
    fleet = await make_fleet(world, 9, 6)
    for _ in range(15):
        await fleet.change()
        await fleet.fold()
    async with world.worker.database.job_door(world.carrier_id) as door:
        crowd = await door.fetchval(
            "select max(n) from (select count(*) n from duty_calendar where carrier_id = $1 group by part, place, grain, slot) c",
            world.carrier_id,
        )
    assert crowd <= 13
    await assert_counts_are_right(world)


async def test_a_damaged_calendar_is_noticed_and_made_anew(world: World) -> None:
    fleet = await make_fleet(world, 10, 8)
    await fleet.fold()
    await fleet.change()
    database = world.worker.database
    for day in DAYS:
        assert await recount.differences(database, world.carrier_id, day) == {}
    async with database.job_door(world.carrier_id) as door:
        await door.execute(
            "delete from duty_calendar where carrier_id = $1 and part in ('c', 'f') and grain = 1", world.carrier_id
        )
    assert await recount.differences(database, world.carrier_id, DAYS[1])
    await recount.recount(database, world.carrier_id)
    for day in DAYS:
        assert await recount.differences(database, world.carrier_id, day) == {}
    await assert_counts_are_right(world)
