"""Employments: hires, rehires, terminations, and what they may not be."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx
import pytest

from dot_copilot.core import events
from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door
from dot_copilot.features.drivers.events import DriversChanged
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def only_employment(client: httpx.AsyncClient, driver_id: object) -> dict[str, Any]:
    """The single employment of a driver."""
    [employment] = (await client.get(f"/drivers/{driver_id}/employments")).json()["items"]
    found: dict[str, Any] = employment
    return found


async def test_a_rehire_is_a_further_employment(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver(hired_on=date(2024, 1, 15))
    first = await only_employment(manager, driver)
    ended = await manager.patch(f"/employments/{first['id']}", json={"terminated_on": "2025-06-30"})
    assert ended.json() == {"id": first["id"], "hired_on": "2024-01-15", "terminated_on": "2025-06-30"}
    rehired = await manager.post(f"/drivers/{driver}/employments", json={"hired_on": "2026-02-01"})
    assert rehired.status_code == 201
    read = (await manager.get(f"/drivers/{driver}")).json()
    assert read["employment"]["id"] == rehired.json()["id"]
    assert read["version"] == 3
    listed = (await manager.get(f"/drivers/{driver}/employments")).json()["items"]
    assert [item["hired_on"] for item in listed] == ["2026-02-01", "2024-01-15"]


@pytest.mark.parametrize(
    "second",
    [
        {"hired_on": "2024-06-01"},
        {"hired_on": "2025-06-30"},  # the last day of the first is a day of work
        {"hired_on": "2023-01-01"},  # would run into the first
        {"hired_on": "2023-01-01", "terminated_on": "2024-01-15"},
    ],
)
async def test_employments_may_not_share_a_day(world: World, second: dict[str, str]) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver(hired_on=date(2024, 1, 15))
    first = await only_employment(manager, driver)
    await manager.patch(f"/employments/{first['id']}", json={"terminated_on": "2025-06-30"})
    refused = await manager.post(f"/drivers/{driver}/employments", json=second)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/employment-overlap")
    assert len((await manager.get(f"/drivers/{driver}/employments")).json()["items"]) == 1


async def test_a_termination_can_be_taken_back_unless_a_rehire_followed(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver(hired_on=date(2024, 1, 15))
    first = await only_employment(manager, driver)
    path = f"/employments/{first['id']}"
    await manager.patch(path, json={"terminated_on": "2025-06-30"})
    assert (await manager.patch(path, json={"terminated_on": None})).json()["terminated_on"] is None
    await manager.patch(path, json={"terminated_on": "2025-06-30"})
    await manager.post(f"/drivers/{driver}/employments", json={"hired_on": "2025-07-01"})
    assert (await manager.patch(path, json={"terminated_on": None})).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"hired_on": "2026-03-01", "terminated_on": "2026-02-28"}, "terminated_on"),
        ({"hired_on": "2023-02-29"}, "hired_on"),
        ({"hired_on": "02/28/2023"}, "hired_on"),
        ({"hired_on": 86400}, "hired_on"),
        ({}, "hired_on"),
    ],
)
async def test_dates_out_of_order_or_of_no_calendar_are_named(world: World, body: dict[str, Any], field: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver(hired_on=date(2020, 1, 15))
    first = await only_employment(manager, driver)
    await manager.patch(f"/employments/{first['id']}", json={"terminated_on": "2021-06-30"})
    refused = await manager.post(f"/drivers/{driver}/employments", json=body)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field


async def test_a_hire_date_can_be_corrected_but_not_removed(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver(hired_on=date(2024, 1, 15))
    path = f"/employments/{(await only_employment(manager, driver))['id']}"
    assert (await manager.patch(path, json={"hired_on": "2024-01-16"})).json()["hired_on"] == "2024-01-16"
    assert (await manager.patch(path, json={"hired_on": None})).status_code == 422


async def test_every_change_is_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[list[object]] = []

    async def listen(door: Door, event: DriversChanged) -> None:
        heard.append([door.carrier_id, *event.driver_ids])

    monkeypatch.setitem(events._handlers, DriversChanged, [listen])
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    path = f"/employments/{(await only_employment(manager, driver))['id']}"
    await manager.patch(path, json={"terminated_on": "2025-06-30"})
    await manager.post(f"/drivers/{driver}/employments", json={"hired_on": "2025-08-01"})
    await manager.patch(f"/drivers/{driver}", json={"version": 3, "profile": {"clp": True}})
    assert heard == [[world.carrier_id, driver]] * 3


async def test_an_employment_out_of_reach_does_not_exist(world: World, other_world: World) -> None:
    theirs = await other_world.add_driver()
    their_manager = await other_world.as_role(Role.SAFETY_MANAGER)
    employment = await only_employment(their_manager, theirs)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    refused = await manager.patch(f"/employments/{employment['id']}", json={"terminated_on": "2025-01-01"})
    assert refused.status_code == 404
    assert (await only_employment(their_manager, theirs))["terminated_on"] is None
