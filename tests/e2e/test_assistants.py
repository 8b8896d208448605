"""Real clients on a running stack: the SDK's, FastMCP's and the inspector's command line connect by OAuth and work.

Each registers itself, sends a person to the consent page, gets tokens, lists the tools of both servers behind the gateway,
calls one of ours and one of GitHub's (a stand-in on the loopback interface plays GitHub).
"""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastmcp import Client as FastMCPClient
from fastmcp.client.auth import OAuth
from mcp.client import Client

from tests.support import github
from tests.support.consent import Person
from tests.support.mcp_clients import INSPECTOR, NODE, Memory, connected, inspector, sdk_auth
from tests.support.servers import free_port
from tests.support.stack import Stack, running_stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
ROOT = Path(__file__).parents[2]
OURS = {
    *("search_drivers", "driver_file", "compliance_summary", "expiring_soon", "explain_requirement", "record_evidence"),
    *("roster_import_status", "audit_trail"),
}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[github.StandIn | None]:
    """GitHub's stand-in; None where nothing may listen on port 80, and then GitHub's tools are left out of the proof."""
    with ExitStack() as held:
        try:
            found = held.enter_context(github.running_github())
        except pytest.skip.Exception:
            found = None
        yield found


@pytest.fixture(scope="module")
def stack(stand_in: github.StandIn | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose GitHub is the stand-in."""
    settings = settings_for(stand_in, tmp_path_factory.mktemp("gateway")) if stand_in else {}
    with running_stack(**settings) as running:
        yield running


def settings_for(stand_in: github.StandIn, directory: Path) -> dict[str, str]:
    """The settings of a stack that takes the stand-in for GitHub: the API asks it, and so does GitHub's MCP server."""
    shipped = ROOT / "deploy/gateway"
    shutil.copytree(shipped / "baseline", directory / "baseline", dirs_exist_ok=True)
    text = (shipped / "gateway.toml").read_text()
    marked = 'name = "github"\n'
    assert marked in text
    (directory / "gateway.toml").write_text(text.replace(marked, f'{marked}env = {{ GITHUB_HOST = "{stand_in.url}" }}\n'))
    return {"DOT_GITHUB_API": f"{stand_in.url}/api/v3", "DOT_GATEWAY_CONFIG": str(directory / "gateway.toml")}


@pytest.fixture(scope="module")
def manager(stack: Stack, stand_in: github.StandIn | None) -> Person:
    """The safety manager of the demo carrier, who has attached a token of the stand-in."""
    person = Person.of(stack.url, stack.account("safety_manager"))
    if stand_in is None:
        return person
    with person.api() as api:
        attached = api.put("/assistants/github-token", json={"token": github.GOOD})
        assert attached.status_code == 200, attached.text
        assert attached.json()["attached"] is True
    return person


async def octocat(client: Client | FastMCPClient[Any], stand_in: github.StandIn | None) -> None:
    """GitHub's server answers with the token's owner; without a stand-in its tools are not there."""
    names = {tool.name for tool in await _tools(client)}
    assert ("github_get_me" in names) is (stand_in is not None)
    if stand_in is not None:
        before = len(stand_in.requests)
        answer = await client.call_tool("github_get_me", {})
        assert "octocat" in str(answer.content)
        assert [token for _, path, token in stand_in.requests[before:] if path.endswith("/user")] == [github.GOOD]


async def _tools(client: Client | FastMCPClient[Any]) -> list[Any]:
    found = await client.list_tools()
    return found if isinstance(found, list) else list(found.tools)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_sdk_client(stack: Stack, manager: Person, stand_in: github.StandIn | None, mode: str) -> None:
    """OAuth, both servers' tools, a call of each, in either era; and the log names person, client and tool."""
    storage, name = Memory(), f"SDK proof {mode}"
    async with connected(sdk_auth(stack, manager, storage, name=name), stack, mode) as client:
        assert {tool.name for tool in await _tools(client)} >= OURS
        ours = await client.call_tool("search_drivers", {"may_drive": False, "as_of": "2026-11-22"})
        assert not ours.is_error
        assert ours.structured_content["total"] > 0
        fact = {"requirement": "elp", "obtained_on": "2026-11-20", "driver": ours.structured_content["items"][0]["employee_id"]}
        recorded = await client.call_tool("record_evidence", fact)
        assert not recorded.is_error, recorded.content
        await octocat(client, stand_in)
    assert manager.asked is not None
    assert manager.asked["client"]["name"] == name
    assert storage.tokens is not None
    assert storage.tokens.refresh_token
    expected = {("assistant.call", "dot-copilot/search_drivers"), ("assistant.call", "dot-copilot/record_evidence")}
    expected |= {("evidence.recorded", recorded.structured_content["driver"]["id"])}
    expected |= {("assistant.call", "github/get_me")} if stand_in else set()
    with manager.api() as api:
        assert name in {one["client_name"] for one in api.get("/assistants/connections").json()["items"]}
        for _ in range(50):  # the gateway writes calls down in lumps
            logged = api.get("/audit").json()["items"]
            told = {(entry["action"], entry["subject_id"]) for entry in logged if entry["via"] == f"mcp:{name}"}
            if told >= expected:
                break
            await asyncio.sleep(0.2)
        assert told >= expected


async def test_the_inner_door_is_behind_nothing(stack: Stack) -> None:
    """Our own server is for the gateway: nginx shows it to nobody, whatever the path looks like."""
    ask = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    async with httpx.AsyncClient(trust_env=False) as plain:
        for path in ("/internal/mcp", "/internal/mcp/", "//internal/mcp", "/api/../internal/mcp", "/api/v1/../../internal/mcp"):
            answer = await plain.post(f"{stack.url}{path}", json=ask, headers={"MCP-Protocol-Version": "2025-11-25"})
            assert answer.status_code in {400, 404, 405}, path
            assert "search_drivers" not in answer.text


async def test_a_revoked_connection_stops_at_once(stack: Stack, manager: Person) -> None:
    storage = Memory()
    async with connected(sdk_auth(stack, manager, storage), stack) as client:
        assert not (await client.call_tool("compliance_summary", {})).is_error
    assert storage.tokens is not None
    bearer = {"Authorization": f"Bearer {storage.tokens.access_token}"}
    ask = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    headers = {**bearer, "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}
    with manager.api() as api:
        for one in api.get("/assistants/connections").json()["items"]:
            assert api.delete(f"/assistants/connections/{one['id']}").status_code == 204
    async with httpx.AsyncClient(trust_env=False) as plain:
        refused = await plain.post(f"{stack.url}/mcp", json=ask, headers=headers)
    assert refused.status_code == 401
    assert "resource_metadata=" in refused.headers["www-authenticate"]


async def test_scopes_that_were_not_granted(stack: Stack, manager: Person) -> None:
    """A person may grant less than was asked for: the other tools are not there."""
    auth = sdk_auth(stack, manager, Memory(), grant={"compliance:read"})
    async with connected(auth, stack) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
    assert tools & OURS == {"compliance_summary", "expiring_soon", "explain_requirement"}
    assert not any(name.startswith("github_") for name in tools)


async def test_a_drivers_assistant(stack: Stack) -> None:
    """A driver's assistant reads the own file and what rules ask; it has no other tool of ours, and no GitHub."""
    driver = Person.of(stack.url, stack.account("driver"))
    async with connected(sdk_auth(stack, driver, Memory()), stack) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools & OURS == {"driver_file", "explain_requirement", "record_evidence"}
        assert not any(name.startswith("github_") for name in tools)
        own = await client.call_tool("driver_file", {})
        assert own.structured_content["driver"]["last_name"] in driver.email.title()
        refused = await client.call_tool("search_drivers", {})
        assert refused.is_error
    assert driver.asked is not None
    assert {one["scope"] for one in driver.asked["scopes"] if one["allowed"]}.isdisjoint({"audit:read", "roster:read", "github"})


@pytest.mark.filterwarnings("ignore:Using in-memory token storage")
async def test_fastmcp_client(
    stack: Stack, manager: Person, stand_in: github.StandIn | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FastMCP opens a browser and listens for its answer on this machine; the browser is ours."""
    monkeypatch.setattr(webbrowser, "open", lambda url: threading.Thread(target=manager.browse, args=(url,)).start())
    async with FastMCPClient(f"{stack.url}/mcp", auth=OAuth(client_name="FastMCP proof")) as client:
        tools = {tool.name for tool in await client.list_tools()}
        assert tools >= OURS
        ours = await client.call_tool("expiring_soon", {"requirement": "medical card", "terminal": "Dallas", "days": 60})
        assert ours.structured_content is not None
        assert ours.structured_content["requirements"] == ["mec", "mec_12", "mec_cdlis"]
        await octocat(client, stand_in)


async def test_the_inspectors_command_line(
    stack: Stack, manager: Person, stand_in: github.StandIn | None, tmp_path: Path
) -> None:
    """One command signs in, the next ones use what it stored."""
    if not INSPECTOR.exists() or not NODE.exists():
        pytest.skip("the inspector is not installed: run 'npm ci' in tests/conformance")
    callback = f"http://127.0.0.1:{free_port()}/oauth/callback"

    async def inspect(*words: str) -> dict[str, Any]:
        return await asyncio.to_thread(inspector, stack, manager, tmp_path, callback, *words)

    tools = {tool["name"] for tool in (await inspect("--method", "tools/list"))["tools"]}
    assert tools >= OURS
    asked, manager.asked = manager.asked, None
    assert asked is not None
    ours = await inspect(
        *("--method", "tools/call", "--tool-name", "explain_requirement", "--tool-arg", "requirement=sph", "--stored-auth-only")
    )
    assert ours["structuredContent"]["items"][0]["citations"][0]["cfr"].startswith("49 CFR 391.23")
    if stand_in is not None:
        theirs = await inspect("--method", "tools/call", "--tool-name", "github_get_me", "--stored-auth-only")
        assert "octocat" in json.dumps(theirs)
    assert manager.asked is None, "the stored sign-in was used"
