"""The administration of people."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dot_copilot.core.caller import AT_TERMINALS, PERMISSIONS, Permission, Role
from tests.api.identity.people import COOKIE, PASSWORD, actions, attempt, device, person
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
LAST_DAY = "2099-06-30"


async def outdate(world: World, user_id: Any) -> None:
    """Makes somebody's sign-in an hour old."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute(
            """update sessions set created_at = now() - interval '1 hour', confirmed_at = null
                where carrier_id = $1 and user_id = $2""",
            world.carrier_id,
            user_id,
        )


async def test_an_administrator_is_made_only_by_who_showed_a_moment_ago_who_they_are(world: World) -> None:
    boss, pat, other = await person(world, Role.ADMIN), await person(world), await person(world, Role.ADMIN)
    client = await boss.sign_in()
    assert (await client.patch(f"/users/{other.id}", json={"disabled": True})).status_code == 200
    await outdate(world, boss.id)
    for answer in (
        await client.post("/users", json=new(world, Role.ADMIN)),
        await client.patch(f"/users/{pat.id}", json={"role": "admin"}),
        await client.patch(f"/users/{other.id}", json={"disabled": False}),
        await client.patch(f"/users/{other.id}", json={"reset_password": True}),
    ):
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "confirm-first")
    assert (await client.get(f"/users/{pat.id}")).json()["role"] == "safety_manager"
    assert (await client.post("/users", json=new(world, Role.SAFETY_MANAGER))).status_code == 201, (
        "others need no more than before"
    )
    assert (await client.post("/auth/confirm", json={"password": PASSWORD})).status_code == 204
    assert (await client.patch(f"/users/{pat.id}", json={"role": "admin"})).status_code == 200


def new(world: World, role: Role, **details: Any) -> dict[str, Any]:
    """The body of a person to add."""
    return {"email": f"{uuid4().hex[:10]}@{world.usdot}.example", "name": "New Person", "role": role.value, **details}


def field_of(answer: httpx.Response) -> str:
    """The first wrong field of a refusal."""
    assert answer.status_code == 422, answer.text
    field: str = answer.json()["errors"][0]["field"]
    return field


async def needs(world: World, role: Role) -> dict[str, Any]:
    """What a role needs."""
    if role in AT_TERMINALS:
        return {"terminal_id": str(world.terminal_id)}
    if role is Role.DRIVER:
        return {"driver_id": str(await world.add_driver())}
    return {"expires_on": LAST_DAY} if role is Role.AUDITOR else {}


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_is_added_with_what_it_needs_and_signs_in(world: World, role: Role) -> None:
    admin = await world.as_role(Role.ADMIN)
    body = new(world, role, password=PASSWORD, locale="es", **await needs(world, role))
    answer = await admin.post("/users", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["one_time_password"] is None
    assert (made["role"], made["locale"], made["disabled"], made["password_is_one_time"]) == (role, "es", False, False)
    client = device(world)
    token = (await attempt(client, body["email"], PASSWORD)).json()["access_token"]
    me = (await client.get("/me", headers={"Authorization": f"Bearer {token}"})).json()
    assert me["permissions"] == sorted(PERMISSIONS[role])
    assert {key: me[key] for key in await needs_of(role)} == {key: body[key] for key in await needs_of(role)}
    read = await admin.get(f"/users/{made['id']}")
    assert read.json()["last_signed_in_at"] is not None
    assert (await actions(world, action="user.created", subject=made["id"]))[0]["details"]["role"] == role


async def needs_of(role: Role) -> list[str]:
    """The names of what a role needs."""
    return {
        Role.SUPERVISOR: ["terminal_id"],
        Role.COACH: ["terminal_id"],
        Role.DRIVER: ["driver_id"],
        Role.AUDITOR: ["expires_on"],
    }.get(role, [])


@pytest.mark.parametrize(
    ("role", "field"),
    [(Role.SUPERVISOR, "terminal_id"), (Role.COACH, "terminal_id"), (Role.DRIVER, "driver_id"), (Role.AUDITOR, "expires_on")],
)
async def test_a_role_without_what_it_needs_is_refused(world: World, role: Role, field: str) -> None:
    admin = await world.as_role(Role.ADMIN)
    assert field_of(await admin.post("/users", json=new(world, role))) == field
    someone = (await admin.post("/users", json=new(world, Role.SAFETY_MANAGER))).json()
    assert field_of(await admin.patch(f"/users/{someone['id']}", json={"role": role.value})) == field


async def test_wrong_values_are_refused_field_by_field(world: World) -> None:
    admin = await world.as_role(Role.ADMIN)
    yesterday = (world.worker.clock.today("America/Chicago") - timedelta(days=1)).isoformat()
    cases = [
        (new(world, Role.SUPERVISOR, terminal_id=str(uuid4())), "terminal_id"),
        (new(world, Role.DRIVER, driver_id=str(uuid4())), "driver_id"),
        (new(world, Role.AUDITOR, expires_on=yesterday), "expires_on"),
        (new(world, Role.ADMIN, terminal_id=str(world.terminal_id)), "terminal_id"),
        (new(world, Role.ADMIN, password="short"), "password"),
        (new(world, Role.ADMIN) | {"email": "nobody"}, "email"),
        (new(world, Role.ADMIN) | {"name": "line\nbreak"}, "name"),
        (new(world, Role.ADMIN) | {"role": "owner"}, "role"),
    ]
    for body, field in cases:
        assert field_of(await admin.post("/users", json=body)) == field
    assert len((await admin.get("/users")).json()["items"]) == 1, "nothing was saved"


async def test_an_address_has_one_account_anywhere(world: World) -> None:
    admin, maria = await world.as_role(Role.ADMIN), await person(world)
    answer = await admin.post("/users", json=new(world, Role.ADMIN) | {"email": maria.email.upper()})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "email-taken")


async def test_a_new_role_takes_hold_at_once_and_the_session_goes_on(world: World) -> None:
    admin, pat = await world.as_role(Role.ADMIN), await person(world, Role.ADMIN)
    client = await pat.sign_in()
    assert (await client.get("/users")).status_code == 200
    body = {"role": "supervisor", "terminal_id": str(world.terminal_id)}
    assert (await admin.patch(f"/users/{pat.id}", json=body)).status_code == 200
    assert (await client.get("/users")).status_code == 401
    token = (await client.post("/auth/refresh")).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    assert (await client.get("/users")).status_code == 403
    assert (await client.get("/me")).json()["terminal_id"] == str(world.terminal_id)
    back = (await admin.patch(f"/users/{pat.id}", json={"role": "admin"})).json()
    assert back["terminal_id"] is None, "a place goes with the role that has it"
    changed = (await actions(world, action="user.updated", subject=str(pat.id)))[1]["details"]["changed"]
    assert changed["role"] == ["admin", "supervisor"]


async def test_disabling_ends_the_sessions_and_enabling_lets_in_again(world: World) -> None:
    admin, pat = await world.as_role(Role.ADMIN), await person(world)
    client = await pat.sign_in()
    assert (await admin.patch(f"/users/{pat.id}", json={"disabled": True})).json()["disabled"] is True
    assert (await client.get("/me")).status_code == 401
    assert (await client.post("/auth/refresh")).status_code == 401
    assert (await attempt(device(world), pat.email, PASSWORD)).status_code == 403
    assert (await admin.patch(f"/users/{pat.id}", json={"disabled": False})).json()["disabled"] is False
    await pat.sign_in()
    assert [entry["action"] for entry in await actions(world, subject=str(pat.id), action="user.*")] == [
        "user.enabled",
        "user.disabled",
        "user.created",
    ]


async def test_a_reset_gives_a_one_time_password_and_unlocks(world: World) -> None:
    admin, pat = await world.as_role(Role.ADMIN), await person(world)
    client = await pat.sign_in()
    for _ in range(5):
        await attempt(device(world), pat.email, "not the password")
    answer = await admin.patch(f"/users/{pat.id}", json={"reset_password": True})
    once = answer.json()["one_time_password"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["password_is_one_time"] is True
    assert (await client.get("/me")).status_code == 401
    assert (await attempt(device(world), pat.email, PASSWORD)).status_code == 401
    assert (await attempt(device(world), pat.email, once, new_password="my own words again")).status_code == 200
    assert once not in str(await actions(world))


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "safety_manager"}, {"expires_on": LAST_DAY}])
async def test_the_last_administrator_stays(world: World, change: dict[str, Any]) -> None:
    admin = await world.as_role(Role.ADMIN)
    me = (await admin.get("/me")).json()["id"]
    answer = await admin.patch(f"/users/{me}", json=change)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "last-admin")
    assert (await admin.patch(f"/users/{me}", json={"name": "Still here"})).json()["name"] == "Still here"
    await person(world, Role.ADMIN)
    assert (await admin.patch(f"/users/{me}", json=change)).status_code == 200


async def test_two_administrators_can_not_remove_each_other_at_once(world: World) -> None:
    first, second = await person(world, Role.ADMIN), await person(world, Role.ADMIN)
    one, other = await first.sign_in(), await second.sign_in()
    answers = await asyncio.gather(
        one.patch(f"/users/{second.id}", json={"disabled": True}), other.patch(f"/users/{first.id}", json={"disabled": True})
    )
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sorted(answer.status_code for answer in answers)[1] in (401, 409)


async def test_only_administrators_manage_people(world: World) -> None:
    for role in Role:
        client = await world.as_role(role)
        allowed = Permission.MANAGE_USERS in PERMISSIONS[role]
        for method, path in (("GET", "/users"), ("POST", "/users"), ("GET", f"/users/{uuid4()}"), ("PATCH", f"/users/{uuid4()}")):
            answer = await client.request(method, path, json={} if method != "GET" else None)
            assert (answer.status_code != 403) == allowed, (role, method, path)


async def test_people_are_listed_by_name_page_by_page_and_found(world: World) -> None:
    admin = await world.as_role(Role.ADMIN)
    names = ["ana 100%", "Bea", "Émile", "carl_o", "dora", "Bea"]
    for name in names:
        await person(world, name=name)
    seen: list[str] = []
    cursor, params = None, {"limit": "2", "role": "safety_manager"}
    while True:
        answer = (await admin.get("/users", params={**params, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["name"] for item in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
        foreign = await admin.get("/users", params={"limit": "2", "cursor": cursor})
        assert foreign.json()["type"].endswith("/invalid-cursor"), "a cursor of other filters"
    assert sorted(seen) == sorted(names)
    assert seen[:3] == ["ana 100%", "Bea", "Bea"]
    for q, found in (("100%", 1), ("%", 1), ("_", 1), ("bea", 2), (world.usdot, 7)):
        assert len((await admin.get("/users", params={"q": q})).json()["items"]) == found, q


async def test_one_changes_ones_own_name_and_language_and_nothing_else(world: World) -> None:
    driver = await world.as_role(Role.DRIVER)
    answer = await driver.patch("/me", json={"locale": "es", "name": "  José Ruiz "})
    assert (answer.json()["locale"], answer.json()["name"]) == ("es", "José Ruiz")
    for body in ({"role": "admin"}, {"locale": "fr"}, {"name": ""}, {"driver_id": str(uuid4())}):
        assert (await driver.patch("/me", json=body)).status_code == 422
    assert (await driver.get("/me")).json()["role"] == "driver"


async def test_an_end_date_may_move_and_the_session_follows(world: World) -> None:
    admin, auditor = await world.as_role(Role.ADMIN), await person(world, Role.AUDITOR, expires_on=date(2099, 1, 1))
    client = await auditor.sign_in()
    assert client.cookies[COOKIE]
    assert (await admin.patch(f"/users/{auditor.id}", json={"expires_on": LAST_DAY})).json()["expires_on"] == LAST_DAY
    assert (await client.get("/me")).status_code == 401
    await auditor.sign_in()
    assert field_of(await admin.patch(f"/users/{auditor.id}", json={"expires_on": None})) == "expires_on"
