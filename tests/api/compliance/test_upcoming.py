"""What falls due: the days and the items are those of the engine."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.compliance.fleet import Fleet, judge
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_it_lists_what_the_engine_finds_due(world: World) -> None:
    fleet = Fleet(world, random.Random(21))
    fleet.terminals = [world.terminal_id, await world.add_terminal("Phoenix", "America/Phoenix")]
    await fleet.grow(30)
    client = await world.as_role(Role.SAFETY_MANAGER)
    for as_of, days in ((date(2025, 3, 1), 90), (date(2026, 11, 22), 30), (date(2026, 1, 1), 366)):
        wanted = Counter(
            (str(driver), item.key, item.due_on.isoformat())
            for driver, (*_, standing) in (await judge(world, as_of)).items()
            for item in standing.items
            if item.due_on and as_of <= item.due_on <= as_of + timedelta(days)
        )
        found, cursor, counts = [], None, None
        while True:
            params: dict[str, Any] = {"as_of": as_of.isoformat(), "days": days, "limit": 7, "cursor": cursor}
            params = {name: value for name, value in params.items() if value is not None}
            body = (await client.get("/compliance/upcoming", params=params)).json()
            counts = counts or body["days"]
            found += [(item["driver"]["id"], item["requirement"], item["due_on"]) for item in body["items"]]
            cursor = body["next_cursor"]
            if cursor is None:
                break
        assert Counter(found) == wanted
        assert [due for *_, due in found] == sorted(due for *_, due in found)
        per_day = Counter(due for _, _, due in wanted.elements())
        assert {day["date"]: day["count"] for day in counts or []} == dict(per_day)
        only = (
            await client.get("/compliance/upcoming", params={"as_of": as_of.isoformat(), "days": days, "requirement": "cdl"})
        ).json()
        assert {item["requirement"] for item in only["items"]} <= {"cdl"}
