"""Drivers by the thousand: what an import writes, and what a projection reads, in how many statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import pytest

from dot_copilot.core.database import Door
from dot_copilot.features.drivers import bulk_repository as bulk
from dot_copilot.features.drivers.models import DriverUpsert, EmploymentUpsert, ProfileUpsert
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def upsert(door: Door, drivers: Sequence[DriverUpsert], terminal: UUID | None = None) -> dict[str, tuple[bool, bool]]:
    """Employee id -> (created, changed)."""
    done = await bulk.upsert_drivers(door, drivers, terminal)
    return {employee_id: (one.created, one.changed) for employee_id, one in done.items()}


async def test_what_an_import_does_not_know_stays(world: World) -> None:
    memphis = await world.add_terminal("Memphis", "America/Chicago")
    async with world.worker.database.job_door(world.carrier_id) as door:
        first = DriverUpsert("A", "Ana", "Ruiz", date(1980, 2, 29), "ana@example.com", None, memphis)
        second = DriverUpsert("B", "Bo", "Li")
        assert await upsert(door, [first, second], world.terminal_id) == {"A": (True, True), "B": (True, True)}
        assert await upsert(door, [first, second]) == {"A": (False, False), "B": (False, False)}
        renamed = DriverUpsert("A", "Ana María", "Ruiz", phone="555-0100")
        assert await upsert(door, [renamed, second]) == {"A": (False, True), "B": (False, False)}
        rows = await door.fetch(
            """select employee_id, first_name, date_of_birth, email, phone, terminal_id, version from drivers
                where carrier_id = $1 order by employee_id""",
            world.carrier_id,
        )
    assert [tuple(row) for row in rows] == [
        ("A", "Ana María", date(1980, 2, 29), "ana@example.com", "555-0100", memphis, 2),
        ("B", "Bo", None, None, None, world.terminal_id, 1),
    ]


async def test_facts_are_added_and_never_cleared(world: World) -> None:
    driver = await world.add_driver()
    async with world.worker.database.job_door(world.carrier_id) as door:
        known = {"cdl_class": "A", "endorsements": ["H", "N"], "interstate": False, "first_cdl_issued_on": date(2015, 4, 1)}
        assert await bulk.upsert_profiles(door, [ProfileUpsert(driver, known)]) == {driver}
        assert await bulk.upsert_profiles(door, [ProfileUpsert(driver, known)]) == set()
        assert await bulk.upsert_profiles(door, [ProfileUpsert(driver, {"interstate": True, "cdl_class": None})]) == {driver}
        [facts] = await bulk.facts_of(door, [driver])
    assert {name: facts[name] for name in known} == known | {"interstate": True}
    assert facts["insulin_treated"] is None


async def test_employments_are_known_by_their_hire_date(world: World) -> None:
    driver = await world.add_driver(hired_on=date(2020, 1, 1))
    async with world.worker.database.job_door(world.carrier_id) as door:
        ended = EmploymentUpsert(driver, date(2020, 1, 1), date(2021, 6, 30))
        again = EmploymentUpsert(driver, date(2022, 3, 1))
        assert await bulk.upsert_employments(door, [ended, again]) == {driver}
        assert await bulk.upsert_employments(door, [EmploymentUpsert(driver, date(2020, 1, 1)), again]) == set()
        episodes = (await bulk.employments_of(door, [driver]))[driver]
        [facts] = await bulk.facts_of(door, [driver])
    assert [(one.hired_on, one.terminated_on) for one in episodes] == [
        (date(2020, 1, 1), date(2021, 6, 30)),
        (date(2022, 3, 1), None),
    ]
    assert facts["hired_on"] == [date(2020, 1, 1), date(2022, 3, 1)]
    assert facts["terminated_on"] == [date(2021, 6, 30), None]


async def test_ids_of_another_carrier_say_nothing(world: World, other_world: World) -> None:
    theirs = await other_world.add_driver("SAME")
    mine = await world.add_driver("SAME")
    async with world.worker.database.job_door(world.carrier_id) as door:
        assert await bulk.facts_of(door, [theirs]) == []
        assert await bulk.employments_of(door, [theirs]) == {}
        assert await bulk.ids_by_employee_id(door, ["SAME"]) == {"SAME": mine}
        await bulk.touch_drivers(door, [theirs])
        assert await bulk.page_of_ids(door, None, 10) == [mine]
    async with other_world.worker.database.job_door(other_world.carrier_id) as door:
        assert await door.fetchval("select version from drivers where id = $1", theirs) == 1
