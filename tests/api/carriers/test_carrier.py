"""The carrier and its terminals over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dot_copilot.core import events
from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door
from dot_copilot.features.carriers import repository
from dot_copilot.features.carriers.events import RulesChanged
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_everyone_reads_the_own_carrier(world: World) -> None:
    for role in Role:
        read = await (await world.as_role(role)).get("/carrier")
        assert read.status_code == 200
        assert read.json()["usdot"] == world.usdot


async def test_the_carrier_changes_in_part(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    changed = await manager.patch("/carrier", json={"mc_number": "123456"})
    assert changed.json()["mc_number"] == "123456"
    assert changed.json()["name"] == f"Carrier {world.usdot}"
    cleared = await manager.patch("/carrier", json={"mc_number": None, "name": "  Northern Star  "})
    assert (cleared.json()["mc_number"], cleared.json()["name"]) == (None, "Northern Star")
    assert (await manager.get("/carrier")).json() == cleared.json()


async def test_only_a_new_warning_window_is_news_for_the_rules(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []

    async def listen(door: Door, event: RulesChanged) -> None:
        heard.append(door.carrier_id)

    monkeypatch.setitem(events._handlers, RulesChanged, [listen])
    manager = await world.as_role(Role.SAFETY_MANAGER)
    await manager.patch("/carrier", json={"name": "Another name"})
    await manager.patch("/carrier", json={"warning_days": 30})
    assert heard == []
    await manager.patch("/carrier", json={"warning_days": 45})
    assert heard == [world.carrier_id]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"warning_days": -1}, "warning_days"),
        ({"warning_days": 366}, "warning_days"),
        ({"warning_days": None}, "warning_days"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"mc_number": "MC-1"}, "mc_number"),
        ({"default_time_zone": "Dallas"}, "default_time_zone"),
        ({"usdot": "1"}, "usdot"),
    ],
)
async def test_what_a_carrier_may_not_become(world: World, body: dict[str, Any], field: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.patch("/carrier", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_only_managers_change_the_house(world: World) -> None:
    for role in (Role.SUPERVISOR, Role.DRIVER, Role.AUDITOR):
        client = await world.as_role(role)
        assert (await client.patch("/carrier", json={"name": "X"})).status_code == 403
        assert (await client.post("/terminals", json={"name": "X", "time_zone": "UTC"})).status_code == 403
        assert (await client.patch(f"/terminals/{world.terminal_id}", json={"name": "X"})).status_code == 403
    assert (await (await world.as_role(Role.AUDITOR)).get("/terminals")).json()["items"][0]["name"] == "Dallas"


async def test_a_terminal_is_added_and_changed(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    body = {"name": "Phoenix Yard", "code": "PHX", "city": "Phoenix", "state": "az", "time_zone": "America/Phoenix"}
    added = await manager.post("/terminals", json=body)
    assert added.status_code == 201
    assert added.json() == body | {"id": added.json()["id"], "state": "AZ"}
    changed = await manager.patch(f"/terminals/{added.json()['id']}", json={"code": None, "name": "PHX"})
    assert (changed.json()["name"], changed.json()["code"], changed.json()["city"]) == ("PHX", None, "Phoenix")
    assert changed.json() in (await manager.get("/terminals")).json()["items"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "A", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"name": "A", "time_zone": "../../etc/passwd"}, "time_zone"),
        ({"name": "A"}, "time_zone"),
        ({"name": "\u0007", "time_zone": "UTC"}, "name"),
        ({"name": "A", "time_zone": "UTC", "state": "ZZ"}, "state"),
    ],
)
async def test_what_a_terminal_may_not_be(world: World, body: dict[str, Any], field: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.post("/terminals", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_terminal_names_are_unique_whatever_their_case(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    clash = await manager.post("/terminals", json={"name": "DALLAS", "time_zone": "America/Chicago"})
    assert clash.json()["type"].endswith("/terminal-exists")
    other = (await manager.post("/terminals", json={"name": "Memphis", "time_zone": "America/Chicago"})).json()
    assert (await manager.patch(f"/terminals/{other['id']}", json={"name": "dallas"})).status_code == 409
    assert (await manager.patch(f"/terminals/{other['id']}", json={"name": "MEMPHIS"})).status_code == 200


async def test_terminals_come_in_pages(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    for name in ("alpha", "Bravo", "charlie"):
        await manager.post("/terminals", json={"name": name, "time_zone": "UTC"})
    names, cursor = [], None
    for _ in range(3):
        page = (await manager.get("/terminals", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["alpha", "Bravo", "charlie", "Dallas"]


async def test_another_carriers_terminal_and_cursor_are_worth_nothing(world: World, other_world: World) -> None:
    theirs = await other_world.as_role(Role.SAFETY_MANAGER)
    await other_world.add_terminal("Reno", "America/Los_Angeles")
    cursor = (await theirs.get("/terminals", params={"limit": 1})).json()["next_cursor"]
    manager = await world.as_role(Role.SAFETY_MANAGER)
    refused = await manager.get("/terminals", params={"cursor": cursor})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (400, "invalid-cursor")
    assert (await manager.patch(f"/terminals/{other_world.terminal_id}", json={"name": "Mine"})).status_code == 404
    assert {item["name"] for item in (await theirs.get("/terminals")).json()["items"]} == {"Dallas", "Reno"}


async def test_a_terminal_is_found_by_id_or_name(world: World, other_world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        for key in (str(world.terminal_id), str(world.terminal_id).upper(), "dallas", " Dallas "):
            found = await repository.find_terminal(door, key)
            assert found is not None
            assert found["id"] == world.terminal_id
        assert await repository.find_terminal(door, str(other_world.terminal_id)) is None
        assert await repository.find_terminal(door, "Nowhere") is None


async def test_an_import_adds_only_the_terminals_that_lack(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        assert await repository.ensure_terminals(door, ["DALLAS", "Tulsa", "tulsa"]) in (["Tulsa"], ["tulsa"])
        assert set(await repository.terminals_by_name(door)) == {"dallas", "tulsa"}
        assert set((await repository.time_zones(door)).values()) == {"America/Chicago"}


async def test_a_request_without_a_token_is_refused(api: httpx.ASGITransport) -> None:
    async with httpx.AsyncClient(transport=api, base_url="http://test/api/v1") as client:
        for path in ("/carrier", "/terminals"):
            assert (await client.get(path)).status_code == 401
