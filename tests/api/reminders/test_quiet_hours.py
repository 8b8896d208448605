"""Nobody is reminded at night where they are, on no day of the year: the days with 23 and 25 hours are the ones looked at."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.reminders import repository
from dot_copilot.features.reminders.defaults import EVENING, MORNING
from tests.api.identity.people import person
from tests.api.mcp_server.assistant import hire
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZONES = ("America/New_York", "America/Phoenix", "America/Anchorage", "Pacific/Honolulu", "America/St_Johns")
"""With summer time and without; the last half an hour off, so that its hours do not begin with the planner's."""
TICK = timedelta(minutes=10)


async def everybody(world: World) -> dict[UUID, ZoneInfo]:
    """A driver and a supervisor at a terminal in each zone, and a safety manager where the carrier is: who is where."""
    where = {(await person(world, Role.SAFETY_MANAGER)).id: ZoneInfo("America/Chicago")}
    for number, zone in enumerate(ZONES):
        terminal = await world.add_terminal(zone, zone)
        driver = await hire(world, f"Q{number}", terminal_id=str(terminal))
        for one in (
            await person(world, Role.DRIVER, driver_id=UUID(driver)),
            await person(world, Role.SUPERVISOR, terminal_id=terminal),
        ):
            where[one.id] = ZoneInfo(zone)
    return where


class LookedOnly(Exception):
    """Ends a transaction so that nothing was planned, and the next look is as if it were the first of the day."""


async def heard(world: World, people: list[UUID], now: datetime) -> set[UUID]:
    """Whose turn the planner finds it to be, were it to run for the first time at `now`."""
    found: set[UUID] = set()
    with contextlib.suppress(LookedOnly):
        async with world.worker.database.job_door(world.carrier_id) as door:
            found = {row["id"] for row in await repository.take_people(door, now, people)}
            raise LookedOnly
    return found


@pytest.mark.parametrize("midnight", [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)], ids=["23h", "25h"])
async def test_each_run_of_the_day_finds_those_for_whom_it_is_day(world: World, midnight: datetime) -> None:
    where = await everybody(world)
    for tick in range(-36, 36 * 6):  # from the evening before, to the next noon in Honolulu
        now = midnight + tick * TICK
        awake = {who for who, zone in where.items() if MORNING <= now.astimezone(zone).hour < EVENING}
        assert await heard(world, list(where), now) == awake, now


@pytest.mark.parametrize("midnight", [datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)], ids=["23h", "25h"])
async def test_everybodys_turn_comes_once_a_day_at_eight_by_their_own_clock(world: World, midnight: datetime) -> None:
    where = await everybody(world)
    turns: dict[UUID, list[datetime]] = {who: [] for who in where}
    for tick in range(12 * 6, 84 * 6):  # from noon UTC, over three mornings
        now = midnight + tick * TICK
        async with world.worker.database.job_door(world.carrier_id) as door:
            for row in await repository.take_people(door, now, list(where)):
                turns[row["id"]].append(now.astimezone(where[row["id"]]))
    days = [(midnight + timedelta(days=n)).date() for n in range(1, 3)]
    for who, times in turns.items():
        on_time = [at for at in times if at.date() in days]
        assert [(at.date(), at.hour, at.minute) for at in on_time] == [(day, MORNING, 0) for day in days], where[who]
