"""Changing one's password."""

from __future__ import annotations

import pytest

from tests.api.identity.people import PASSWORD, actions, attempt, device, person
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
NEW = "eight goats at noon"


async def test_a_change_ends_the_other_sessions_and_keeps_this_one(world: World) -> None:
    maria = await person(world)
    phone, desk = await maria.sign_in(), await maria.sign_in()
    answer = await desk.post("/auth/password", json={"current": PASSWORD, "new": NEW})
    assert answer.status_code == 204
    assert [(await client.get("/me")).status_code for client in (phone, desk)] == [401, 200]
    assert (await desk.post("/auth/refresh")).status_code == 200
    assert (await attempt(device(world), maria.email, PASSWORD)).status_code == 401
    assert (await attempt(device(world), maria.email, NEW)).status_code == 200
    entry = (await actions(world, action="password.changed"))[0]
    assert entry["details"] == {"sessions_ended": 1}
    assert entry["actor"]["id"] == str(maria.id)


@pytest.mark.parametrize("new", ["eleven char", "password1234", "PassWord1234", "aaaaaaaaaaaaaaaa", "contraseña123", PASSWORD])
async def test_a_weak_password_is_refused_with_what_to_do(world: World, new: str) -> None:
    client = await (await person(world)).sign_in()
    answer = await client.post("/auth/password", json={"current": PASSWORD, "new": new})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "new"
    assert (await client.get("/me")).status_code == 200


async def test_the_address_is_no_password(world: World) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    for new in (maria.email, maria.email.upper(), maria.email.split("@")[0]):
        answer = await client.post("/auth/password", json={"current": PASSWORD, "new": new})
        assert answer.status_code == 422


async def test_weak_choices_do_not_lock_out_who_knows_the_password(world: World) -> None:
    client = await (await person(world)).sign_in()
    for _ in range(7):
        assert (await client.post("/auth/password", json={"current": PASSWORD, "new": "short"})).status_code == 422
    assert (await client.post("/auth/password", json={"current": PASSWORD, "new": NEW})).status_code == 204


async def test_a_stolen_token_can_not_guess_the_password(world: World) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    for _ in range(5):
        answer = await client.post("/auth/password", json={"current": "a guess", "new": NEW})
        assert answer.json()["errors"][0]["field"] == "current"
    answer = await client.post("/auth/password", json={"current": PASSWORD, "new": NEW})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (429, "locked")
    assert len(await actions(world, action="password.change_failed")) == 5
