"""Many scans at once: matched as far as a machine can, sorted by a person, and nothing lost in between."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.features.bulk.tasks import read_item
from dot_copilot.features.documents.tasks import make_upload_preview, sweep_uploads
from tests.support import files, hostile
from tests.support.licences import barcode_text, photo_of
from tests.support.parts import begin, send_parts
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def batch_of(client: httpx.AsyncClient) -> str:
    """The client's batch."""
    answer = await client.post("/bulk")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def drop(world: World, client: httpx.AsyncClient, batch: str, content: bytes, name: str) -> dict[str, Any]:
    """A scan, sent, added and read by the worker."""
    core_tasks.bind(world.worker)
    upload = (await send_parts(client, content, name)).json()
    added = await client.post(f"/bulk/{batch}/items", json={"upload_id": upload["id"]})
    assert added.status_code == 201, added.text
    await read_item(str(world.carrier_id), added.json()["id"])
    found = (await client.get(f"/bulk/{batch}/items")).json()["items"]
    item: dict[str, Any] = next(item for item in found if item["id"] == added.json()["id"])
    return item


def said(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the machine says of a scan, as a person accepts it."""
    found = item["found"]
    return {
        "driver_id": found["drivers"][0]["id"],
        "requirement": found["requirement"],
        "obtained_on": found["obtained_on"],
        "expires_on": found["expires_on"],
    } | more


async def test_a_scan_is_matched_by_its_name_and_becomes_evidence(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver("E-1042", first="José", last="Núñez")
    await world.add_driver("E-7", first="Ana", last="Ruiz")
    item = await drop(world, manager, await batch_of(manager), files.pdf("MVR"), "E-1042 nunez jose MVR 2026-01-15.pdf")
    assert item["state"] == "waiting"
    assert item["found"]["sure"]
    assert item["found"]["drivers"] == [
        {"id": str(driver), "employee_id": "E-1042", "name": "José Núñez", "by": ["employee_id", "name"]}
    ]
    recorded = await manager.post(f"/bulk/items/{item['id']}/accept", json=said(item))
    assert recorded.status_code == 200, recorded.text
    assert (recorded.json()["driver_id"], recorded.json()["requirement"]) == (str(driver), "mvr_annual")
    again = await manager.post(f"/bulk/items/{item['id']}/accept", json=said(item))
    assert again.json()["id"] == recorded.json()["id"], "accepted again, it is told again"
    assert (await manager.get("/bulk")).json()["batch"]["counts"] == {"done": 1}


async def test_a_card_is_matched_by_its_barcode_alone(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver("E-1", first="Ana", last="Ruiz")
    content = photo_of(barcode_text(number="0099887766", first="ANA", last="RUIZ", issued="01152024", expires="01152028"))
    item = await drop(world, manager, await batch_of(manager), content, "IMG_0001.jpg")
    found = item["found"]
    assert found["drivers"][0] == {"id": str(driver), "employee_id": "E-1", "name": "Ana Ruiz", "by": ["barcode_name"]}
    assert (found["requirement"], found["licence_number"]) == ("cdl", "0099887766")
    assert (found["obtained_on"], found["expires_on"], found["sure"]) == ("2024-01-15", "2028-01-15", True)
    await make_upload_preview(str(world.carrier_id), upload_of(item, await items_rows(world, item)))
    assert (await manager.get(f"/bulk/items/{item['id']}/preview/1")).headers["content-type"] == "image/jpeg"


async def items_rows(world: World, item: dict[str, Any]) -> dict[str, Any]:
    """The row behind an item."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        row = await door.fetchrow(
            "select * from bulk_items where carrier_id = $1 and id = $2", world.carrier_id, UUID(item["id"])
        )
    assert row is not None
    return dict(row)


def upload_of(_item: dict[str, Any], row: dict[str, Any]) -> str:
    """The upload that an item is."""
    return str(row["upload_id"])


async def test_what_nobody_can_tell_waits_for_a_person_and_keeps_what_they_entered(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver(first="Zoe", last="Quinn")
    batch = await batch_of(manager)
    item = await drop(world, manager, batch, files.pdf("Nothing to go by"), "scan0001.pdf")
    assert item["found"]["drivers"] == []
    assert not item["found"]["sure"]
    draft = {"driver_id": str(driver), "driver_name": "Zoe Quinn", "requirement": "road_test"}
    await manager.put(f"/bulk/items/{item['id']}/draft", json=draft)
    assert (await manager.get("/bulk")).json()["batch"]["id"] == batch, "on another device it is the same batch"
    [kept] = (await manager.get(f"/bulk/{batch}/items")).json()["items"]
    assert {name: kept["draft"][name] for name in draft} == draft


async def test_a_scan_can_be_left_out_and_taken_back(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    item = await drop(world, manager, await batch_of(manager), files.pdf("Holiday photo"), "scan.pdf")
    path = f"/bulk/items/{item['id']}"
    assert (await manager.post(f"{path}/leave-out")).json()["state"] == "left_out"
    fact = {"driver_id": str(driver), "requirement": "road_test", "obtained_on": "2026-01-15"}
    assert (await manager.post(f"{path}/accept", json=fact)).status_code == 409
    assert (await manager.post(f"{path}/take-back")).json()["state"] == "waiting"
    assert (await manager.post(f"{path}/accept", json=fact)).status_code == 200


async def test_a_refused_file_stands_in_the_batch_with_its_reason(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    batch = await batch_of(manager)
    upload = (await send_parts(manager, hostile.encrypted(), "locked.pdf")).json()
    added = (await manager.post(f"/bulk/{batch}/items", json={"upload_id": upload["id"]})).json()
    assert (added["state"], added["refusal"][:12]) == ("refused", "is encrypted")


async def test_a_file_added_twice_is_one_scan_and_an_unfinished_one_is_none(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    batch = await batch_of(manager)
    upload = (await send_parts(manager, files.pdf("Once"), "a.pdf")).json()
    first, again = [await manager.post(f"/bulk/{batch}/items", json={"upload_id": upload["id"]}) for _ in range(2)]
    assert first.json()["id"] == again.json()["id"]
    open_one = await begin(manager, files.pdf())
    assert (await manager.post(f"/bulk/{batch}/items", json={"upload_id": open_one["id"]})).status_code == 409


async def test_a_batch_is_its_persons_own_and_suggests_nobody_out_of_reach(world: World) -> None:
    elsewhere = await world.add_terminal("El Paso", "America/Denver")
    await world.add_driver("E-1", first="Ana", last="Ruiz", terminal_id=elsewhere)
    supervisor, manager = await world.as_role(Role.SUPERVISOR), await world.as_role(Role.SAFETY_MANAGER)
    batch = await batch_of(supervisor)
    item = await drop(world, supervisor, batch, files.pdf("x"), "E-1 Ana Ruiz mvr 2026-01-15.pdf")
    assert item["found"]["drivers"] == []
    assert not item["found"]["sure"]
    for answer in (await manager.get(f"/bulk/{batch}/items"), await manager.post(f"/bulk/items/{item['id']}/leave-out")):
        assert answer.status_code == 404
    assert (await (await world.as_role(Role.DRIVER)).get("/bulk")).status_code == 403


async def test_a_closed_batch_forgets_what_was_not_sorted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    manager = await world.as_role(Role.SAFETY_MANAGER)
    batch = await batch_of(manager)
    await drop(world, manager, batch, files.pdf("Unsorted"), "scan.pdf")
    now = world.worker.clock.now()
    monkeypatch.setattr(type(world.worker.clock), "now", lambda _self: now + timedelta(days=2))
    assert await sweep_uploads(world.carrier_id) == 0, "what waits in an open batch waits as long as it takes"
    closed = (await manager.post(f"/bulk/{batch}/close")).json()
    assert closed["counts"] == {"left_out": 1}
    assert (await manager.get("/bulk")).json() == {"batch": None}
    assert await sweep_uploads(world.carrier_id) == 1
    [item] = (await manager.get(f"/bulk/{batch}/items")).json()["items"]
    assert item["state"] == "left_out"
