"""The driver list: every filter, sort and page gives exactly the drivers that the engine gives, one by one."""

from __future__ import annotations

import itertools
import random
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.compliance import driver_list, upkeep
from dot_copilot.features.compliance.model import Standing, State
from tests.api.compliance.fleet import Fleet, judge
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")

DAY = date(2026, 11, 22)
Judged = dict[UUID, tuple[UUID, bool, Standing]]


async def make_fleet(world: World, seed: int, drivers: int = 40) -> Fleet:
    fleet = Fleet(world, random.Random(seed))
    fleet.terminals = [world.terminal_id, await world.add_terminal("Phoenix", "America/Phoenix")]
    await fleet.grow(drivers)
    return fleet


async def all_pages(client: httpx.AsyncClient, limit: int = 7, **query: Any) -> tuple[list[dict[str, Any]], int]:
    """Every driver of a list, page by page, and the total of the first page."""
    items: list[dict[str, Any]] = []
    cursor, total = None, 0
    while True:
        answer = await client.get("/drivers", params={**query, "limit": limit} | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        body = answer.json()
        total = total or body["total"]
        items += body["items"]
        cursor = body["next_cursor"]
        if cursor is None:
            return items, total


def matches(judged: tuple[UUID, bool, Standing], query: dict[str, Any]) -> bool:
    """What a filter means, said once more and plainly."""
    terminal, hired, standing = judged
    current = standing.employed or not hired
    if query.get("employment") != "all" and not current:
        return False
    if "may_drive" in query and standing.may_drive != query["may_drive"]:
        return False
    if "terminal" in query and str(terminal) != query["terminal"]:
        return False
    items = [item for item in standing.items if item.key == query.get("requirement", item.key)]
    if "state" in query:
        return any(item.state == query["state"] for item in items)
    return "requirement" not in query or items[0].state is not State.NOT_APPLICABLE


def choose(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Up to `few` matches are all looked up; more are walked to."""
    monkeypatch.setattr(driver_list, "FEW", few)
    monkeypatch.setattr(driver_list, "FEW_BY_DUE", few)


@pytest.mark.parametrize("seed", range(3))
async def test_every_filter_gives_the_drivers_the_engine_gives(world: World, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = await make_fleet(world, seed)
    client = await world.as_role(Role.SAFETY_MANAGER)
    day = fleet.day(800, 800)
    judged = await judge(world, day)
    choices: list[list[dict[str, Any]]] = [
        [{}, {"terminal": str(world.terminal_id)}],
        [{}, *({"state": state.value} for state in State)],
        [{}, {"requirement": "mec_cdlis"}, {"requirement": "hm_train"}],
        [{}, {"may_drive": True}, {"may_drive": False}],
        [{}, {"employment": "all"}],
    ]
    combinations = [dict(itertools.chain(*(part.items() for part in parts))) for parts in itertools.product(*choices)]
    for number, query in enumerate(fleet.chance.sample(combinations, 60)):
        # Few matches are scanned for, many are walked to; both must find the same.
        choose(monkeypatch, 400 if number % 2 else -1)
        sort = fleet.chance.choice(("name", "employee_id", "next_due"))
        found, total = await all_pages(client, as_of=day.isoformat(), sort=sort, **query)
        wanted = {str(driver) for driver, one in judged.items() if matches(one, query)}
        assert {row["id"] for row in found} == wanted, query
        assert len(found) == total == len(wanted), query


async def test_a_row_says_what_the_engine_says(world: World) -> None:
    await make_fleet(world, 11)
    client = await world.as_role(Role.SAFETY_MANAGER)
    for day in (date(2025, 1, 31), DAY, date(2028, 2, 29)):
        judged = await judge(world, day)
        found, _ = await all_pages(client, as_of=day.isoformat(), employment="all", limit=50)
        for row in found:
            _, hired, standing = judged[UUID(row["id"])]
            assert row["employed"] == (standing.employed or not hired)
            assert row["may_drive"] == standing.may_drive
            assert [(r["requirement"], r["state"]) for r in row["reasons"]] == [(r.key, r.state) for r in standing.reasons]
            assert [r["requirement"] for r in row["restrictions"]] == [r.key for r in standing.restrictions]
            ahead = [item.due_on for item in standing.items if item.due_on and item.due_on >= day]
            assert (row["next_due"] or {}).get("due_on") == (min(ahead).isoformat() if ahead else None)
            states = [item.state for item in standing.items if item.state is not State.NOT_APPLICABLE]
            assert row["counts"] == {state: states.count(state) for state in set(states)}


@pytest.mark.parametrize("few", [-1, 400])
async def test_sorting(world: World, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    choose(monkeypatch, few)
    await make_fleet(world, 5)
    client = await world.as_role(Role.SAFETY_MANAGER)
    by_number, _ = await all_pages(client, as_of=DAY.isoformat(), sort="employee_id")
    numbers = [row["employee_id"] for row in by_number]
    assert numbers == sorted(numbers)
    by_due, _ = await all_pages(client, as_of=DAY.isoformat(), sort="next_due")
    dues = [(row["next_due"] or {}).get("due_on") for row in by_due]
    assert dues == sorted(dues, key=lambda due: due or "9999")
    assert None in dues
    by_name, _ = await all_pages(client, as_of=DAY.isoformat())
    names = [row["last_name"] for row in by_name]
    assert names == sorted(names, key=lambda name: name.lower().replace("ú", "u").replace("ñ", "n"))


async def test_search_ignores_case_accents_and_order(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    nunez = await world.add_driver("E-77", first="José", last="Núñez Ortega")
    await world.add_driver("E-78", first="Ana", last="O'Neil")
    await project(world)
    for text in ("nunez jose", "NÚÑ", "jose ortega", "e-77", "77 nun"):
        body = (await client.get("/drivers", params={"q": text})).json()
        assert [row["id"] for row in body["items"]] == [str(nunez)], text
        assert body["total"] == 1
    assert (await client.get("/drivers", params={"q": "%"})).json()["items"] == []
    assert (await client.get("/drivers", params={"q": "nunez ana"})).json()["items"] == []
    assert len((await client.get("/drivers", params={"q": " "})).json()["items"]) == 2


async def test_a_driver_without_a_hire_date_is_listed_and_may_not_drive(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    made = (
        await client.post(
            "/drivers", json={"employee_id": "N1", "first_name": "Eva", "last_name": "Lee", "terminal_id": str(world.terminal_id)}
        )
    ).json()
    body = (await client.get("/drivers", params={"may_drive": "false", "q": "n1"})).json()
    row = next(row for row in body["items"] if row["id"] == made["id"])
    assert row["employed"]
    # The unknown hire first, then what is wrong besides.
    reasons = [(reason["requirement"], reason["state"]) for reason in row["reasons"]]
    assert reasons[0] == ("employment", "unknown")
    assert ("application", "missing") in reasons


async def project(world: World) -> None:
    """Projects every driver of the world."""
    await upkeep.rebuild(world.worker.database, world.carrier_id)
