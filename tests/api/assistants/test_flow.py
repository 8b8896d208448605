"""Connecting an assistant, from registration to a token that is good for the MCP endpoint and nowhere else."""

from __future__ import annotations

import time

import jwt
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.scopes import Scope, held
from dot_copilot.core.tokens import OAUTH_TYPE
from tests.api.assistants.flow import CALLBACK, PUBLIC, RESOURCE, ROOT, assistant, connected, error_of, problem_of, query_of
from tests.api.identity.people import actions, device
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_metadata_say_where_everything_is(world: World) -> None:
    client = device(world)
    resource = (await client.get(f"{ROOT}/.well-known/oauth-protected-resource/mcp")).json()
    assert resource["resource"] == RESOURCE
    assert resource["authorization_servers"] == [PUBLIC]
    assert "offline_access" not in resource["scopes_supported"]
    assert (await client.get(f"{ROOT}/.well-known/oauth-protected-resource")).json() == resource
    answer = await client.get(f"{ROOT}/.well-known/oauth-authorization-server")
    server = answer.json()
    assert server["issuer"] == PUBLIC
    assert server["code_challenge_methods_supported"] == ["S256"]
    assert server["authorization_response_iss_parameter_supported"] is True
    assert server["client_id_metadata_document_supported"] is True
    assert set(server["scopes_supported"]) == set(Scope)
    assert server["token_endpoint_auth_methods_supported"][0] == "none"
    assert answer.headers["access-control-allow-origin"] == "*"
    for name in ("authorization", "token", "registration", "revocation"):
        path = server[f"{name}_endpoint"].removeprefix(PUBLIC)
        assert (await client.request("PUT", ROOT + path)).status_code == 405, "it is there"


async def test_an_assistant_is_connected_with_what_the_person_granted(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude = await assistant(world)
    request = await claude.ask()
    shown = (await manager.get(f"/assistants/requests/{request}")).json()
    assert shown["client"] == {
        "id": claude.client_id, "name": "Claude", "uri": None, "redirect_host": "this computer", "verified": False
    }  # fmt: skip
    assert [scope["scope"] for scope in shown["scopes"]] == ["drivers:read", "compliance:read", "offline_access"]
    assert all(scope["title"] and scope["description"] and scope["allowed"] for scope in shown["scopes"])
    answer = await manager.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read", "offline_access"]})
    redirect = answer.json()["redirect_to"]
    assert redirect.startswith(CALLBACK + "?")
    given = query_of(redirect)
    assert (given["state"], given["iss"]) == ("s1", PUBLIC)
    tokens = (await claude.redeem(given["code"])).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "drivers:read offline_access"
    assert 890 <= tokens["expires_in"] <= 900
    items = (await manager.get("/assistants/connections")).json()["items"]
    assert [(item["client_name"], item["client_id"], item["scopes"], item["last_used_at"]) for item in items] == [
        ("Claude", claude.client_id, ["drivers:read", "offline_access"], None)
    ]
    entry = (await actions(world, action="assistant.connected"))[0]
    assert (entry["via"], entry["actor"]["id"]) == ("mcp:Claude", str(world.users[Role.SAFETY_MANAGER]))
    assert entry["details"]["scopes"] == ["drivers:read", "offline_access"]


async def test_the_access_token_is_one_of_rfc_9068_for_the_endpoint_alone(world: World) -> None:
    claude = await connected(world)
    token = claude.tokens["access_token"]
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    caller, claims = world.worker.assistant_keys.read(token, typ=OAUTH_TYPE)
    assert (claims["aud"], claims["iss"], claims["client_id"]) == (RESOURCE, PUBLIC, claude.client_id)
    assert claims["scope"] == "compliance:read drivers:read offline_access"
    assert claims["jti"]
    assert (caller.user_id, caller.role, caller.via) == (world.users[Role.SAFETY_MANAGER], Role.SAFETY_MANAGER, "mcp:Claude")
    with pytest.raises(Unauthorized):
        world.worker.keys.verify(token, time.time())
    answer = await device(world).get("/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401, "no token passthrough"
    async with world.worker.database.job_door(world.carrier_id) as door:
        row = await door.fetchrow("select via, expires_at - created_at as life from sessions where id = $1", caller.session_id)
    assert row is not None
    assert row["via"] == "mcp:Claude"
    assert row["life"].days == 14


async def test_what_a_role_does_not_hold_can_neither_be_granted_nor_slips_through(world: World) -> None:
    driver = await world.as_role(Role.DRIVER)
    claude = await assistant(world)
    request = await claude.ask(scope=None)
    shown = (await driver.get(f"/assistants/requests/{request}")).json()
    allowed = {scope["scope"] for scope in shown["scopes"] if scope["allowed"]}
    assert allowed == held(Role.DRIVER)
    assert "github" not in allowed
    answer = await driver.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read", "audit:read"]})
    assert problem_of(answer) == (403, "scope-not-held")
    answer = await driver.post(f"/assistants/requests/{request}/approve", json={"scopes": ["offline_access"]})
    assert problem_of(answer) == (422, "invalid")
    again = await driver.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read"]})
    assert again.status_code == 200, "a refusal does not use the request up"


async def test_a_person_grants_no_more_than_was_asked_for(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    request = await (await assistant(world)).ask(scope="drivers:read")
    answer = await manager.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read", "audit:read"]})
    assert problem_of(answer) == (422, "invalid")


async def test_without_staying_connected_there_is_no_refresh_token(world: World) -> None:
    claude = await connected(world, grant=["drivers:read"])
    assert "refresh_token" not in claude.tokens
    caller, _ = world.worker.assistant_keys.read(claude.tokens["access_token"], typ=OAUTH_TYPE)
    async with world.worker.database.job_door(world.carrier_id) as door:
        left = await door.fetchval("select expires_at - now() from sessions where id = $1", caller.session_id)
    assert left.total_seconds() <= 900


async def test_a_person_refuses(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    claude = await assistant(world)
    request = await claude.ask()
    answer = await manager.post(f"/assistants/requests/{request}/deny")
    given = query_of(answer.json()["redirect_to"])
    assert (given["error"], given["state"], given["iss"]) == ("access_denied", "s1", PUBLIC)
    assert "code" not in given
    assert (await actions(world, action="assistant.refused"))[0]["subject_id"] == claude.client_id
    for verb, body in (("approve", {"scopes": ["drivers:read"]}), ("deny", None)):
        again = await manager.post(f"/assistants/requests/{request}/{verb}", json=body)
        assert problem_of(again) == (410, "consent-ended")
        assert "Start again from your assistant" in again.json()["detail"]


async def test_an_expired_request_says_what_to_do(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    request = await (await assistant(world)).ask()
    app = world.api.platform.database  # type: ignore[attr-defined]
    await app.lookup("update oauth_requests set expires_at = now() where id = $1", request)
    for answer in (
        await manager.get(f"/assistants/requests/{request}"),
        await manager.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read"]}),
        await manager.get("/assistants/requests/never-was"),
    ):
        assert problem_of(answer) == (410, "consent-ended")
        assert "Start again from your assistant" in answer.json()["detail"]


async def test_consent_needs_the_persons_own_sign_in(world: World) -> None:
    claude = await connected(world)
    request = await claude.ask()
    stranger = device(world)
    assert (await stranger.post(f"/assistants/requests/{request}/approve", json={"scopes": ["drivers:read"]})).status_code == 401
    # What our own MCP server calls the API with: the person's rights, but not the person.
    caller, _ = world.worker.assistant_keys.read(claude.tokens["access_token"], typ=OAUTH_TYPE)
    stranger.headers["Authorization"] = f"Bearer {world.worker.keys.issue(caller)}"
    assert (await stranger.get("/me")).status_code == 200
    for method, path, body in (
        ("GET", f"/assistants/requests/{request}", None),
        ("POST", f"/assistants/requests/{request}/approve", {"scopes": ["drivers:read"]}),
        ("POST", f"/assistants/requests/{request}/deny", None),
        ("PUT", "/assistants/github-token", {"token": "ghp_x"}),
        ("DELETE", "/assistants/github-token", None),
        ("DELETE", f"/assistants/connections/{caller.session_id}", None),
    ):
        assert problem_of(await stranger.request(method, path, json=body)) == (403, "pages-only"), path


async def test_an_error_of_a_good_client_goes_back_to_it(world: World) -> None:
    claude = await assistant(world)
    for changes, error in (
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"resource": None}, "invalid_target"),
        ({"resource": "https://elsewhere.example/mcp"}, "invalid_target"),
        ({"resource": [RESOURCE, "https://elsewhere.example"]}, "invalid_target"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": ["drivers:read", "audit:read"]}, "invalid_request"),
    ):
        answer = await claude.authorize(**changes)
        assert answer.status_code == 302, changes
        assert answer.headers["location"].startswith(CALLBACK + "?")
        given = query_of(answer.headers["location"])
        assert (given["error"], given["state"], given["iss"]) == (error, "s1", PUBLIC), changes
        assert given["error_description"]


async def test_nothing_is_sent_to_an_address_that_was_not_registered(world: World) -> None:
    claude = await assistant(world, redirect_uris=["https://claude.example/cb", "http://localhost/cb"])
    for uri in (
        "https://claude.example/cb/", "https://claude.example/cb?x=1", "https://claude.example:444/cb", "https://evil.example/cb",
        "http://claude.example/cb", "https://claude.example/cb#f", "https://user@claude.example/cb", "http://localhost.evil.example/cb",
        "http://127.0.0.1/cb", "http://localhost:99999/cb", "http://localhost/cb/../x", "javascript:alert(1)", "", None,
    ):  # fmt: skip
        answer = await claude.authorize(redirect_uri=uri, response_type="nonsense")
        assert error_of(answer) == (400, "invalid_request"), uri
        assert "location" not in answer.headers
    for uri in ("https://claude.example/cb", "http://localhost/cb", "http://localhost:51234/cb"):
        await claude.ask(redirect_uri=uri)


async def test_an_unknown_client_is_told_what_to_do_as_a_page_to_a_person(world: World) -> None:
    claude = await assistant(world)
    claude.client_id = "client-nobody<script>"
    answer = await claude.authorize()
    assert error_of(answer) == (400, "invalid_client")
    assert "add it again" in answer.json()["error_description"]
    claude.http.headers["Accept"] = "text/html,application/xhtml+xml"
    page = await claude.authorize()
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("text/html")
    assert "add it again" in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
