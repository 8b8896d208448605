"""Sessions: rotation, reuse, races that are nobody's fault, and every way a session ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.identity.service.sessions import sweep
from tests.api.identity.people import COOKIE, Person, actions, device, owner, person, refresh
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def let_time_pass(servers: Servers, who: Person, span: timedelta = timedelta(minutes=1)) -> None:
    """As if everything of the person's sessions had happened `span` earlier."""
    async with owner(servers) as connection:
        await connection.execute(
            """update refresh_tokens set issued_at = issued_at - $2::interval, used_at = used_at - $2::interval
                where session_id in (select id from sessions where user_id = $1)""",
            who.id,
            span,
        )


async def test_a_refresh_replaces_the_cookie_and_the_token(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    before = client.cookies[COOKIE]
    answer = await client.post("/auth/refresh")
    assert answer.status_code == 200
    assert client.cookies[COOKIE] != before
    me = await client.get("/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})
    assert me.status_code == 200
    async with owner(servers) as connection:
        stored = await connection.fetch(
            "select token_hash from refresh_tokens t join sessions s on s.id = t.session_id where user_id = $1", maria.id
        )
    assert len(stored) == 2
    assert all(before.encode() not in row["token_hash"] for row in stored)


async def test_reuse_ends_the_whole_session_at_once(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    stolen = client.cookies[COOKIE]
    newest = (await client.post("/auth/refresh")).cookies[COOKIE]
    await let_time_pass(servers, maria)
    assert (await client.get("/me")).status_code == 200
    thief = await refresh(device(world), stolen)
    assert (thief.status_code, thief.json()["type"].rsplit("/", 1)[1]) == (401, "session-ended")
    assert (await client.get("/me")).status_code == 401, "the access token dies with its session"
    assert (await refresh(client, newest)).status_code == 401
    entry = (await actions(world, action="session.reuse_detected"))[0]
    assert entry["details"]["user_id"] == str(maria.id)
    await maria.sign_in()


async def test_two_tabs_may_use_the_same_cookie_at_once(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    cookie = client.cookies[COOKIE]
    answers = await asyncio.gather(*(refresh(device(world), cookie) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    # The browser keeps whichever answer came last: any of them must go on, now or later.
    await let_time_pass(servers, maria)
    last = answers[3].cookies[COOKIE]
    assert (await refresh(device(world), last)).status_code == 200
    assert (await client.get("/me")).status_code == 200


async def test_a_tab_that_comes_late_does_not_end_the_session(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    first = client.cookies[COOKIE]
    second = (await refresh(device(world), first)).cookies[COOKIE]
    third = (await refresh(device(world), second)).cookies[COOKIE]
    late = await refresh(device(world), first)
    assert late.status_code == 200
    # The late answer overwrites the newer cookie in the jar; the next refresh comes with it.
    await let_time_pass(servers, maria)
    assert (await refresh(device(world), late.cookies[COOKIE])).status_code == 200
    assert third != late.cookies[COOKIE]


async def test_answers_that_overtake_one_another_do_not_end_the_session(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    first = client.cookies[COOKIE]
    one, other = [(await refresh(device(world), first)).cookies[COOKIE] for _ in range(2)]
    # A third tab wakes up with the one answer; the other answer arrives last and stays in the jar.
    assert (await refresh(device(world), one)).status_code == 200
    await let_time_pass(servers, maria)
    assert (await refresh(device(world), other)).status_code == 200


async def test_a_thief_within_the_grace_is_found_out_at_the_next_refresh(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    stolen = client.cookies[COOKIE]
    hers = (await refresh(device(world), stolen)).cookies[COOKIE]
    his = (await refresh(device(world), stolen)).cookies[COOKIE]
    await let_time_pass(servers, maria)
    hers = (await refresh(device(world), hers)).cookies[COOKIE]  # replaces his
    await let_time_pass(servers, maria)
    assert (await refresh(device(world), his)).status_code == 401
    assert (await refresh(device(world), hers)).status_code == 401
    assert len(await actions(world, action="session.reuse_detected")) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"}, 200),
        ({"Origin": "http://test"}, 200),
        ({"Origin": "http://localhost:8080"}, 200),
        ({}, 200),
    ],
)
async def test_another_sites_page_can_not_use_the_cookie(world: World, headers: dict[str, str], status: int) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    answer = await client.post("/auth/refresh", headers=headers)
    assert answer.status_code == status
    if status == 403:
        for path in ("/auth/login", "/auth/logout"):
            refused = await client.post(path, headers=headers, json={"email": maria.email, "password": maria.password})
            assert refused.json()["type"].endswith("/cross-site")


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, "a" * 4000, "caf\u00e9"])
async def test_a_cookie_that_is_none_of_ours_is_refused(world: World, cookie: str) -> None:
    answer = await device(world).post("/auth/refresh", headers=[(b"cookie", f"{COOKIE}={cookie}".encode())])
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_signing_out_ends_the_session_and_its_access_token(world: World) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    cookie = client.cookies[COOKIE]
    answer = await client.post("/auth/logout")
    assert answer.status_code == 204
    assert COOKIE not in client.cookies
    assert (await client.get("/me")).status_code == 401
    assert (await refresh(client, cookie)).status_code == 401
    assert (await client.post("/auth/logout")).status_code == 204, "twice does no harm"


async def test_a_token_alone_signs_out_too(world: World) -> None:
    client = await (await person(world)).sign_in()
    client.cookies.clear()
    assert (await client.post("/auth/logout")).status_code == 204
    assert (await client.get("/me")).status_code == 401


async def test_signing_out_everywhere_ends_every_device_at_once(world: World) -> None:
    maria, other = await person(world), await person(world)
    phone, desk, others = await maria.sign_in(), await maria.sign_in(), await other.sign_in()
    assert (await desk.post("/auth/logout-everywhere")).status_code == 204
    assert [(await client.get("/me")).status_code for client in (phone, desk, others)] == [401, 401, 200]
    assert (await phone.post("/auth/refresh")).status_code == 401
    assert (await actions(world, action="session.ended_everywhere"))[0]["details"] == {"sessions": 2}


async def test_the_sessions_are_listed_and_one_can_be_ended(world: World) -> None:
    maria, other = await person(world), await person(world)
    phone, desk, others = await maria.sign_in(), await maria.sign_in(), await other.sign_in()
    items = (await desk.get("/me/sessions")).json()["items"]
    assert [item["current"] for item in items] == [True, False]
    assert items[0]["user_agent"].startswith("python-httpx")
    foreign = (await others.get("/me/sessions")).json()["items"][0]["id"]
    for unknown in (foreign, str(uuid4())):
        assert (await desk.delete(f"/me/sessions/{unknown}")).status_code == 404
    assert (await desk.delete(f"/me/sessions/{items[1]['id']}")).status_code == 204
    assert [(await client.get("/me")).status_code for client in (phone, desk, others)] == [401, 200, 200]


async def test_signing_in_anew_on_a_device_ends_the_session_it_had(world: World) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    await maria.sign_in(client)
    assert len((await client.get("/me/sessions")).json()["items"]) == 1


async def test_a_session_ends_with_its_time_however_fresh_the_token(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    async with owner(servers) as connection:
        await connection.execute("update sessions set expires_at = now() where user_id = $1", maria.id)
    assert (await client.get("/me")).status_code == 401
    assert (await client.post("/auth/refresh")).status_code == 401


async def test_a_session_slides_by_days_but_ends_after_ninety(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    async with owner(servers) as connection:
        await connection.execute("update sessions set created_at = created_at - interval '85 days' where user_id = $1", maria.id)
        await client.post("/auth/refresh")
        row = await connection.fetchrow(
            "select expires_at - created_at life, expires_at - now() ahead from sessions where user_id = $1", maria.id
        )
    assert row["life"] == timedelta(days=90)
    assert row["ahead"] < timedelta(days=5)


async def test_an_auditors_session_ends_with_the_last_day_where_the_carrier_is(world: World, servers: Servers) -> None:
    today = world.worker.clock.today("America/Chicago")
    auditor = await person(world, Role.AUDITOR, expires_on=today)
    await auditor.sign_in()
    async with owner(servers) as connection:
        ends = await connection.fetchval(
            "select expires_at at time zone 'America/Chicago' from sessions where user_id = $1", auditor.id
        )
    assert (ends.date(), ends.hour, ends.minute) == (today + timedelta(days=1), 0, 0)


async def test_refresh_tokens_of_a_disabled_person_are_worthless(world: World, servers: Servers) -> None:
    maria = await person(world)
    client = await maria.sign_in()
    async with owner(servers) as connection:
        await connection.execute("update users set disabled_at = now() where id = $1", maria.id)
    assert (await client.get("/me")).status_code == 401
    assert (await client.post("/auth/refresh")).status_code == 401


async def test_the_key_set_is_public(world: World) -> None:
    client = device(world)
    answer = await client.get("/auth/jwks.json")
    key = answer.json()["keys"][0]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
    assert "d" not in key
    well_known = await client.get("http://test/.well-known/jwks.json")
    assert well_known.json() == answer.json()


async def test_sessions_that_ended_long_ago_are_swept_and_no_others(world: World, servers: Servers) -> None:
    maria = await person(world)
    kept, _, _ = await maria.sign_in(), await maria.sign_in(), await maria.sign_in()
    async with owner(servers) as connection:
        ids = [
            row["id"]
            for row in await connection.fetch("select id from sessions where user_id = $1 order by created_at", maria.id)
        ]
        await connection.execute("update sessions set revoked_at = now() - interval '31 days' where id = $1", ids[1])
        await connection.execute("update sessions set expires_at = now() - interval '29 days' where id = $1", ids[2])
        assert await sweep(world.worker.database) >= 1
        left = await connection.fetch("select id from sessions where user_id = $1 order by created_at", maria.id)
        tokens = await connection.fetchval("select count(*) from refresh_tokens where session_id = $1", ids[1])
    assert [row["id"] for row in left] == [ids[0], ids[2]]
    assert tokens == 0
    assert (await kept.get("/me")).status_code == 200
