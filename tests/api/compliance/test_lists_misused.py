"""Wrong input, other people's cursors, other people's drivers."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.api.compliance.fleet import Fleet
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 11, 22).isoformat()


async def crowd(world: World) -> httpx.AsyncClient:
    fleet = Fleet(world, random.Random(3))
    fleet.terminals = [world.terminal_id, await world.add_terminal("Phoenix", "America/Phoenix")]
    await fleet.grow(12)
    return await world.as_role(Role.SAFETY_MANAGER)


@pytest.fixture
def slug() -> Any:
    """The problem's kind."""
    return lambda answer: answer.json()["type"].rsplit("/", 1)[1]


async def test_a_cursor_is_good_for_its_own_list_only(world: World, slug: Any) -> None:
    client = await crowd(world)
    cursor = (await client.get("/drivers", params={"limit": 2, "as_of": DAY})).json()["next_cursor"]
    assert cursor
    for params in (
        {"as_of": "2026-11-21"},
        {"as_of": DAY, "sort": "next_due"},
        {"as_of": DAY, "state": "missing"},
        {"as_of": DAY, "q": "a"},
        {"as_of": DAY, "terminal": "Dallas"},
        {"as_of": DAY, "employment": "all"},
    ):
        answer = await client.get("/drivers", params={**params, "cursor": cursor})
        assert (answer.status_code, slug(answer)) == (400, "invalid-cursor"), params
    assert (await client.get("/compliance/upcoming", params={"as_of": DAY, "cursor": cursor})).status_code == 400
    assert (await client.get("/drivers", params={"as_of": DAY, "cursor": cursor[:-2]})).status_code == 400
    assert (await client.get("/drivers", params={"as_of": DAY, "cursor": cursor, "limit": 5})).status_code == 200


async def test_another_carrier_sees_nothing(world: World, api: httpx.ASGITransport) -> None:
    from contextlib import AsyncExitStack

    client = await crowd(world)
    page = (await client.get("/drivers", params={"limit": 2, "as_of": DAY})).json()
    async with AsyncExitStack() as stack:
        other = await World.create(api, world.worker, stack, usdot=str(int(world.usdot) + 5_000_000)[:8])
        stranger = await other.as_role(Role.SAFETY_MANAGER)
        assert (await stranger.get("/drivers", params={"as_of": DAY})).json()["items"] == []
        assert (await stranger.get("/drivers", params={"as_of": DAY, "cursor": page["next_cursor"]})).status_code == 400
        assert (await stranger.get(f"/drivers/{page['items'][0]['id']}/file")).status_code == 404
        assert (await stranger.get("/drivers", params={"terminal": str(world.terminal_id)})).status_code == 404
        summary = (await stranger.get("/compliance/summary", params={"as_of": DAY})).json()
        assert (summary["drivers"], summary["by_reason"], summary["due"]["d90"]) == (0, [], 0)


async def test_row_level_security_guards_the_projection_too(world: World, api: httpx.ASGITransport) -> None:
    from contextlib import AsyncExitStack

    await crowd(world)
    async with AsyncExitStack() as stack:
        other = await World.create(api, world.worker, stack, usdot=str(int(world.usdot) + 6_000_000)[:8])
        async with world.worker.database.job_door(other.carrier_id) as door:
            for table in ("driver_standing", "driver_items", "driver_changes", "due_dates", "duty_calendar", "duty_pending"):
                assert await door.fetchval(f"select count(*) from {table} where carrier_id = $1", world.carrier_id) == 0, table


async def test_a_supervisor_lists_the_own_terminal(world: World) -> None:
    client = await crowd(world)
    everyone = (await client.get("/drivers", params={"as_of": DAY, "limit": 100})).json()["items"]
    supervisor = await world.as_role(Role.SUPERVISOR)
    own = (await supervisor.get("/drivers", params={"as_of": DAY, "limit": 100})).json()
    assert {row["id"] for row in own["items"]} == {row["id"] for row in everyone if row["terminal"]["name"] == "Dallas"}
    assert own["total"] == len(own["items"])
    assert (await supervisor.get("/drivers", params={"terminal": "Phoenix"})).status_code == 404
    assert (await supervisor.get("/drivers", params={"terminal": "dallas", "as_of": DAY})).json()["total"] == own["total"]
    due = (await supervisor.get("/compliance/upcoming", params={"as_of": "2025-06-01", "limit": 200})).json()["items"]
    assert {entry["driver"]["terminal"]["name"] for entry in due} <= {"Dallas"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/drivers?state=fine", 422),
        ("/drivers?as_of=2026-02-30", 422),
        ("/drivers?as_of=9999-12-31", 422),
        ("/drivers?sort=age", 422),
        ("/drivers?limit=0", 422),
        ("/drivers?terminal=Nowhere", 404),
        ("/drivers?requirement=nonsense", 404),
        ("/drivers?q=%00", 200),
        ("/compliance/upcoming?requirement=nonsense", 404),
        ("/compliance/upcoming?days=0", 422),
        ("/compliance/summary?as_of=yesterday", 422),
        ("/drivers/00000000-0000-0000-0000-000000000001/file", 404),
    ],
)
async def test_wrong_input_is_refused_with_a_reason(world: World, path: str, status: int) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    if "q=" in path:
        await crowd(world)
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


async def test_a_carrier_without_terminals_or_drivers(world: World, api: httpx.ASGITransport) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    for path in ("/drivers", "/compliance/summary", "/compliance/upcoming"):
        assert (await client.get(path)).status_code == 200
