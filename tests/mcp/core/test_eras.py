"""Clients and upstreams of different eras: the gateway translates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import parse
from tests.support.mcp_client import ACCEPT, META, Client, events, message
from tests.support.mcp_gateway import Served, fixture_server


def served_by(url: str) -> Served:
    return Served(parse({"upstream": [{"name": "one", "transport": "http", "url": url, "prefix": "one"}]}))


@pytest.fixture(scope="module")
def old() -> Iterator[Client]:
    """A gateway before a server of 2025-11-25."""
    with fixture_server("everything", "--era", "legacy") as url, served_by(url) as served, Client(served.url) as client:
        assert served.upstreams[0].era == "legacy"
        yield client


@pytest.fixture(scope="module")
def new() -> Iterator[Client]:
    """A gateway before a server of 2026-07-28 alone."""
    with fixture_server("everything", "--era", "modern") as url, served_by(url) as served, Client(served.url) as client:
        yield client


@pytest.fixture(params=["old", "new"])
def client(request: pytest.FixtureRequest) -> Client:
    found: Client = request.getfixturevalue(request.param)
    return found


def text(answered: dict[str, Any]) -> str:
    return str(answered["result"]["content"][0]["text"])


def test_both_kinds_of_clients_are_served(client: Client) -> None:
    call = {"name": "one_test_simple_text", "arguments": {}}
    modern = message(client.ask("tools/call", call))
    assert (text(modern)[:15], modern["result"]["resultType"]) == ("This is a simpl", "complete")
    session = client.initialize()
    legacy = client.legacy(session, "tools/call", call)
    assert text(legacy) == text(modern)
    read = message(client.ask("resources/read", {"uri": "test://template/7/data"}))["result"]
    assert (json.loads(read["contents"][0]["text"])["id"], read["cacheScope"]) == ("7", "private")
    assert client.legacy(session, "resources/read", {"uri": "test://static-text"})["result"]["contents"]
    prompt = {"name": "one_test_prompt_with_arguments", "arguments": {"arg1": "a", "arg2": "b"}}
    assert "arg1='a'" in json.dumps(message(client.ask("prompts/get", prompt)))
    assert "arg1='a'" in json.dumps(client.legacy(session, "prompts/get", prompt))


def test_progress_crosses_the_eras(client: Client) -> None:
    params = {"name": "one_test_tool_with_progress", "arguments": {}}
    found = events(client.ask("tools/call", {**params, "_meta": {**META, "progressToken": "p"}}).text)
    assert [one["params"]["progress"] for one in found[:-1]] == [0, 50, 100]
    assert {one["params"]["progressToken"] for one in found[:-1]} == {"p"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {**params, "_meta": {"progressToken": 9}}}
    found = events(client.raw(call, client.initialize()).text)
    assert [one["params"]["progress"] for one in found if one.get("method") == "notifications/progress"] == [0, 50, 100]
    assert {one["params"]["progressToken"] for one in found if "method" in one} == {9}


def test_errors_cross_the_eras(client: Client) -> None:
    assert client.call("one_test_error_handling")["result"]["isError"] is True
    session = client.initialize()
    assert client.legacy(session, "tools/call", {"name": "one_test_error_handling"})["result"]["isError"] is True
    bad = {"name": "one_test_prompt_with_arguments", "arguments": {}}
    assert "error" in message(client.ask("prompts/get", bad))
    assert "error" in client.legacy(session, "prompts/get", bad)


def test_rounds_of_input_become_questions_in_a_session(new: Client) -> None:
    session = new.initialize(capabilities={"elicitation": {"form": {}}, "sampling": {}, "roots": {}})
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "one_test_input_required_result_multi_round"}}
    given = iter([{"name": "Ana"}, {"color": "blue"}])
    seen = []
    with new.http.stream("POST", new.url, headers={**ACCEPT, "mcp-session-id": session}, json=call) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data:"):
                continue
            seen.append(json.loads(line.removeprefix("data:")))
            if seen[-1].get("method") == "elicitation/create":
                answer = {"jsonrpc": "2.0", "id": seen[-1]["id"], "result": {"action": "accept", "content": next(given)}}
                with Client(new.url) as answerer:
                    assert answerer.raw(answer, session).status_code == 202
    assert text(seen[-1]) == "Ana likes blue."
    assert len(seen) == 3


def test_a_lost_session_with_an_old_server_is_opened_again() -> None:
    with fixture_server("second", "--era", "legacy") as first_life, served_by(first_life) as served, Client(served.url) as client:
        assert text(client.call("one_slow", {"seconds": 0})) == "call 1"
        with fixture_server("second", "--era", "legacy") as second_life:
            pool = served.upstreams[0].pool
            pool._places[0].port = int(second_life.split(":")[2].split("/")[0])
            pool._idle.clear()
            assert text(client.call("one_slow", {"seconds": 0})) == "call 1", "another process, and it ran once"
