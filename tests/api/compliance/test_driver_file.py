"""A driver's file: every requirement with its state, its dates, why, and the evidence behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.clock import FixedClock
from dot_copilot.core.platform import Platform
from tests.support.world import Queries, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def hire(world: World, hired_on: str, **profile: Any) -> str:
    """A driver taken on over HTTP."""
    client = await world.as_role(Role.SAFETY_MANAGER)
    answer = await client.post(
        "/drivers",
        json={
            "employee_id": f"D{hired_on}",
            "first_name": "Ana",
            "last_name": "Ruiz",
            "terminal_id": str(world.terminal_id),
            "hired_on": hired_on,
            "profile": profile,
        },
    )
    assert answer.status_code == 201, answer.text
    driver: str = answer.json()["id"]
    return driver


async def item(client: httpx.AsyncClient, driver: str, requirement: str, as_of: str, **headers: str) -> dict[str, Any]:
    """One item of a driver's file."""
    answer = await client.get(f"/drivers/{driver}/file", params={"as_of": as_of}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(entry for entry in answer.json()["items"] if entry["requirement"] == requirement)
    return found


async def test_a_deadline_is_inclusive(world: World) -> None:
    """Hired 2026-10-23 without a safety performance history: due on 2026-11-22, overdue on 2026-11-23."""
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-10-23", cdl_class="A")
    assert (await item(client, driver, "sph", "2026-11-22"))["state"] == "due"
    late = await item(client, driver, "sph", "2026-11-23")
    assert (late["state"], late["due_on"]) == ("overdue", "2026-11-22")
    assert late["citations"][0]["cfr"].startswith("49 CFR 391.23")
    assert "November 22, 2026" in late["explanation"]["summary"] + str(late["explanation"]["steps"])


async def test_recording_evidence_changes_the_state_at_once(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-10-23", cdl_class="A")
    params = {"state": "missing", "requirement": "application", "as_of": "2026-11-01"}
    assert (await client.get("/drivers", params=params)).json()["total"] == 1
    answer = await client.post(f"/drivers/{driver}/evidence", json={"requirement": "application", "obtained_on": "2026-10-20"})
    assert answer.status_code == 201, answer.text
    found = await item(client, driver, "application", "2026-11-01")
    assert found["state"] == "valid"
    assert [piece["id"] for piece in found["evidence"]] == [answer.json()["id"]]
    assert (await client.get("/drivers", params=params)).json()["total"] == 0
    before = await item(client, driver, "application", "2026-10-19")
    assert before["evidence"] == []


async def test_an_item_names_the_record_it_rests_on(world: World) -> None:
    """A record at hire stays what the hire's requirement rests on, though the annual ones that follow are shown beside it."""
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2024-01-10", cdl_class="A")
    ids = {}
    for requirement, obtained_on in (("mvr_hire", "2024-01-12"), ("mvr_annual", "2025-01-08")):
        answer = await client.post(f"/drivers/{driver}/evidence", json={"requirement": requirement, "obtained_on": obtained_on})
        ids[requirement] = answer.json()["id"]
    for requirement, recorded in ids.items():
        found = await item(client, driver, requirement, "2025-06-01")
        assert (found["state"], found["evidence_id"]) == ("valid", recorded)
    assert (await item(client, driver, "application", "2025-06-01"))["evidence_id"] is None


async def test_evidence_comes_newest_first(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2024-01-10", cdl_class="A")
    for day in ("2024-02-01", "2026-01-15", "2025-01-20"):
        await client.post(f"/drivers/{driver}/evidence", json={"requirement": "mvr_annual", "obtained_on": day})
    found = await item(client, driver, "mvr_annual", "2026-06-01")
    assert [piece["obtained_on"] for piece in found["evidence"]] == ["2026-01-15", "2025-01-20", "2024-02-01"]
    earlier = await item(client, driver, "mvr_annual", "2025-06-01")
    assert [piece["obtained_on"] for piece in earlier["evidence"]] == ["2025-01-20", "2024-02-01"]


async def test_the_verdict_has_its_reasons(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-01-15", cdl_class="A")
    body = (await client.get(f"/drivers/{driver}/file", params={"as_of": "2026-02-01"})).json()
    assert not body["may_drive"]
    assert {entry["requirement"] for entry in body["items"] if entry["forbids_driving"]} == {
        reason["requirement"] for reason in body["reasons"]
    }
    assert all(reason["citations"] for reason in body["reasons"])
    assert body["driver"]["id"] == driver


async def test_texts_come_in_the_reader_s_language(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2026-10-23", cdl_class="A")
    english = await item(client, driver, "sph", "2026-11-23", **{"Accept-Language": "en-US,en"})
    spanish = await item(client, driver, "sph", "2026-11-23", **{"Accept-Language": "es-MX,es;q=0.9"})
    assert english["title"] != spanish["title"]
    assert "22 de noviembre de 2026" in spanish["explanation"]["summary"] + str(spanish["explanation"]["steps"])
    listed = (await client.get("/drivers", params={"as_of": "2026-11-23"}, headers={"Accept-Language": "es"})).json()
    assert spanish["title"] in {reason["title"] for reason in listed["items"][0]["reasons"]} | {spanish["title"]}
    assert listed["items"][0]["reasons"][0]["text"] != ""


async def test_today_is_the_terminal_s_today(world: World, api: httpx.ASGITransport, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 05:30 UTC it is still yesterday in Chicago, and today in Bermuda."""
    platform: Platform = api.platform  # type: ignore[attr-defined]
    monkeypatch.setattr(platform, "clock", FixedClock(datetime(2026, 11, 23, 5, 30, tzinfo=UTC)))
    client = await world.as_role(Role.SAFETY_MANAGER)
    bermuda = await world.add_terminal("Hamilton", "Atlantic/Bermuda")
    dallas_driver = await hire(world, "2026-10-23", cdl_class="A")
    moved = await hire(world, "2026-10-24", cdl_class="A")
    version = (await client.get(f"/drivers/{moved}")).json()["version"]
    await client.patch(f"/drivers/{moved}", json={"version": version, "terminal_id": str(bermuda)})
    assert (await client.get(f"/drivers/{dallas_driver}/file")).json()["as_of"] == "2026-11-22"
    assert (await client.get(f"/drivers/{moved}/file")).json()["as_of"] == "2026-11-23"
    summary = (await client.get("/compliance/summary")).json()
    assert summary["as_of"] == "2026-11-22"
    assert {terminal["name"]: terminal["as_of"] for terminal in summary["terminals"]} == {
        "Dallas": "2026-11-22",
        "Hamilton": "2026-11-23",
    }
    # SPH: due on 22 November in Dallas, where it is the 22nd; due on the 23rd in Hamilton, where it is the 23rd.
    rows = (await client.get("/drivers", params={"state": "due", "requirement": "sph"})).json()
    assert {row["as_of"] for row in rows["items"]} == {"2026-11-22", "2026-11-23"}
    assert rows["total"] == 2
    monkeypatch.setattr(platform, "clock", FixedClock(datetime(2026, 11, 24, 5, 30, tzinfo=UTC)))
    assert (await client.get("/drivers", params={"state": "overdue", "requirement": "sph"})).json()["total"] == 2
    summary = (await client.get("/compliance/summary")).json()
    assert next(r["drivers"] for r in summary["by_reason"] if r["requirement"] == "application") == 2


async def test_who_may_read_which_file(world: World) -> None:
    mine = UUID(await hire(world, "2026-10-23", cdl_class="A"))
    other = await hire(world, "2026-10-24", cdl_class="A")
    driver = await world.as_role(Role.DRIVER, driver_id=mine)
    assert (await driver.get(f"/drivers/{mine}/file")).status_code == 200
    assert (await driver.get(f"/drivers/{other}/file")).status_code == 404
    assert (await driver.get("/drivers")).status_code == 403
    assert (await driver.get("/compliance/summary")).status_code == 403
    elsewhere = await world.add_terminal("Laredo", "America/Chicago")
    stranger = await world.as_role(Role.SUPERVISOR, terminal_id=elsewhere)
    assert (await stranger.get(f"/drivers/{mine}/file")).status_code == 404
    auditor = await world.as_role(Role.AUDITOR)
    assert (await auditor.get(f"/drivers/{mine}/file")).status_code == 200


async def test_the_number_of_statements_is_pinned(world: World, queries: Queries) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = await hire(world, "2024-10-23", cdl_class="A")
    for day in (date(2025, 1, 1), date(2025, 6, 1)):
        await client.post(f"/drivers/{driver}/evidence", json={"requirement": "mvr_annual", "obtained_on": day.isoformat()})
    # Two of each are the door: BEGIN with the tenant, COMMIT.
    for path, statements in (
        (f"/drivers/{driver}/file", 7),
        ("/compliance/summary", 5),
        ("/drivers", 10),
        ("/drivers?q=ana&state=missing&requirement=application&may_drive=false", 10),
        ("/drivers?q=ana", 9),
        ("/compliance/upcoming", 6),
        ("/requirements", 3),
    ):
        await client.get(path)
        queries.clear()
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        assert len(queries.statements) == statements, (path, [statement[:90] for statement in queries.statements])
