"""A worker that is killed in the middle: another goes on by itself, and makes no driver's PDF twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.api.packets.test_packets import ask, read, stock
from tests.api.roster.test_killed import worker_process
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
DRIVERS = 40


async def until(client: httpx.AsyncClient, packet: dict[str, Any], reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The packet once it has come that far; two minutes are enough on a busy machine."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        found = await read(client, packet)
        if reached(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"still {found['state']} at {found['built']}")


async def stored(world: World, packet: dict[str, Any]) -> dict[str, Any]:
    """When each PDF was put into the store."""
    prefix = f"{world.carrier_id}/packets/{packet['id']}/"
    return {name: at async for name, at in world.worker.blobs.list(prefix) if name.endswith(".pdf")}


async def test_a_killed_worker_costs_one_driver_at_most(world: World, servers: Servers) -> None:
    drivers = [await world.add_driver(f"K-{number:02}") for number in range(DRIVERS)]
    manager = await stock(world, drivers[0])
    packet = await ask(manager, drivers=[str(driver) for driver in drivers])
    with worker_process(servers) as first:
        await until(manager, packet, lambda found: found["built"] >= 3)
        first.kill()
        first.wait()
    half = await read(manager, packet)
    assert half["state"] == "building"
    assert half["built"] < DRIVERS, "it was killed too late to prove anything"
    done_before = {driver["driver_id"] for driver in half["drivers"] if driver["state"] == "done"}
    before = await stored(world, packet)
    with worker_process(servers):
        done = await until(manager, packet, lambda found: found["state"] == "done")
    assert done["built"] == DRIVERS
    assert all(driver["sha256"] for driver in done["drivers"])
    after = await stored(world, packet)
    untouched = {name for name in before if UUID(name.rsplit("/", 1)[1].removesuffix(".pdf.pdf")) in map(UUID, done_before)}
    assert len(untouched) >= 3
    assert {name: after[name] for name in untouched} == {name: before[name] for name in untouched}
