"""The review queue across drivers, and asking a driver for a document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.support import files
from tests.support.uploads import send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sent_by(world: World, driver: UUID, text: str) -> dict[str, Any]:
    """What a driver sends about themself."""
    client = await world.as_role(Role.DRIVER, driver_id=driver)
    answer = await send(client, driver, files.pdf(text))
    assert answer.status_code == 201, answer.text
    evidence: dict[str, Any] = answer.json()
    return evidence


async def test_the_queue_is_oldest_first_and_empties_as_it_is_worked_through(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    people = [await world.add_driver(f"E{number}", first=f"Driver{number}") for number in range(3)]
    sent = [await sent_by(world, person, f"Card {number}") for number, person in enumerate(people)]
    first = (await manager.get("/review", params={"limit": 2})).json()
    assert first["total"] == 3
    assert [item["evidence"]["id"] for item in first["items"]] == [sent[0]["id"], sent[1]["id"]]
    assert first["items"][0]["driver"]["employee_id"] == "E0"
    assert first["items"][0]["driver"]["terminal_name"] == "Dallas"
    rest = (await manager.get("/review", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["evidence"]["id"] for item in rest["items"]] == [sent[2]["id"]]
    assert (await manager.post(f"/evidence/{sent[0]['id']}/review", json={"decision": "accepted"})).status_code == 200
    assert (await manager.get("/review")).json()["total"] == 2


async def test_it_can_be_narrowed_to_a_terminal_and_is_not_for_everybody(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    elsewhere = await world.add_terminal("El Paso", "America/Denver")
    there = await world.add_driver(terminal_id=elsewhere)
    await sent_by(world, there, "There")
    await sent_by(world, await world.add_driver(), "Here")
    [only] = (await manager.get("/review", params={"terminal": str(elsewhere)})).json()["items"]
    assert only["driver"]["id"] == str(there)
    for role in (Role.SUPERVISOR, Role.DRIVER, Role.AUDITOR):
        assert (await (await world.as_role(role)).get("/review")).status_code == 403


async def test_what_is_returned_needs_a_reason_that_the_driver_reads(world: World) -> None:
    manager, own = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    evidence = await sent_by(world, own, "Blurred")
    path = f"/evidence/{evidence['id']}/review"
    refused = await manager.post(path, json={"decision": "rejected"})
    assert refused.status_code == 422
    assert "say why, so that the driver knows what to send instead" in refused.json()["detail"]
    assert (await manager.post(path, json={"decision": "rejected", "note": "The expiry is cut off."})).status_code == 200
    mine = (await (await world.as_role(Role.DRIVER, driver_id=own)).get(f"/drivers/{own}/evidence")).json()["items"]
    assert (mine[0]["review"], mine[0]["review_note"]) == ("rejected", "The expiry is cut off.")


async def ask(client: httpx.AsyncClient, driver: UUID, **members: Any) -> httpx.Response:
    """Asks a driver for the medical certificate."""
    return await client.post(f"/drivers/{driver}/document-requests", json={"requirement": "mec"} | members)


async def test_a_request_is_fulfilled_by_an_upload_and_opened_again_when_that_is_returned(world: World) -> None:
    manager, own = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    driver = await world.as_role(Role.DRIVER, driver_id=own)
    asked = await ask(manager, own, note="Both sides, please", due_on="2099-01-01")
    assert asked.status_code == 201, asked.text
    assert (await ask(manager, own)).json()["type"].endswith("/document-request-open")
    [mine] = (await driver.get("/me/document-requests")).json()["items"]
    assert (mine["state"], mine["note"], mine["due_on"]) == ("open", "Both sides, please", "2099-01-01")
    assert mine["asked_by_name"] == "Test safety_manager"
    evidence = await sent_by(world, own, "Both sides")
    [mine] = (await driver.get("/me/document-requests")).json()["items"]
    assert (mine["state"], mine["evidence_id"]) == ("fulfilled", evidence["id"])
    await manager.post(f"/evidence/{evidence['id']}/review", json={"decision": "rejected", "note": "One side only"})
    [mine] = (await driver.get("/me/document-requests")).json()["items"]
    assert (mine["state"], mine["evidence_id"]) == ("open", None)


async def test_a_request_can_be_taken_back_once(world: World) -> None:
    manager, own = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    asked = (await ask(manager, own)).json()
    path = f"/document-requests/{asked['id']}/cancel"
    assert (await manager.post(path)).json()["state"] == "cancelled"
    assert (await manager.post(path)).status_code == 409
    assert (await ask(manager, own, due_on="2020-01-01")).status_code == 422
    assert (await ask(manager, own, requirement="no_such")).status_code == 422
    assert (await (await world.as_role(Role.ADMIN)).get("/me/document-requests")).json() == {"items": []}
    assert [entry["action"] for entry in await world.audit_log() if "request" in entry["action"]] == [
        "document.requested",
        "document.request_cancelled",
    ]


async def test_a_driver_asks_nobody(world: World) -> None:
    own, other = await world.add_driver(), await world.add_driver()
    driver = await world.as_role(Role.DRIVER, driver_id=own)
    assert (await ask(driver, own)).status_code == 403
    assert (await driver.get(f"/drivers/{other}/document-requests")).status_code == 404
