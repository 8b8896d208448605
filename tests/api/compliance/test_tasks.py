"""The background tasks, called as the worker calls them."""

from __future__ import annotations

import random

import procrastinate
import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.features.compliance import calendar_repository, tasks, upkeep
from tests.api.compliance.fleet import Fleet
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def grown(world: World, drivers: int) -> Fleet:
    core_tasks.bind(world.worker)
    fleet = Fleet(world, random.Random(31))
    fleet.terminals = [world.terminal_id]
    await fleet.grow(drivers)
    return fleet


async def pending(world: World) -> int:
    async with world.worker.database.job_door(world.carrier_id) as door:
        return (await calendar_repository.pending(door))[0]


async def test_the_worker_knows_the_tasks_that_are_asked_for(worker_app: procrastinate.App) -> None:
    assert {"compliance:rebuild", "compliance:fold", "compliance:upkeep"} <= set(worker_app.tasks)
    assert ("compliance:upkeep", "") in worker_app.periodic_registry.periodic_tasks


async def test_rebuild_and_fold(world: World) -> None:
    await grown(world, 4)
    client = await world.as_role(Role.SAFETY_MANAGER)
    await client.patch("/carrier", json={"warning_days": 5})
    assert (await client.get("/compliance/summary")).json()["recalculating"]
    await tasks.rebuild(carrier_id=str(world.carrier_id))
    assert not (await client.get("/compliance/summary")).json()["recalculating"]
    assert await pending(world) > 0
    await tasks.fold(carrier_id=str(world.carrier_id), actor_id=None)
    assert await pending(world) == 0


async def test_every_minute_what_waits_is_folded(world: World) -> None:
    await grown(world, 3)
    await tasks.keep_up(timestamp=0)
    assert await pending(world) == 0


async def test_a_large_batch_asks_for_a_fold(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "MANY_DRIVERS", 5)
    monkeypatch.setattr(upkeep, "MUCH", 100)
    await grown(world, 6)
    async with world.worker.database.job_door(world.carrier_id) as door:
        asked = await door.fetchval(
            "select count(*) from procrastinate_jobs where task_name = 'compliance:fold' and args->>'carrier_id' = $1",
            str(world.carrier_id),
        )
    assert asked == 1


async def test_a_new_carrier_is_not_recalculating(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    assert not (await client.get("/compliance/summary")).json()["recalculating"]
