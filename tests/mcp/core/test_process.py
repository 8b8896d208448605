"""The gateway process as it is shipped: real guard, real PostgreSQL and Valkey, our own server and GitHub's behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from dot_copilot.compose import secret_store
from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from tests.mcp.guard.people import Person, make_carrier, make_person
from tests.support.api_process import api_process
from tests.support.gateway_process import GatewayProcess, gateway_process
from tests.support.mcp_client import Client
from tests.support.servers import Servers


@pytest.fixture(scope="module")
def gateway(servers: Servers) -> Iterator[GatewayProcess]:
    with api_process(servers) as api, gateway_process(servers, api) as process:
        until(lambda: b'"starting"' not in Client(process.base).http.get(f"{process.base}/readyz").content)
        yield process


def until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def person(servers: Servers, worker: Platform) -> Person:
    keys = await secret_store(servers.settings).get("jwt_signing_keys")
    return await make_person(worker, keys, await make_carrier(worker), Role.SAFETY_MANAGER)


@pytest.fixture
def client(gateway: GatewayProcess, person: Person) -> Iterator[Client]:
    with Client(gateway.url) as client:
        client.http.headers["authorization"] = person.token().decode()
        yield client


def test_it_is_ready_and_lean(gateway: GatewayProcess) -> None:
    ready = Client(gateway.base).http.get(f"{gateway.base}/readyz").json()
    assert ready["checks"]["database"] == "ok"
    assert ready["upstreams"]["dot-copilot"] == "ready"
    assert gateway.megabytes < 120


def test_nobody_gets_in_without_a_token(gateway: GatewayProcess) -> None:
    answer = Client(gateway.url).ask("tools/list")
    assert answer.status_code == 401
    metadata = 'resource_metadata="http://localhost:8080/.well-known/oauth-protected-resource/mcp"'
    assert metadata in answer.headers["www-authenticate"]


@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_a_person_has_their_tools_and_no_others(client: Client, era: str) -> None:
    if era == "modern":
        found = client.ask("tools/list").json()["result"]["tools"]
        called = client.call("search_drivers", {})
    else:
        session = client.initialize()
        found = client.legacy(session, "tools/list")["result"]["tools"]
        called = client.legacy(session, "tools/call", {"name": "search_drivers", "arguments": {}})
    names = {tool["name"] for tool in found}
    assert {"search_drivers", "find_tools", "call_tool"} <= names
    assert not any(name.startswith("github_") for name in names), "no token of GitHub, no tools of GitHub"
    assert called["result"].get("isError") in (None, False), called


def test_a_scope_that_was_not_granted_is_asked_for(gateway: GatewayProcess, person: Person) -> None:
    with Client(gateway.url) as client:
        client.http.headers["authorization"] = person.token(scope="compliance:read").decode()
        answer = client.ask("tools/call", {"name": "search_drivers", "arguments": {}})
        assert answer.status_code == 403
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


@pytest.mark.asyncio
async def test_a_call_is_in_the_audit_log_as_the_person(client: Client, person: Person, worker: Platform) -> None:
    assert "result" in client.call("search_drivers", {})

    async def logged() -> Any:
        async with worker.database.job_door(person.caller.carrier_id) as door:
            return await door.fetchrow(
                "select actor_id, via, details from audit_log where carrier_id = $1 and action = 'assistant.call'",
                person.caller.carrier_id,
            )

    ends = time.monotonic() + 15
    while (row := await logged()) is None:
        assert time.monotonic() < ends, "it is not in the log"
    assert row["actor_id"] == person.caller.user_id
    assert row["via"].startswith("mcp:")


def test_a_session_that_was_ended_is_refused_by_every_replica(
    gateway: GatewayProcess, servers: Servers, person: Person, client: Client
) -> None:
    nobody = "http://127.0.0.1:9"
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with gateway_process(servers, nobody, "gateway-2") as second, Client(second.url) as there:
        there.http.headers["authorization"] = person.token().decode()
        session, stays = client.initialize(), client.initialize()
        assert there.raw(ping, session).status_code == 200
        assert client.http.delete(client.url, headers={"mcp-session-id": session}).status_code == 200
        until(lambda: there.raw(ping, session).status_code == 404, 2)
        assert there.raw(ping, stays).status_code == 200
    with gateway_process(servers, nobody, "gateway-3") as third, Client(third.url) as there:
        there.http.headers["authorization"] = person.token().decode()
        assert there.raw(ping, session).status_code == 404
        assert there.raw(ping, stays).status_code == 200
