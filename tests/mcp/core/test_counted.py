"""Completions and subscriptions count and are on record like other calls, in both eras."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from dot_copilot.mcp.gateway.routing.completions import WINDOW_S, Completions
from tests.support.mcp_client import Client, message, modern
from tests.support.mcp_gateway import Served
from tests.support.mcp_guard import OpenGuard, verdict

TEMPLATE = {"type": "ref/resource", "uri": "test://template/{id}/data"}
WATCHED = "test://watched-resource"
Ask = Callable[[Client, str, dict[str, Any]], dict[str, Any]]


def in_modern(client: Client, method: str, params: dict[str, Any]) -> dict[str, Any]:
    return message(client.ask(method, params))


def in_a_session(client: Client, method: str, params: dict[str, Any]) -> dict[str, Any]:
    return client.legacy(client.initialize(), method, params)


def typed(letters: str, argument: str = "id") -> dict[str, Any]:
    return {"ref": TEMPLATE, "argument": {"name": argument, "value": letters}}


@pytest.fixture(params=[in_modern, in_a_session])
def ask(request: pytest.FixtureRequest, served: Served) -> Ask:
    completions: Any = served.gateway.lane._calls._access._completions
    completions._written.clear()
    found: Ask = request.param
    return found


def test_typing_has_one_line(client: Client, served: Served, ask: Ask) -> None:
    for letters in ("a", "al", "alp"):
        assert ask(client, "completion/complete", typed(letters))["result"]["completion"]["values"] == ["alpha"]
    called = [(call.upstream, call.tool, call.outcome) for call in served.guard.calls]
    assert called == [("everything", "completion/complete test://template/{id}/data id", "ok")]


def test_too_many_completions_are_refused(client: Client, served: Served, ask: Ask) -> None:
    served.guard.wait = 2.0
    answered = ask(client, "completion/complete", typed("a"))
    assert answered["error"]["code"] == -32000
    assert served.guard.calls == []


def test_each_letter_is_limited_even_if_it_has_no_line(client: Client, served: Served, ask: Ask) -> None:
    ask(client, "completion/complete", typed("a"))
    served.guard.wait = 2.0
    assert ask(client, "completion/complete", typed("al"))["error"]["code"] == -32000
    assert len(served.guard.calls) == 1


@pytest.mark.parametrize("method", ["resources/subscribe", "resources/unsubscribe"])
def test_subscriptions_of_a_session_are_recorded_and_limited(client: Client, served: Served, method: str) -> None:
    session = client.initialize()
    assert client.legacy(session, method, {"uri": WATCHED})["result"] == {}
    assert [(call.tool, call.outcome) for call in served.guard.calls] == [(f"{method} {WATCHED}", "ok")]
    served.guard.wait = 2.0
    assert client.legacy(session, method, {"uri": WATCHED})["error"]["code"] == -32000
    assert len(served.guard.calls) == 1


def test_a_stream_of_updates_is_recorded_and_limited(client: Client, served: Served) -> None:
    params = {"notifications": {"resourceSubscriptions": [WATCHED, "second://note", "no://where"]}}
    headers, body = modern("subscriptions/listen", params, "sub-1")
    with client.http.stream("POST", client.url, headers=headers, content=body) as stream:
        assert next(stream.iter_lines())
    called = sorted((call.upstream, call.tool, call.outcome) for call in served.guard.calls)
    assert called == [
        ("everything", f"resources/subscribe {WATCHED}", "ok"),
        ("second", "resources/subscribe second://note", "ok"),
    ]
    served.guard.wait = 2.0
    answer = client.ask("subscriptions/listen", params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, -32000)


# -- one line for a minute ---------------------------------------------------------------------------------------------------


def test_a_line_stands_for_a_minute_and_for_one_argument_of_one_person() -> None:
    now, guard = [100.0], OpenGuard()
    completions = Completions(guard.guard().calls, clock=lambda: now[0])
    one, other = verdict(1), verdict(2)

    def typing(who: Any, subject: str) -> int:
        completions.begin(who, "u", subject, b"{}").end("ok")
        return len(guard.calls)

    assert [typing(one, "a"), typing(one, "a"), typing(one, "b"), typing(other, "a"), typing(one, "a")] == [1, 1, 2, 3, 3]
    now[0] += WINDOW_S
    assert typing(one, "a") == 4


def test_what_fails_has_a_line_each_time() -> None:
    guard = OpenGuard()
    completions = Completions(guard.guard().calls)
    for outcome in ("ok", "error", "cancelled", "timeout"):
        completions.begin(verdict(), "u", "a", b"{}").end(outcome, None)
    assert [call.outcome for call in guard.calls] == ["ok", "error", "timeout"]


def test_it_forgets_who_typed_long_ago() -> None:
    guard = OpenGuard()
    completions = Completions(guard.guard().calls)
    began = time.monotonic()
    for number in range(10_100):
        completions.begin(verdict(), "u", f"a{number}", b"{}").end("ok")
    assert len(completions._written) == 10_000
    assert time.monotonic() - began < 5
