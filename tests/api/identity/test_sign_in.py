"""Sign-in: what it gives, what it refuses, and what its refusals do not tell."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import argon2
import pytest

from dot_copilot.core.caller import Role
from tests.api.identity.people import PASSWORD, actions, attempt, device, other_api, owner, person
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_right_password_gives_a_token_and_a_cookie_for_refreshing_only(world: World) -> None:
    maria, client = await person(world), device(world)
    answer = await attempt(client, maria.email.upper(), PASSWORD)
    body = answer.json()
    assert (answer.status_code, body["token_type"], body["expires_in"]) == (200, "bearer", 600)
    cookie = answer.headers["set-cookie"]
    for part in ("dot_refresh=", "HttpOnly", "SameSite=strict", "Path=/api/v1/auth", "Max-Age=1209600"):
        assert part in cookie
    assert "Secure" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    me = await client.get("/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.json()["id"] == str(maria.id)
    assert me.json()["carrier"]["usdot"] == world.usdot


async def test_the_cookie_is_secure_when_the_public_url_is(world: World, servers: Servers) -> None:
    maria = await person(world)
    async with other_api(servers, public_url="https://fleet.example") as app:
        answer = await attempt(device(world, app), maria.email, PASSWORD)
    assert "; Secure" in answer.headers["set-cookie"]


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    maria = await person(world)
    answers, times = [], []
    for email in (maria.email, f"{uuid4().hex}@nobody.example"):
        began = time.monotonic()
        answers.append(await attempt(device(world), email, "not the password"))
        times.append(time.monotonic() - began)
    known, unknown = answers
    assert known.status_code == unknown.status_code == 401
    bodies = [answer.json() for answer in answers]
    assert [body.pop("trace_id") for body in bodies] == [answer.headers["x-request-id"] for answer in answers]
    assert bodies[0] == bodies[1]
    assert bodies[0]["type"].endswith("/wrong-credentials")
    assert {*known.headers} == {*unknown.headers}
    assert all(passed >= 0.24 for passed in times), "refusals leave at a step of time, not when the work is done"


@pytest.mark.parametrize("known", [True, False])
async def test_an_address_locks_after_five_failures_whether_or_not_anyone_has_it(
    world: World, servers: Servers, known: bool
) -> None:
    email = (await person(world)).email if known else f"{uuid4().hex}@nobody.example"
    for _ in range(5):
        assert (await attempt(device(world), email, "not the password")).status_code == 401
    locked = await attempt(device(world), email, PASSWORD)
    assert locked.status_code == 429
    assert locked.json()["type"].endswith("/locked")
    assert 800 < int(locked.headers["retry-after"]) <= 900
    assert "15 minutes" in locked.json()["detail"]
    async with owner(servers) as connection:
        await connection.execute(
            """update sign_in_attempts set locked_until = now(), last_at = last_at - interval '15 minutes'
                where address_hash = sha256($1)""",
            email.encode(),
        )
    assert (await attempt(device(world), email, PASSWORD)).status_code == (200 if known else 401)


async def test_a_success_forgets_the_failures_before_it(world: World) -> None:
    maria = await person(world)
    for _ in range(2):
        for _ in range(4):
            assert (await attempt(device(world), maria.email, "not the password")).status_code == 401
        assert (await attempt(device(world), maria.email, PASSWORD)).status_code == 200


async def test_a_volley_of_guesses_is_counted_before_it_is_checked(world: World) -> None:
    maria = await person(world)
    answers = await asyncio.gather(*(attempt(device(world), maria.email, f"guess number {n}") for n in range(16)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [401] * 5 + [429] * 11


async def test_failures_and_the_lock_are_on_record(world: World) -> None:
    maria = await person(world)
    client = device(world)
    for _ in range(5):
        await attempt(client, maria.email, "not the password")
    entries = await actions(world, subject=str(maria.id))
    assert [entry["action"] for entry in entries] == ["sign_in.locked", *["sign_in.failed"] * 5, "user.created"]
    assert entries[0]["actor"] is None
    assert entries[1]["details"]["address"] == client._transport.client[0]  # type: ignore[attr-defined]
    assert "not the password" not in str(entries)


async def test_only_the_right_password_learns_that_an_account_is_disabled_or_over(world: World, servers: Servers) -> None:
    gone, over = await person(world), await person(world, Role.AUDITOR, expires_on=world.worker.clock.now().date())
    async with owner(servers) as connection:
        await connection.execute("update users set disabled_at = now() where id = $1", gone.id)
        await connection.execute("update users set expires_on = current_date - 2 where id = $1", over.id)
    for who, slug in ((gone, "account-disabled"), (over, "account-expired")):
        wrong = await attempt(device(world), who.email, "not the password")
        right = await attempt(device(world), who.email, PASSWORD)
        assert wrong.json()["type"].endswith("/wrong-credentials")
        assert (right.status_code, right.json()["type"].rsplit("/", 1)[1]) == (403, slug)
        assert "set-cookie" not in right.headers


async def test_one_place_can_not_try_many_addresses(world: World, servers: Servers) -> None:
    async with other_api(servers, sign_ins_per_minute=3) as app:
        client = device(world, app)
        answers = [await attempt(client, f"{uuid4().hex}@nobody.example", "x") for _ in range(4)]
        elsewhere = await attempt(device(world, app), f"{uuid4().hex}@nobody.example", "x")
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[3].json()["type"].endswith("/too-many-requests")
    assert answers[3].headers["retry-after"] == "60"
    assert elsewhere.status_code == 401


async def test_a_weaker_hash_is_replaced_at_sign_in(world: World, servers: Servers) -> None:
    maria = await person(world)
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    async with owner(servers) as connection:
        await connection.execute("update users set password_hash = $2 where id = $1", maria.id, weak)
        await maria.sign_in()
        stored = await connection.fetchval("select password_hash from users where id = $1", maria.id)
    assert argon2.extract_parameters(stored).memory_cost > 8192
    await maria.sign_in()


async def test_a_one_time_password_signs_in_only_with_the_one_that_replaces_it(world: World, servers: Servers) -> None:
    admin = await world.as_role(Role.ADMIN)
    email = f"{uuid4().hex[:8]}@{world.usdot}.example"
    created = await admin.post("/users", json={"email": email, "name": "New", "role": "safety_manager"})
    once = created.json()["one_time_password"]
    alone = await attempt(device(world), email, once)
    assert alone.status_code == 403
    assert alone.json()["type"].endswith("/password-change-required")
    same = await attempt(device(world), email, once, new_password=once)
    weak = await attempt(device(world), email, once, new_password="short")
    for refused in (same, weak):
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "new_password")
    assert (await attempt(device(world), email, once, new_password=PASSWORD)).status_code == 200
    assert (await attempt(device(world), email, once, new_password="another fine password")).status_code == 401
    assert (await attempt(device(world), email, PASSWORD)).status_code == 200
    needless = await attempt(device(world), email, PASSWORD, new_password="another fine password")
    assert needless.status_code == 422


async def test_a_one_time_password_runs_out(world: World, servers: Servers) -> None:
    pat = await person(world)
    async with owner(servers) as connection:
        await connection.execute("update users set one_time_until = now() - interval '1 second' where id = $1", pat.id)
    answer = await attempt(device(world), pat.email, PASSWORD, new_password="another fine password")
    assert answer.json()["type"].endswith("/one-time-password-expired")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "maria@carrier.example"},
        {"email": "not an address", "password": PASSWORD},
        {"email": "a\x00b@carrier.example", "password": PASSWORD},
        {"email": "maria@carrier.example", "password": "x" * 257},
        {"email": "maria@carrier.example", "password": PASSWORD, "admin": True},
        {"email": ["maria@carrier.example"], "password": PASSWORD},
    ],
)
async def test_a_malformed_request_is_a_problem_with_its_fields(world: World, body: dict[str, object]) -> None:
    answer = await device(world).post("/auth/login", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert PASSWORD not in answer.text


async def test_odd_characters_in_a_password_are_just_wrong(world: World) -> None:
    answer = await attempt(device(world), "maria@carrier.example", "nul \x00 and \U0001f69a")
    assert answer.status_code == 401
