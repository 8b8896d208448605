"""Revision 2026-07-28 through the gateway: routing, guard, cancellation, news, rounds of input, tool search."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from mcp.client import Client as SdkClient

from tests.support.mcp_client import Client, events, message, modern
from tests.support.mcp_gateway import Served


def until(true: Callable[[], Any], seconds: float = 10.0) -> Any:
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)
    return found


def text(answered: dict[str, Any]) -> str:
    return str(answered["result"]["content"][0]["text"])


def test_names_lead_to_their_upstream(client: Client, served: Served) -> None:
    assert text(client.call("second_echo", {"text": "é\u2028"})) == "é\u2028"
    assert text(client.call("second_test_simple_text")) == "the second server's"
    assert text(client.call("test_simple_text")) == "This is a simple text response for testing."
    prompt = client.ask("prompts/get", {"name": "second_greet", "arguments": {"name": "Ana"}}).json()
    assert prompt["result"]["messages"][0]["content"]["text"] == "Greet Ana"
    read = client.ask("resources/read", {"uri": "second://note"}).json()["result"]
    assert (read["contents"][0]["text"], read["cacheScope"]) == ("a note", "private")
    called = [(call.upstream, call.tool, call.outcome) for call in served.guard.calls]
    assert called == [
        ("second", "echo", "ok"),
        ("second", "test_simple_text", "ok"),
        ("everything", "test_simple_text", "ok"),
        ("second", "prompts/get greet", "ok"),
        ("second", "resources/read second://note", "ok"),
    ]
    assert served.guard.calls[0].arguments == json.dumps({"text": "é\u2028"}, ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize("request_id", [0, -5, 2**53, "a", "", "é"])
def test_ids_come_back(client: Client, request_id: Any) -> None:
    assert client.ask("tools/call", {"name": "second_echo", "arguments": {"text": "x"}}, request_id).json()["id"] == request_id
    assert client.ask("tools/list", {}, request_id).json()["id"] == request_id
    assert client.ask("nothing/here", {}, request_id).json()["id"] == request_id


@pytest.mark.asyncio
async def test_the_official_client_is_content(served: Served, client: Client) -> None:
    async with SdkClient(served.url) as sdk:
        names = [tool.name for tool in (await sdk.list_tools()).tools]
        assert {"find_tools", "call_tool", "test_simple_text", "second_echo"} <= set(names)
        result = await sdk.call_tool("second_echo", {"text": "through the SDK"})
        assert result.content[0].text == "through the SDK"  # type: ignore[union-attr]


def test_unknown_names_are_said_so(client: Client, served: Served) -> None:
    for method, params in [
        ("tools/call", {"name": "echo"}),
        ("prompts/get", {"name": "x"}),
        ("resources/read", {"uri": "x://y"}),
    ]:
        answer = client.ask(method, params)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32602)
    assert served.guard.calls == []


def test_without_a_token_the_door_is_shut(client: Client, served: Served) -> None:
    served.guard.ended.add(b"Bearer 1")
    answer = client.ask("tools/list")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    served.guard.strict = True
    lines, body = modern("tools/list")
    answer = httpx.post(client.url, headers=lines, content=body, trust_env=False)
    assert answer.status_code == 401
    assert "error=" not in answer.headers["www-authenticate"]
    assert f'resource_metadata="{served.base}/.well-known/oauth-protected-resource/mcp"' in answer.headers["www-authenticate"]


def test_a_missing_scope_is_named(client: Client, served: Served) -> None:
    served.guard.scopes["echo"] = "audit:read"
    answer = client.ask("tools/call", {"name": "second_echo", "arguments": {}})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert 'scope="audit:read"' in answer.headers["www-authenticate"]
    through = client.ask("tools/call", {"name": "call_tool", "arguments": {"name": "second_echo", "arguments": {}}})
    assert through.status_code == 403
    assert [(call.tool, call.outcome) for call in served.guard.calls] == [("echo", "refused")] * 2, "an attempt is on record too"


def test_what_is_held_back_is_neither_listed_nor_called(client: Client, served: Served) -> None:
    served.guard.hidden.update({"echo", "greet", "second://note"})
    served.guard.version += 1
    assert "second_echo" not in client.ask("tools/list").text
    answered = client.call("second_echo")["result"]
    assert (answered["isError"], answered["content"][0]["text"]) == (True, "echo is held back.")
    assert client.ask("prompts/get", {"name": "second_greet"}).json()["error"]["code"] == -32602
    assert client.ask("resources/read", {"uri": "second://note"}).json()["error"]["code"] == -32602
    attempts = [(call.tool, call.outcome) for call in served.guard.calls]
    assert attempts == [("echo", "refused"), ("greet", "refused"), ("second://note", "refused")]


def test_limits_are_said_with_the_time_to_wait(client: Client, served: Served) -> None:
    served.guard.wait = 7.0
    answer = client.ask("tools/call", {"name": "second_echo", "arguments": {"text": "x"}})
    assert (answer.status_code, answer.json()["error"]["data"]) == (429, {"retryAfter": 7.0})
    assert answer.headers["retry-after"] == "7"
    assert served.guard.calls == []


def test_a_tools_own_error_is_logged_as_one(client: Client, served: Served) -> None:
    assert client.call("test_error_handling")["result"]["isError"] is True
    assert served.guard.calls[-1].outcome == "tool_error"


def test_leaving_is_cancelling(client: Client, served: Served) -> None:
    lines, body = modern("tools/call", {"name": "second_slow", "arguments": {"seconds": 30}})
    upstream = served.upstreams[1]
    with pytest.raises(httpx.ReadTimeout):
        client.http.post(client.url, headers=lines, content=body, timeout=0.4)
    until(lambda: served.guard.calls[-1].outcome == "cancelled", 5)
    until(lambda: upstream.pool.connections <= 3, 5)


def test_progress_arrives_while_the_tool_runs(client: Client) -> None:
    params = {"name": "test_tool_with_progress", "arguments": {}}
    meta = {**json.loads(modern("x")[1])["params"]["_meta"], "progressToken": "p1"}
    response = client.ask("tools/call", {**params, "_meta": meta})
    found = events(response.text)
    assert [one["params"]["progress"] for one in found[:-1]] == [0, 50, 100]
    assert {one["params"]["progressToken"] for one in found[:-1]} == {"p1"}


@contextmanager
def listening(client: Client, notifications: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """An open subscription, and what has arrived on it."""
    found: list[dict[str, Any]] = []
    lines, body = modern("subscriptions/listen", {"notifications": notifications}, "sub-1")
    stop = threading.Event()

    def read() -> None:
        with (
            httpx.Client(trust_env=False, timeout=20) as http,
            http.stream("POST", client.url, headers=lines, content=body) as stream,
        ):
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    found.append(json.loads(line.removeprefix("data:")))
                if stop.is_set():
                    return

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    until(lambda: found)
    yield found
    stop.set()


def test_changed_lists_are_news_to_those_who_asked(client: Client) -> None:
    with listening(client, {"toolsListChanged": True}) as tools, listening(client, {"promptsListChanged": True}) as prompts:
        assert tools[0]["method"] == "notifications/subscriptions/acknowledged"
        assert tools[0]["params"]["notifications"] == {"toolsListChanged": True}
        before = client.ask("tools/list").text
        client.call("test_trigger_tool_change")
        until(lambda: len(tools) == 2)
        assert tools[1]["method"] == "notifications/tools/list_changed"
        assert tools[1]["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "sub-1"
        assert client.ask("tools/list").text != before, "the new list is there when the news arrive"
        assert len(prompts) == 1
        client.call("test_trigger_tool_change")
        until(lambda: len(tools) == 3)


def test_updates_of_a_resource_arrive_from_its_upstream(client: Client) -> None:
    wanted = {"resourceSubscriptions": ["test://watched-resource", "second://note", "no://where"]}
    with listening(client, wanted) as heard:
        honored = heard[0]["params"]["notifications"]["resourceSubscriptions"]
        assert honored == ["test://watched-resource", "second://note"]

        def touched() -> bool:  # the upstream's own subscription may need a moment
            client.call("test_touch_resource")
            return len(heard) > 1

        until(touched)
        assert heard[1]["method"] == "notifications/resources/updated"
        assert heard[1]["params"]["uri"] == "test://watched-resource"
        assert heard[1]["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "sub-1"


STATEFUL = "test_input_required_result_request_state"
CONFIRMED = {"confirm": {"action": "accept", "content": {"ok": True}}}


def test_a_state_comes_back_to_who_gave_it(client: Client) -> None:
    asked = client.call(STATEFUL)["result"]
    assert (asked["resultType"], asked["requestState"][:3]) == ("input_required", "s1.")
    done = client.call(STATEFUL, requestState=asked["requestState"], inputResponses=CONFIRMED)
    assert text(done) == "state-ok: confirmation received"
    through = client.call("call_tool", {"name": STATEFUL})["result"]
    params = {"requestState": through["requestState"], "inputResponses": CONFIRMED}
    assert text(client.call("call_tool", {"name": STATEFUL}, **params)) == "state-ok: confirmation received"


def test_a_state_of_another_request_person_or_maker_is_refused(client: Client, served: Served) -> None:
    state = client.call(STATEFUL)["result"]["requestState"]
    with Client(served.url, bearer=2) as other:
        wrong = [
            other.call(STATEFUL, requestState=state, inputResponses=CONFIRMED),
            client.call("test_input_required_result_multi_round", requestState=state, inputResponses=CONFIRMED),
            client.call(STATEFUL, {"more": 1}, requestState=state, inputResponses=CONFIRMED),
            client.call(STATEFUL, requestState=state[:-4] + "AAAA", inputResponses=CONFIRMED),
            client.call(STATEFUL, requestState="nonce", inputResponses=CONFIRMED),
            client.call(STATEFUL, requestState=5, inputResponses=CONFIRMED),
        ]
    assert [one["error"]["code"] for one in wrong] == [-32602] * len(wrong)
    assert {call.outcome for call in served.guard.calls[1:]} == {"refused"}


def test_tools_are_found_and_called_by_name(client: Client, served: Served) -> None:
    found = client.call("find_tools", {"query": "say what it was told", "limit": 1})["result"]["structuredContent"]
    assert [tool["name"] for tool in found["tools"]] == ["second_echo"]
    assert text(client.call("call_tool", {"name": "second_echo", "arguments": {"text": "found"}})) == "found"
    called = [(call.upstream, call.tool) for call in served.guard.calls]
    assert called == [("gateway", "find_tools"), ("second", "echo")]
    assert client.call("call_tool", {"name": "call_tool"})["error"]["code"] == -32602
    assert client.call("call_tool", {"name": "find_tools", "arguments": {"query": "echo"}})["result"]["isError"] is False


def test_completions_reach_the_prompts_server(client: Client) -> None:
    ref = {"type": "ref/resource", "uri": "test://template/{id}/data"}
    answer = client.ask("completion/complete", {"ref": ref, "argument": {"name": "id", "value": "al"}})
    assert message(answer)["result"]["completion"]["values"] == ["alpha"]
