"""Sessions of revision 2025-11-25: any process serves any session, questions find their way back, streams resume."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from dot_copilot.mcp.gateway.legacy.ids import unwrap_event
from tests.support.mcp_client import ACCEPT, Client, events
from tests.support.mcp_gateway import Served, fixture_server, two_upstreams

ABLE: dict[str, Any] = {"sampling": {}, "elicitation": {}, "roots": {}}


def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)
    return found


def text(answered: dict[str, Any]) -> str:
    return str(answered["result"]["content"][0]["text"])


@pytest.fixture
def other(everything: str, second: str) -> Iterator[Served]:
    """Another process of the same gateway."""
    with Served(two_upstreams(everything, second)) as served:
        yield served


def test_a_session_has_everything_of_every_upstream(client: Client, served: Served) -> None:
    session = client.initialize()
    tools = client.legacy(session, "tools/list")["result"]
    assert {"find_tools", "second_echo", "test_simple_text"} <= {tool["name"] for tool in tools["tools"]}
    assert "ttlMs" not in tools
    assert text(client.legacy(session, "tools/call", {"name": "second_echo", "arguments": {"text": "a"}})) == "a"
    assert text(client.legacy(session, "tools/call", {"name": "test_simple_text"})).startswith("This is a simple")
    inner = {"name": "call_tool", "arguments": {"name": "second_echo", "arguments": {"text": "b"}}}
    assert text(client.legacy(session, "tools/call", inner)) == "b"
    assert (
        client.legacy(session, "tools/call", {"name": "find_tools", "arguments": {"query": "echo"}})["result"]["isError"] is False
    )
    assert client.legacy(session, "ping")["result"] == {}
    prompt = client.legacy(session, "prompts/get", {"name": "second_greet", "arguments": {"name": "Bo"}})
    assert prompt["result"]["messages"][0]["content"]["text"] == "Greet Bo"
    ref = {"type": "ref/prompt", "name": "second_greet"}
    completed = client.legacy(session, "completion/complete", {"ref": ref, "argument": {"name": "name", "value": ""}})
    assert "result" in completed or completed["error"]["code"] == -32601
    *others, completion = served.guard.calls
    assert {call.outcome for call in others} == {"ok"}
    assert (completion.tool, completion.outcome) == ("completion/complete greet name", "error"), "this upstream has none"


@pytest.mark.parametrize("version", ["2025-03-26", "2025-06-18", "2025-11-25"])
def test_each_revision_is_agreed_to(client: Client, version: str) -> None:
    session = client.initialize(version)
    assert text(client.legacy(session, "tools/call", {"name": "second_echo", "arguments": {"text": version}})) == version


def test_a_version_nobody_knows_is_answered_with_ours(client: Client) -> None:
    params = {"protocolVersion": "1999-01-01", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    answer = client.raw({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    assert answer.json()["result"]["protocolVersion"] == "2025-11-25"


def test_unknown_things_are_errors_of_the_request(client: Client) -> None:
    session = client.initialize()
    assert client.legacy(session, "tools/call", {"name": "nobody"})["error"]["code"] == -32602
    assert client.legacy(session, "resources/read", {"uri": "no://where"})["error"]["code"] == -32002
    assert client.legacy(session, "no/method")["error"]["code"] == -32601
    assert client.legacy(session, "logging/setLevel", {"level": "loud"})["error"]["code"] == -32602
    assert client.legacy(session, "tools/list", {"cursor": "x"})["error"]["code"] == -32602


def test_the_guard_stands_before_sessions_too(client: Client, served: Served) -> None:
    session = client.initialize()
    served.guard.scopes["echo"] = "audit:read"
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "second_echo", "arguments": {}}}
    assert client.raw(call, session).status_code == 403
    served.guard.scopes.clear()
    served.guard.hidden.add("echo")
    assert client.raw(call, session).json()["result"]["isError"] is True
    served.guard.hidden.clear()
    served.guard.wait = 3.0
    assert client.raw(call, session).status_code == 429
    served.guard.ended.add(b"Bearer 1")
    assert client.raw(call, session).status_code == 401
    assert [call.outcome for call in served.guard.calls] == ["refused", "refused"], "the scope and the held tool"


def test_a_session_is_served_by_any_process_and_by_its_owner_only(client: Client, served: Served, other: Served) -> None:
    session = client.initialize()
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    call = {"name": "second_echo", "arguments": {"text": "there"}}
    with Client(other.url) as elsewhere, Client(served.url, bearer=2) as stranger:
        assert text(elsewhere.legacy(session, "tools/call", call)) == "there"
        assert stranger.raw(ping, session).status_code == 404
        assert elsewhere.raw(ping, session[:-3] + "AAA").status_code == 404
        assert elsewhere.raw(ping, "made-up").status_code == 404
        assert elsewhere.raw(ping).status_code == 400


def test_an_ended_session_is_unknown(client: Client) -> None:
    session = client.initialize()
    assert client.http.delete(client.url, headers={"mcp-session-id": session}).status_code == 200
    assert client.raw({"jsonrpc": "2.0", "id": 1, "method": "ping"}, session).status_code == 404


def test_an_upstream_that_forgot_its_session_gets_another(everything: str) -> None:
    with (
        fixture_server("second") as first_life,
        Served(two_upstreams(everything, first_life)) as served,
        Client(served.url) as client,
    ):
        session = client.initialize()
        with fixture_server("second") as second_life:
            upstream = served.upstreams[1]
            upstream.pool._places[0].port = int(second_life.split(":")[2].split("/")[0])
            upstream.pool._idle.clear()
            call = {"name": "second_slow", "arguments": {"seconds": 0}}
            assert text(client.legacy(session, "tools/call", call)) == "call 1", "the call ran once"
            assert text(client.legacy(session, "tools/call", call)) == "call 2"


@contextmanager
def standing(client: Client, session: str, last: str = "") -> Iterator[tuple[list[dict[str, Any]], list[str]]]:
    """An open GET stream: its messages and event ids."""
    found: list[dict[str, Any]] = []
    ids: list[str] = []
    opened = threading.Event()
    headers = {"accept": "text/event-stream", "mcp-session-id": session, "authorization": "Bearer 1"}

    def read() -> None:
        lines = {**headers, **({"last-event-id": last} if last else {})}
        with httpx.Client(trust_env=False, timeout=20) as http, http.stream("GET", client.url, headers=lines) as stream:
            assert stream.status_code == 200
            for line in stream.iter_lines():
                opened.set()
                if line.startswith("id:"):
                    ids.append(line.removeprefix("id:").strip())
                if line.startswith("data:") and line.removeprefix("data:").strip():
                    found.append(json.loads(line.removeprefix("data:")))

    threading.Thread(target=read, daemon=True).start()
    assert opened.wait(10)
    yield found, ids


def test_news_of_all_upstreams_come_on_one_stream(client: Client) -> None:
    session = client.initialize()
    with standing(client, session) as (found, _):

        def touched() -> bool:  # the upstream's stream may need a moment to open
            client.legacy(session, "tools/call", {"name": "test_touch_resource"})
            return any(one["method"] == "notifications/resources/updated" for one in found)

        until(touched)
        client.legacy(session, "tools/call", {"name": "test_trigger_tool_change"})
        until(lambda: any(one["method"] == "notifications/tools/list_changed" for one in found))
        client.legacy(session, "tools/call", {"name": "test_trigger_tool_change"})


@pytest.mark.parametrize("answering", ["here", "elsewhere"])
def test_a_question_goes_to_the_client_and_its_answer_back(client: Client, other: Served, answering: str) -> None:
    session = client.initialize(capabilities=ABLE)
    call = {
        "jsonrpc": "2.0",
        "id": "q",
        "method": "tools/call",
        "params": {"name": "test_sampling", "arguments": {"prompt": "2+2?"}},
    }
    asked: list[dict[str, Any]] = []
    with client.http.stream("POST", client.url, headers={**ACCEPT, "mcp-session-id": session}, json=call) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data:") or not line.removeprefix("data:").strip():
                continue
            asked.append(json.loads(line.removeprefix("data:")))
            if asked[-1].get("method") == "sampling/createMessage":
                assert asked[-1]["id"].startswith("everything.")
                result = {"role": "assistant", "content": {"type": "text", "text": "4"}, "model": "m"}
                with Client(client.url if answering == "here" else other.url) as answerer:
                    answer = {"jsonrpc": "2.0", "id": asked[-1]["id"], "result": result}
                    assert answerer.raw(answer, session).status_code == 202
    assert asked[-1]["id"] == "q"
    assert text(asked[-1]) == "LLM response: 4"


def test_an_answer_nobody_asked_for_is_taken_and_forgotten(client: Client) -> None:
    session = client.initialize()
    for made_up in ("everything.n.5", "nowhere.s.x", "x", 7):
        assert client.raw({"jsonrpc": "2.0", "id": made_up, "result": {}}, session).status_code == 202
    assert client.legacy(session, "ping")["result"] == {}


def test_a_request_can_be_cancelled(client: Client, served: Served) -> None:
    session = client.initialize()
    call = {"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": {"name": "second_slow", "arguments": {"seconds": 20}}}
    started = time.monotonic()

    def cancel() -> None:
        until(lambda: served.guard.calls)
        time.sleep(0.3)
        with Client(client.url) as another:
            note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 77}}
            another.raw(note, session)

    threading.Thread(target=cancel, daemon=True).start()
    answered = events(client.raw(call, session).text)
    assert "error" in answered[-1]
    assert time.monotonic() - started < 10
    until(lambda: served.guard.calls[-1].outcome is not None)


def test_a_stream_that_was_closed_is_resumed_where_it_stopped(client: Client, other: Served) -> None:
    session = client.initialize()
    call = {"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": {"name": "test_reconnection"}}
    first = client.raw(call, session).text
    ids = [line.removeprefix("id:").strip() for line in first.splitlines() if line.startswith("id:")]
    place = unwrap_event(ids[-1].encode())
    assert place is not None
    assert (place.standing, list(place.last)) == (False, ["everything"])
    assert not any(one.get("id") == 5 for one in events(first))
    headers = {"accept": "text/event-stream", "mcp-session-id": session, "last-event-id": ids[-1]}
    with Client(other.url) as elsewhere:
        rest = elsewhere.http.get(elsewhere.url, headers=headers).text
    answered = [one for one in events(rest) if one.get("id") == 5]
    assert [text(one) for one in answered] == ["Reconnection test completed"]


def test_a_place_that_is_not_ours_is_refused(client: Client) -> None:
    session = client.initialize()
    headers = {"accept": "text/event-stream", "mcp-session-id": session}
    assert client.http.get(client.url, headers={**headers, "last-event-id": "5"}).status_code == 400
    assert client.http.get(client.url, headers={**headers, "accept": "application/json"}).status_code == 406
    assert client.http.get(client.url, headers={"accept": "text/event-stream"}).status_code == 400
    assert client.http.put(client.url, headers=headers).status_code == 405
