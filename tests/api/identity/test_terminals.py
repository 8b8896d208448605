"""Supervisors and coaches are bound to their terminals, however many those are, in every list and for every driver."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.api.identity.people import person
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
BOUND = [Role.SUPERVISOR, Role.COACH]


async def fleet(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """Three terminals with a driver each: terminals and drivers by name."""
    admin = await world.as_role(Role.ADMIN)
    terminals = {"Dallas": str(world.terminal_id)}
    terminals |= {name: str(await world.add_terminal(name, "America/New_York")) for name in ("Reno", "Tampa")}
    drivers = {}
    for name, terminal_id in terminals.items():
        body = {"employee_id": name, "first_name": "Ana", "last_name": name, "terminal_id": terminal_id, "hired_on": "2024-01-15"}
        answer = await admin.post("/drivers", json={**body, "profile": {"cdl_class": "A"}})
        assert answer.status_code == 201, answer.text
        drivers[name] = answer.json()["id"]
    return terminals, drivers


async def bound_to(world: World, role: Role, first: str, *more: str) -> httpx.AsyncClient:
    """Somebody of these terminals, signed in."""
    return await (await person(world, role, terminal_id=UUID(first), more_terminals=[UUID(one) for one in more])).sign_in()


async def seen(client: httpx.AsyncClient, path: str = "/drivers", **query: Any) -> set[str]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return {item["employee_id"] for item in answer.json()["items"]}


@pytest.mark.parametrize("role", BOUND)
async def test_lists_counts_and_files_show_the_drivers_of_all_their_terminals_and_no_other(world: World, role: Role) -> None:
    terminals, drivers = await fleet(world)
    client = await bound_to(world, role, terminals["Dallas"], terminals["Reno"])
    assert await seen(client) == {"Dallas", "Reno"}
    assert await seen(client, terminal="Reno") == {"Reno"}
    assert (await client.get("/drivers", params={"terminal": "Tampa"})).status_code == 404
    summary = (await client.get("/compliance/summary")).json()
    assert summary["drivers"] == 2
    assert {terminal["name"]: terminal["drivers"] for terminal in summary["terminals"]} == {"Dallas": 1, "Reno": 1}
    one = (await client.get("/compliance/summary", params={"terminal": "Dallas"})).json()
    both = [(await client.get("/compliance/summary", params={"terminal": name})).json() for name in ("Dallas", "Reno")]
    assert one["drivers"] == 1
    assert summary["cannot_drive"] == sum(each["cannot_drive"] for each in both)
    for state, number in summary["states"].items():
        assert number == sum(each["states"][state] for each in both), state
    for name, status in (("Dallas", 200), ("Reno", 200), ("Tampa", 404)):
        assert (await client.get(f"/drivers/{drivers[name]}")).status_code == status, name
        assert (await client.get(f"/drivers/{drivers[name]}/file")).status_code == status, name
    due = (await client.get("/compliance/upcoming", params={"days": 365})).json()
    assert drivers["Tampa"] not in {item["driver"]["id"] for item in due["items"]}


async def test_a_total_of_several_terminals_is_counted_as_it_is_listed(world: World) -> None:
    terminals, _ = await fleet(world)
    client = await bound_to(world, Role.SUPERVISOR, terminals["Reno"], terminals["Tampa"])
    page = (await client.get("/drivers", params={"may_drive": "false"})).json()
    assert page["total"] == len(page["items"]) == 2


async def test_a_terminal_taken_away_is_out_of_reach_at_once(world: World) -> None:
    terminals, drivers = await fleet(world)
    somebody = await person(
        world, Role.SUPERVISOR, terminal_id=UUID(terminals["Dallas"]), more_terminals=[UUID(terminals["Reno"])]
    )
    client = await somebody.sign_in()
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.patch(f"/users/{somebody.id}", json={"more_terminals": []})
    assert answer.status_code == 200, answer.text
    assert (await client.get(f"/drivers/{drivers['Dallas']}")).status_code == 401, "the old token is worthless"
    client.headers["Authorization"] = f"Bearer {(await client.post('/auth/refresh')).json()['access_token']}"
    assert (await client.get(f"/drivers/{drivers['Dallas']}")).status_code == 200
    assert (await client.get(f"/drivers/{drivers['Reno']}")).status_code == 404


async def test_terminals_are_the_carriers_own_and_of_roles_that_have_them(world: World, other_world: World) -> None:
    admin = await world.as_role(Role.ADMIN)
    body = {"email": f"s@{world.usdot}.example", "name": "Sam", "role": "coach", "terminal_id": str(world.terminal_id)}
    foreign = await admin.post("/users", json={**body, "more_terminals": [str(other_world.terminal_id)]})
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (422, "more_terminals")
    body = {"email": f"s@{world.usdot}.example", "name": "Sam", "role": "safety_manager"}
    unfit = await admin.post("/users", json={**body, "more_terminals": [str(world.terminal_id)]})
    assert (unfit.status_code, unfit.json()["errors"][0]["field"]) == (422, "more_terminals")


async def test_a_coach_changes_nothing(world: World) -> None:
    terminals, drivers = await fleet(world)
    coach = await bound_to(world, Role.COACH, terminals["Dallas"])
    evidence = {"requirement": "medical_certificate", "obtained_on": "2026-01-05", "expires_on": "2027-01-05"}
    assert (await coach.post(f"/drivers/{drivers['Dallas']}/evidence", json=evidence)).status_code == 403
    assert (await coach.patch(f"/drivers/{drivers['Dallas']}", json={"version": 1, "phone": "1"})).status_code == 403
    assert (await coach.get("/users")).status_code == 403
    assert (await coach.get("/review")).status_code in (403, 404)
    assert (await coach.get("/audit")).status_code == 403


async def test_the_last_terminals_fit_into_a_token(world: World) -> None:
    first, *more = [str(await world.add_terminal(f"T{number}", "America/Chicago")) for number in range(25)]
    client = await bound_to(world, Role.SUPERVISOR, first, *more)
    assert len((await client.get("/me")).json()["more_terminals"]) == 24
    assert len(client.headers["Authorization"]) < 1500
