"""The token endpoint: what codes and refresh tokens are bound to, and what happens when one comes twice."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.scopes import parse
from dot_copilot.core.tokens import OAUTH_TYPE
from tests.api.assistants.flow import PUBLIC, ROOT, Assistant, assistant, connected, error_of
from tests.api.identity.people import COOKIE, actions, device, owner, person, refresh
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def stands(world: World, made: Assistant) -> bool:
    """Whether the connection's session would open a door."""
    caller, _ = world.worker.assistant_keys.read(made.tokens["access_token"], typ=OAUTH_TYPE)
    token = world.worker.keys.issue(caller)
    answer = await device(world).get("/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (200, 401)
    return answer.status_code == 200


async def let_time_pass(servers: Servers, user_id: UUID) -> None:
    """As if all refreshing had happened a minute earlier."""
    async with owner(servers) as connection:
        await connection.execute(
            """update refresh_tokens set issued_at = issued_at - interval '1 minute', used_at = used_at - interval '1 minute'
                where session_id in (select id from sessions where user_id = $1)""",
            user_id,
        )


async def test_a_code_is_bound_to_client_address_verifier_and_resource(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude, thief = await assistant(world), await assistant(world)
    code = await claude.code(manager)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"code_verifier": "x" * 64}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": claude.verifier + "ü"}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:1/callback"}, "invalid_grant"),
        ({"resource": "https://elsewhere.example"}, "invalid_target"),
        ({"code": code + "x"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
    ]
    for changes, error in wrong:
        assert error_of(await claude.redeem(**{"code": code, **changes})) == (400, error), changes
    assert error_of(await thief.redeem(code, code_verifier=claude.verifier)) == (400, "invalid_grant")
    answer = await claude.redeem(code)
    assert answer.status_code == 200, "none of this has used it up"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_code_that_comes_twice_ends_what_it_opened(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude = await assistant(world)
    code = await claude.code(manager)
    claude.tokens = (await claude.redeem(code)).json()
    assert await stands(world, claude)
    again = await claude.redeem(code)
    assert error_of(again) == (400, "invalid_grant")
    assert not await stands(world, claude)
    assert error_of(await claude.refresh()) == (400, "invalid_grant")
    entry = (await actions(world, action="assistant.revoked"))[0]
    assert (entry["actor"], entry["details"]["reason"]) == (None, "code used twice")


async def test_of_a_code_sent_twice_at_once_one_is_first_and_none_goes_on(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude = await assistant(world)
    code = await claude.code(manager)
    answers = await asyncio.gather(*(claude.redeem(code) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400, 400]
    claude.tokens = next(answer.json() for answer in answers if answer.status_code == 200)
    assert not await stands(world, claude)


async def test_a_code_runs_out(world: World, servers: Servers) -> None:
    claude = await assistant(world)
    code = await claude.code(await world.as_role(Role.SAFETY_MANAGER))
    async with owner(servers) as connection:
        await connection.execute("update oauth_codes set expires_at = now() where client_id = $1", claude.client_id)
    assert error_of(await claude.redeem(code)) == (400, "invalid_grant")


async def test_refresh_tokens_rotate_and_reuse_ends_the_connection(world: World, servers: Servers) -> None:
    claude = await connected(world)
    first = claude.tokens["refresh_token"]
    claude.tokens = (await claude.refresh()).json()
    assert claude.tokens["refresh_token"] != first
    assert await stands(world, claude)
    await let_time_pass(servers, world.users[Role.SAFETY_MANAGER])
    assert error_of(await claude.refresh(first)) == (400, "invalid_grant")
    assert not await stands(world, claude)
    assert error_of(await claude.refresh()) == (400, "invalid_grant")
    assert (await actions(world, action="session.reuse_detected"))[0]["via"] == "mcp:Claude"


async def test_a_refresh_narrows_and_never_widens(world: World) -> None:
    claude = await connected(world)
    narrow = (await claude.refresh(scope="drivers:read")).json()
    assert narrow["scope"] == "drivers:read"
    _, claims = world.worker.assistant_keys.read(narrow["access_token"], typ=OAUTH_TYPE)
    assert claims["scope"] == "drivers:read"
    wide = await claude.refresh(narrow["refresh_token"], scope="drivers:read audit:read")
    assert error_of(wide) == (400, "invalid_scope")
    full = await claude.refresh(narrow["refresh_token"])
    assert full.json()["scope"] == "compliance:read drivers:read offline_access", "a refusal used nothing up"


async def test_a_refresh_token_is_its_clients_alone(world: World) -> None:
    claude, thief = await connected(world), await assistant(world)
    assert error_of(await thief.refresh(claude.tokens["refresh_token"])) == (400, "invalid_grant")
    assert (await claude.refresh()).status_code == 200


async def test_assistants_and_browsers_tokens_are_good_only_where_they_belong(world: World) -> None:
    claude = await connected(world)
    answer = await refresh(device(world), claude.tokens["refresh_token"])
    assert answer.status_code == 401, "an assistant's token would become a sign-in with every right of the person"
    maria = await person(world)
    browser = await maria.sign_in()
    assert error_of(await claude.refresh(browser.cookies[COOKIE])) == (400, "invalid_grant")
    assert (await browser.post("/auth/refresh")).status_code == 200
    assert (await claude.refresh()).status_code == 200


async def change_role(world: World, user_id: UUID, body: dict[str, Any]) -> None:
    admin = await world.as_role(Role.ADMIN)
    answer = await admin.patch(f"/users/{user_id}", json=body)
    assert answer.status_code == 200, answer.text


async def test_a_new_role_takes_away_what_it_does_not_hold(world: World) -> None:
    claude = await assistant(world)
    await claude.connect(await world.as_role(Role.SAFETY_MANAGER), scope="drivers:read audit:read roster:read")
    user_id = world.users[Role.SAFETY_MANAGER]
    await change_role(world, user_id, {"role": "supervisor", "terminal_id": str(world.terminal_id)})
    assert not await stands(world, claude), "the token names the role that was"
    answer = await claude.refresh()
    assert answer.json()["scope"] == "drivers:read offline_access"
    caller, _ = world.worker.assistant_keys.read(answer.json()["access_token"], typ=OAUTH_TYPE)
    assert (caller.role, caller.terminal_id) == (Role.SUPERVISOR, world.terminal_id)
    assert error_of(await claude.refresh(answer.json()["refresh_token"], scope="audit:read")) == (400, "invalid_scope")


async def test_a_connection_of_which_no_scope_is_left_ends(world: World) -> None:
    claude = await assistant(world)
    await claude.connect(await world.as_role(Role.SAFETY_MANAGER), scope="roster:read")
    await change_role(world, world.users[Role.SAFETY_MANAGER], {"role": "supervisor", "terminal_id": str(world.terminal_id)})
    assert error_of(await claude.refresh()) == (400, "invalid_grant")
    assert (await actions(world, action="assistant.revoked"))[0]["subject_type"] == "connection"


async def test_a_disabled_person_has_no_assistants(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude, late = await connected(world), await assistant(world)
    code = await late.code(manager)
    await change_role(world, world.users[Role.SAFETY_MANAGER], {"disabled": True})
    assert not await stands(world, claude)
    assert error_of(await claude.refresh()) == (400, "invalid_grant")
    assert error_of(await late.redeem(code)) == (400, "invalid_grant")


async def test_a_session_ends_with_the_persons_last_day(world: World) -> None:
    maria = await person(world, Role.AUDITOR, expires_on=world.worker.clock.today("America/Chicago") + timedelta(days=2))
    claude = await assistant(world)
    await claude.connect(await maria.sign_in())
    async with world.worker.database.job_door(world.carrier_id) as door:
        left = await door.fetchval("select expires_at - now() from sessions where user_id = $1 and via = 'mcp:Claude'", maria.id)
    assert timedelta(days=1) < left < timedelta(days=4)


async def test_a_one_time_password_opens_no_door_for_assistants(world: World, servers: Servers) -> None:
    maria = await person(world)
    browser = await maria.sign_in()
    claude = await assistant(world)
    request, code = await claude.ask(), await claude.code(browser)
    async with owner(servers) as connection:
        await connection.execute("update users set one_time_until = now() + interval '1 day' where id = $1", maria.id)
    answer = await browser.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read"]})
    assert answer.json()["type"].endswith("own-password-first")
    assert error_of(await claude.redeem(code)) == (400, "invalid_grant")


async def test_an_installation_that_asks_again_has_one_connection(world: World) -> None:
    manager, auditor = await world.as_role(Role.SAFETY_MANAGER), await world.as_role(Role.AUDITOR)
    claude, of_another = await connected(world), await connected(world)
    other_person = Assistant(claude.http, claude.client_id)
    await other_person.connect(auditor)
    first = Assistant(claude.http, claude.client_id, tokens=claude.tokens)
    await claude.connect(manager, scope="drivers:read compliance:read audit:read")
    assert not await stands(world, first)
    assert error_of(await first.refresh()) == (400, "invalid_grant")
    for made in (claude, of_another, other_person):
        assert await stands(world, made)
    assert len((await manager.get("/assistants/connections")).json()["items"]) == 2
    assert (await actions(world, action="assistant.revoked"))[0]["details"]["reason"] == "replaced by a new connection"


async def test_while_the_database_is_silent_the_answer_is_still_oauths(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    claude = await connected(world)

    async def silent(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(world.api.platform.database, "lookup", silent)  # type: ignore[attr-defined]
        for answer in (await claude.refresh(), await claude.redeem("x"), await claude.authorize()):
            assert error_of(answer) == (503, "temporarily_unavailable")
            assert answer.headers["retry-after"] == "2"
    assert (await claude.refresh()).status_code == 200


async def test_a_client_with_a_secret_proves_it_in_either_way(world: World) -> None:
    claude = await assistant(world, token_endpoint_auth_method="client_secret_post")
    await claude.connect(await world.as_role(Role.SAFETY_MANAGER))
    right = claude.secret
    for wrong in (None, "", "wrong", f"{right}x"):
        claude.secret = wrong
        assert error_of(await claude.refresh()) == (401, "invalid_client")

    async def basic(user: str, secret: str | None, **form: str) -> httpx.Response:
        header = base64.b64encode(f"{user}:{secret}".encode()).decode()
        form = {"grant_type": "refresh_token", "refresh_token": claude.tokens["refresh_token"], **form}
        return await claude.http.post(f"{ROOT}/oauth/token", data=form, headers={"Authorization": f"Basic {header}"})

    refused = await basic(claude.client_id, "wrong")
    assert error_of(refused) == (401, "invalid_client")
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert error_of(await basic(claude.client_id, right, client_secret=str(right))) == (400, "invalid_request")
    assert error_of(await basic(claude.client_id, right, client_id="another")) == (400, "invalid_request")
    garbled = await claude.http.post(f"{ROOT}/oauth/token", data={"a": "b"}, headers={"Authorization": "Basic ???"})
    assert error_of(garbled) == (401, "invalid_client")
    assert (await basic(claude.client_id, right)).status_code == 200


async def test_requests_that_make_no_sense(world: World) -> None:
    claude = await connected(world)
    url = f"{ROOT}/oauth/token"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert error_of(await claude.token(grant_type="password", username="a", password="b")) == (400, "unsupported_grant_type")
    assert error_of(await claude.token(grant_type="refresh_token")) == (400, "invalid_request")
    assert error_of(await claude.http.post(url, json={"grant_type": "refresh_token"})) == (400, "invalid_request")
    assert error_of(await claude.http.post(url, content=b"client_id=a&client_id=b", headers=form)) == (400, "invalid_request")
    assert error_of(await claude.http.post(url, content=b"a=" + b"x" * 40_000, headers=form)) == (413, "invalid_request")
    assert error_of(await claude.http.post(url, content=b"\xff\xfe=%ff&client_id=%00", headers=form))[0] in (400, 401)
    assert error_of(await claude.http.post(url, content=b"&".join([b"a=1"] * 500), headers=form)) == (400, "invalid_request")
    assert error_of(await claude.http.post(url, content=b"", headers=form)) == (401, "invalid_client")
    claude.client_id = "nobody"
    assert error_of(await claude.refresh()) == (401, "invalid_client")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
async def test_a_client_disconnects(world: World, which: str) -> None:
    claude, other = await connected(world), await assistant(world)
    url, token = f"{ROOT}/oauth/revoke", claude.tokens[which]
    for stranger in (other.client_id, claude.client_id):
        assert await stands(world, claude)
        answer = await claude.http.post(url, data={"client_id": stranger, "token": token})
        assert (answer.status_code, answer.content) == (200, b"")
    assert not await stands(world, claude)
    assert (await claude.http.post(url, data={"client_id": claude.client_id, "token": "unknown"})).status_code == 200
    assert error_of(await claude.http.post(url, data={"client_id": claude.client_id})) == (400, "invalid_request")
    assert [entry["details"]["reason"] for entry in await actions(world, action="assistant.revoked")] == [
        "disconnected by the client"
    ]


async def test_a_browser_of_any_origin_may_ask(world: World) -> None:
    client = device(world)
    for path in ("/oauth/token", "/oauth/register", "/.well-known/oauth-protected-resource/mcp"):
        answer = await client.options(ROOT + path, headers={"Origin": "https://inspector.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    assert parse("drivers:read x")[1] == {"x"}
    assert PUBLIC.startswith("http")
