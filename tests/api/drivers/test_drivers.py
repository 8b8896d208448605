"""Drivers over HTTP: taking on, reading, changing; who reaches whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.support.world import Queries, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def make(client: httpx.AsyncClient, world: World, **members: Any) -> dict[str, Any]:
    """A driver taken on over HTTP."""
    body = {
        "employee_id": uuid4().hex[:10],
        "first_name": "Rosa",
        "last_name": "Delgado",
        "terminal_id": str(world.terminal_id),
        "hired_on": "2025-03-10",
    } | members
    answer = await client.post("/drivers", json=body)
    assert answer.status_code == 201, answer.text
    driver: dict[str, Any] = answer.json()
    return driver


async def test_a_driver_is_taken_on_with_employment_and_what_is_known(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    made = await make(manager, world, date_of_birth="1988-02-29", profile={"cdl_class": "A", "endorsements": ["T", "N", "T"]})
    read = (await manager.get(f"/drivers/{made['id']}")).json()
    assert read == made
    assert read["terminal"] == {"id": str(world.terminal_id), "name": "Dallas", "time_zone": "America/Chicago"}
    assert read["employment"]["hired_on"] == "2025-03-10"
    assert read["profile"]["endorsements"] == ["N", "T"]
    assert read["profile"]["interstate"] is None
    assert read["version"] == 1


async def test_a_change_keeps_what_is_absent_and_clears_what_is_null(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    made = await make(manager, world, email="rosa@example.com", profile={"cdl_class": "B", "interstate": True})
    change = {"version": 1, "email": None, "profile": {"interstate": None, "hazmat_employee": False}}
    answer = await manager.patch(f"/drivers/{made['id']}", json=change)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["email"] is None
    assert changed["last_name"] == "Delgado"
    assert changed["profile"]["cdl_class"] == "B"
    assert changed["profile"]["interstate"] is None
    assert changed["profile"]["hazmat_employee"] is False
    assert changed["version"] == 2


async def test_a_change_on_an_old_version_is_refused_and_saves_nothing(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    made = await make(manager, world)
    assert (await manager.patch(f"/drivers/{made['id']}", json={"version": 1, "first_name": "Ana"})).status_code == 200
    late = await manager.patch(f"/drivers/{made['id']}", json={"version": 1, "first_name": "Eva"})
    assert late.status_code == 409
    assert late.json()["type"].endswith("/version-conflict")
    assert (await manager.get(f"/drivers/{made['id']}")).json()["first_name"] == "Ana"


async def test_changing_nothing_makes_no_version_and_no_audit_entry(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    made = await make(manager, world)
    same = await manager.patch(f"/drivers/{made['id']}", json={"version": 1, "first_name": made["first_name"]})
    assert same.json()["version"] == 1
    assert await _actions(world, made["id"]) == ["driver.created"]


async def _actions(world: World, subject: str) -> list[str]:
    return [entry["action"] for entry in await world.audit_log() if entry["subject_id"] == subject]


async def test_every_change_is_audited_with_before_and_after(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    made = await make(manager, world)
    await manager.patch(f"/drivers/{made['id']}", json={"version": 1, "profile": {"cdl_class": "A"}})
    (row,) = await world.audit_log("driver.changed")
    assert row["actor_id"] == world.users[Role.SAFETY_MANAGER]
    assert row["details"] == {"cdl_class": [None, "A"]}


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"employee_id": ""}, "employee_id"),
        ({"employee_id": "x" * 65}, "employee_id"),
        ({"first_name": "   "}, "first_name"),
        ({"first_name": "A\u0000b"}, "first_name"),
        ({"date_of_birth": "2999-01-01"}, "date_of_birth"),
        ({"date_of_birth": "1999-02-29"}, "date_of_birth"),
        ({"date_of_birth": "1990-01-01", "hired_on": "1989-01-01"}, "hired_on"),
        ({"terminal_id": str(uuid4())}, "terminal_id"),
        ({"email": "not an address"}, "email"),
        ({"profile": {"cdl_class": "D"}}, "profile.cdl_class"),
        ({"profile": {"cdl_state": "ZZ"}}, "profile.cdl_state"),
        ({"profile": {"endorsements": ["Q"]}}, "profile.endorsements.0"),
        ({"profile": {"shoe_size": 44}}, "profile.shoe_size"),
    ],
)
async def test_bad_members_are_named(world: World, members: dict[str, Any], field: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    body = {"employee_id": "B1", "first_name": "Al", "last_name": "Bo", "terminal_id": str(world.terminal_id)} | members
    answer = await manager.post("/drivers", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    async with world.worker.database.job_door(world.carrier_id) as door:
        assert await door.fetchval("select count(*) from drivers where carrier_id = $1", world.carrier_id) == 0


async def test_an_employee_id_is_one_drivers_only(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    first = await make(manager, world, employee_id="E-1")
    second = await make(manager, world, employee_id="E-2")
    body = {"employee_id": "E-1", "first_name": "Al", "last_name": "Bo", "terminal_id": str(world.terminal_id)}
    assert (await manager.post("/drivers", json=body)).json()["type"].endswith("/employee-id-taken")
    answer = await manager.patch(f"/drivers/{second['id']}", json={"version": 1, "employee_id": "E-1"})
    assert answer.status_code == 409
    assert (await manager.get(f"/drivers/{first['id']}")).json()["employee_id"] == "E-1"


async def test_who_reaches_whom(world: World) -> None:
    memphis = await world.add_terminal("Memphis", "America/Chicago")
    here, there = await world.add_driver(), await world.add_driver(terminal_id=memphis)
    admin, auditor = await world.as_role(Role.ADMIN), await world.as_role(Role.AUDITOR)
    supervisor, driver = await world.as_role(Role.SUPERVISOR), await world.as_role(Role.DRIVER, driver_id=here)

    async def reaches(client: httpx.AsyncClient) -> list[int]:
        return [(await client.get(f"/drivers/{one}{tail}")).status_code for one in (here, there) for tail in ("", "/employments")]

    assert await reaches(admin) == await reaches(auditor) == [200, 200, 200, 200]
    assert await reaches(supervisor) == [200, 200, 404, 404]
    assert await reaches(driver) == [200, 200, 404, 404]
    for client in (auditor, supervisor, driver):
        assert (await client.patch(f"/drivers/{here}", json={"version": 1, "first_name": "X"})).status_code == 403
        assert (await client.post("/drivers", json={})).status_code == 403
        assert (await client.post(f"/drivers/{here}/employments", json={"hired_on": "2026-01-01"})).status_code == 403


async def test_a_driver_of_another_carrier_does_not_exist(world: World, other_world: World) -> None:
    theirs = await other_world.add_driver()
    admin = await world.as_role(Role.ADMIN)
    assert (await admin.get(f"/drivers/{theirs}")).status_code == 404
    assert (await admin.patch(f"/drivers/{theirs}", json={"version": 1, "first_name": "X"})).status_code == 404
    assert (await admin.post(f"/drivers/{theirs}/employments", json={"hired_on": "2026-01-01"})).status_code == 404
    body = {"employee_id": "T", "first_name": "A", "last_name": "B", "terminal_id": str(other_world.terminal_id)}
    assert (await admin.post("/drivers", json=body)).status_code == 422
    async with other_world.worker.database.job_door(other_world.carrier_id) as door:
        assert await door.fetchval("select first_name from drivers where id = $1", theirs) == "Ana"


async def test_reading_a_driver_takes_one_query_in_the_door(world: World, queries: Queries) -> None:
    driver_id: UUID = await world.add_driver()
    manager = await world.as_role(Role.SAFETY_MANAGER)
    queries.clear()
    assert (await manager.get(f"/drivers/{driver_id}")).status_code == 200
    begin, read, commit = queries.statements
    assert begin.startswith("BEGIN;SELECT app.enter(")
    assert "from drivers d" in read
    assert commit == "COMMIT"


async def test_an_id_that_is_none_is_told_so(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.get("/drivers/not-an-id")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "driver_id"
