"""What the gateway counts has a bounded number of names."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.mcp.gateway import figures
from dot_copilot.mcp.gateway.upstreams.base import Exchange
from dot_copilot.mcp.gateway.upstreams.stdio import _within


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "_names", {})


def count(*labels: str) -> float:
    return figures.CALLS.labels(*labels).value


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ("ok", "ok"),
        ("tool_error", "tool_error"),
        ("refused", "refused"),
        ("cancelled", "cancelled"),
        ("error", "failed"),
        ("timeout", "failed"),
    ],
)
def test_outcomes_have_the_words_of_the_dashboards(outcome: Any, word: str) -> None:
    before, timed = count("u", "t", word), figures.SECONDS.labels("u").count
    figures.Called("u", "t").ended(outcome, 0.002)
    assert count("u", "t", word) == before + 1
    assert figures.SECONDS.labels("u").count == timed + 1


def test_an_upstream_with_endless_tools_has_so_many_names_and_others() -> None:
    labels = [figures.label("many", f"tool_{number}") for number in range(figures.TOOLS_PER_UPSTREAM + 50)]
    assert len(set(labels)) == figures.TOOLS_PER_UPSTREAM + 1
    assert labels[-1] == figures.OTHER
    assert figures.label("many", "tool_3") == "tool_3", "who has a name keeps it"
    assert figures.label("few", "tool_999") == "tool_999", "and upstreams do not share the room"


@pytest.mark.parametrize(
    ("noted", "label"),
    [
        ("resources/read test://a/7", "resources/read"),
        ("prompts/get greet", "prompts/get"),
        ("completion/complete greet name", "completion/complete"),
        ("resources/subscribe test://a and 3 more", "resources/subscribe"),
        ("a tool with blanks", "a tool with blanks"),
    ],
)
def test_what_is_no_tool_is_counted_by_its_method(noted: str, label: str) -> None:
    assert figures.label("u", noted) == label


def test_too_many_calls_are_counted() -> None:
    before = count("u", "t", "limited")
    figures.limited("u", "t")
    assert count("u", "t", "limited") == before + 1


def test_a_pipe_carries_the_trace_in_meta() -> None:
    request = Exchange("tools/call", {"name": "x", "_meta": {"progressToken": 1, "traceparent": "the client's"}})
    within = _within(request, {"traceparent": "ours"})
    assert within.params == {"name": "x", "_meta": {"progressToken": 1, "traceparent": "ours"}}
    assert request.params["_meta"]["traceparent"] == "the client's", "the request is as it was"
    assert _within(request, {}) is request


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Claude Code", "claude"),
        ("claude-ai", "claude"),
        ("ChatGPT", "chatgpt"),
        ("Visual Studio Code", "vscode"),
        ("Cursor", "cursor"),
        ("Dana Whitfield's own agent", "other"),
        ("", "other"),
    ],
)
def test_a_client_is_counted_by_its_kind_and_never_by_what_it_calls_itself(name: str, kind: str) -> None:
    assert figures.client_kind(name) == kind


def test_clients_with_endless_names_are_a_few_kinds() -> None:
    names = [f"{word} {number}" for word in ("agent", "claude", "x" * 500) for number in range(500)]
    assert {figures.client_kind(name) for name in names} == {"claude", "other"}
