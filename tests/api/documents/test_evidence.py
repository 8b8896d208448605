"""Evidence over HTTP: recording, listing, review, voiding; who may and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from dot_copilot.core import events
from dot_copilot.core.caller import Role
from dot_copilot.core.clock import FixedClock
from dot_copilot.core.database import Door
from dot_copilot.features.documents import repository
from dot_copilot.features.documents.models import NewEvidence
from dot_copilot.features.drivers.events import DriversChanged
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
MEC = {"requirement": "mec", "obtained_on": "2026-01-15", "expires_on": "2028-01-15"}


async def record(client: httpx.AsyncClient, driver: object, **members: Any) -> dict[str, Any]:
    """Evidence recorded as JSON."""
    answer = await client.post(f"/drivers/{driver}/evidence", json=MEC | members)
    assert answer.status_code == 201, answer.text
    evidence: dict[str, Any] = answer.json()
    return evidence


async def test_evidence_is_recorded_and_listed_newest_first(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    older = await record(manager, driver, obtained_on="2024-02-29", expires_on=None, note="Paper card", details={"examiner": "1"})
    newer = await record(manager, driver)
    assert older["provenance"] == "manual"
    assert older["review"] == "accepted"
    assert older["document"] is None
    assert older["details"] == {"examiner": "1"}
    assert older["recorded_by"] == str(world.users[Role.SAFETY_MANAGER])
    listed = (await manager.get(f"/drivers/{driver}/evidence")).json()
    assert listed == {"items": [newer, older], "next_cursor": None}


async def test_the_list_comes_in_pages_and_by_requirement(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    for _ in range(3):
        await record(manager, driver)
    await record(manager, driver, requirement="cdl")
    first = (await manager.get(f"/drivers/{driver}/evidence", params={"requirement": "mec", "limit": 2})).json()
    rest = (
        await manager.get(
            f"/drivers/{driver}/evidence", params={"requirement": "mec", "limit": 2, "cursor": first["next_cursor"]}
        )
    ).json()
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3
    assert rest["next_cursor"] is None
    other = await manager.get(f"/drivers/{driver}/evidence", params={"limit": 2, "cursor": first["next_cursor"]})
    assert other.json()["type"].endswith("/invalid-cursor")


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"requirement": "mec_99"}, "requirement"),
        ({"requirement": "policy_unheard_of"}, "requirement"),
        ({"requirement": "MEC; drop table evidence"}, "requirement"),
        ({"obtained_on": "2099-01-01", "expires_on": None}, "obtained_on"),
        ({"obtained_on": "2025-02-29"}, "obtained_on"),
        ({"obtained_on": "1/2/26"}, "obtained_on"),
        ({"expires_on": "2026-01-14"}, "expires_on"),
        ({"outcome": "perfect"}, "outcome"),
        ({"outcome": "positive"}, "outcome"),
        ({"requirement": "ch_full", "outcome": "positive"}, "outcome"),
        ({"note": "a\u0000b"}, "note"),
        ({"note": "x" * 2001}, "note"),
        ({"details": {"a": "\u0000"}}, "details"),
        ({"details": {"a": "x" * 17_000}}, "details"),
        ({"details": [1]}, "details"),
        ({"review": "accepted"}, "review"),
    ],
)
async def test_bad_members_are_named_and_nothing_is_saved(world: World, members: dict[str, Any], field: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    refused = await manager.post(f"/drivers/{driver}/evidence", json=MEC | members)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["field"] == field
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"details": {"a": "\\ud800"}}', "application/json", 422),
        (b'{"note": "' + b"x" * 70_000 + b'"}', "application/json", 413),
        (b"a=b", "application/x-www-form-urlencoded", 400),
        (b"no form", "multipart/form-data", 400),
        (b"no form", "multipart/form-data; boundary=x", 400),
        (b"", "application/json", 400),
    ],
)
async def test_a_body_that_is_none_is_a_problem(world: World, content: bytes, kind: str, status: int) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    refused = await manager.post(f"/drivers/{driver}/evidence", content=content, headers={"content-type": kind})
    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"


async def test_today_is_the_day_at_the_terminal(world: World, api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.platform, "clock", FixedClock(datetime(2026, 3, 2, 3, 0, tzinfo=UTC)))  # 21:00 on the 1st in Dallas
    guam = await world.add_terminal("Guam", "Pacific/Guam")
    here, there = await world.add_driver(), await world.add_driver(terminal_id=guam)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    tomorrow = {"requirement": "mec", "obtained_on": "2026-03-02"}
    assert (await manager.post(f"/drivers/{here}/evidence", json=tomorrow)).status_code == 422
    assert (await manager.post(f"/drivers/{there}/evidence", json=tomorrow)).status_code == 201


async def test_what_a_driver_sends_waits_for_review(world: World) -> None:
    own = await world.add_driver()
    driver, manager = await world.as_role(Role.DRIVER, driver_id=own), await world.as_role(Role.SAFETY_MANAGER)
    sent = [await record(driver, own) for _ in range(2)]
    assert [piece["review"] for piece in sent] == ["pending", "pending"]
    assert (await driver.post(f"/evidence/{sent[0]['id']}/review", json={"decision": "accepted"})).status_code == 403
    accepted = await manager.post(f"/evidence/{sent[0]['id']}/review", json={"decision": "accepted"})
    rejected = await manager.post(f"/evidence/{sent[1]['id']}/review", json={"decision": "rejected", "note": "Blurred"})
    assert accepted.json()["review"] == "accepted"
    assert (rejected.json()["review"], rejected.json()["review_note"]) == ("rejected", "Blurred")
    again = await manager.post(f"/evidence/{sent[1]['id']}/review", json={"decision": "accepted"})
    assert again.json()["type"].endswith("/evidence-settled")


async def test_evidence_is_voided_with_a_reason_and_stays_on_record(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    piece = await record(manager, driver)
    path = f"/evidence/{piece['id']}/void"
    assert (await manager.post(path, json={"reason": "  "})).status_code == 422
    voided = (await manager.post(path, json={"reason": "Wrong driver"})).json()
    assert voided["void_reason"] == "Wrong driver"
    assert voided["voided_at"]
    assert (await manager.post(path, json={"reason": "Once more"})).status_code == 409
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []
    assert (await manager.get(f"/drivers/{driver}/evidence", params={"voided": True})).json()["items"] == [voided]


async def test_every_change_is_audited_and_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []

    async def listen(door: Door, event: DriversChanged) -> None:
        heard.extend(event.driver_ids)

    monkeypatch.setitem(events._handlers, DriversChanged, [listen])
    own = await world.add_driver()
    driver, manager = await world.as_role(Role.DRIVER, driver_id=own), await world.as_role(Role.SAFETY_MANAGER)
    piece = await record(driver, own)
    await manager.post(f"/evidence/{piece['id']}/review", json={"decision": "accepted"})
    await manager.post(f"/evidence/{piece['id']}/void", json={"reason": "Superseded"})
    assert heard == [own, own, own]
    assert [(entry["action"], entry["subject_id"]) for entry in await world.audit_log()] == [
        (action, str(own)) for action in ("evidence.recorded", "evidence.accepted", "evidence.voided")
    ]


async def test_who_records_for_whom(world: World) -> None:
    memphis = await world.add_terminal("Memphis", "America/Chicago")
    here, there = await world.add_driver(), await world.add_driver(terminal_id=memphis)
    clients = {
        Role.ADMIN: await world.as_role(Role.ADMIN),
        Role.SUPERVISOR: await world.as_role(Role.SUPERVISOR),
        Role.DRIVER: await world.as_role(Role.DRIVER, driver_id=here),
        Role.AUDITOR: await world.as_role(Role.AUDITOR),
    }
    expected = {Role.ADMIN: [201, 201], Role.SUPERVISOR: [201, 404], Role.DRIVER: [201, 404], Role.AUDITOR: [403, 403]}
    for role, client in clients.items():
        answers = [(await client.post(f"/drivers/{one}/evidence", json=MEC)).status_code for one in (here, there)]
        assert answers == expected[role], role
        reads = [(await client.get(f"/drivers/{one}/evidence")).status_code for one in (here, there)]
        assert reads == ([200, 200] if role in (Role.ADMIN, Role.AUDITOR) else [200, 404]), role


async def test_evidence_of_another_carrier_does_not_exist(world: World, other_world: World) -> None:
    theirs = await other_world.add_driver()
    piece = await record(await other_world.as_role(Role.ADMIN), theirs)
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.get(f"/drivers/{theirs}/evidence")).status_code == 404
    assert (await admin.post(f"/drivers/{theirs}/evidence", json=MEC)).status_code == 404
    assert (await admin.post(f"/evidence/{piece['id']}/void", json={"reason": "Mine now"})).status_code == 404
    assert (await admin.post(f"/evidence/{piece['id']}/review", json={"decision": "rejected"})).status_code == 404


async def test_a_roster_recorded_twice_adds_nothing(world: World) -> None:
    driver = await world.add_driver()
    day = date(2025, 5, 1)
    pieces = [
        NewEvidence(driver, "mec", day, day + timedelta(days=700), provenance="roster"),
        NewEvidence(driver, "mec", day, None, provenance="roster"),
        NewEvidence(driver, "cdl", day, day, provenance="roster", details={"dated": False}),
    ]
    async with world.worker.database.job_door(world.carrier_id) as door:
        assert await repository.insert_many(door, pieces) == {driver}
        assert await repository.insert_many(door, pieces) == set()
        rows = await repository.evidence_of(door, [driver])
    assert {(row["requirement"], row["expires_on"], row["dated"]) for row in rows} == {
        ("mec", day + timedelta(days=700), True),
        ("mec", None, True),
        ("cdl", day, False),
    }
    assert len(rows) == 3
