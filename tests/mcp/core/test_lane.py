"""Calls that arrive whole take the fast lane, and nobody can tell but by the clock."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.mcp.gateway.ports import Refused
from tests.mcp.core.lane_rig import BIG, hostile, served, until, wire
from tests.support.mcp_gateway import Served
from tests.support.mcp_hostile import OK, Hostile
from tests.support.mcp_wire import Wire, post

__all__ = ["hostile", "served", "wire"]


@contextlib.contextmanager
def taken(served: Served) -> Iterator[list[bool]]:
    """Whether the lane took each of the requests it was offered."""
    found: list[bool] = []
    lane: Any = served.gateway.lane
    take = lane.take

    def spy(*given: Any) -> Any:
        flight = take(*given)
        found.append(flight is not None)
        return flight

    lane.take = spy
    try:
        yield found
    finally:
        del lane.take


def test_a_whole_call_takes_the_lane(served: Served, wire: Wire) -> None:
    with taken(served) as found:
        for _ in range(3):
            wire.send(post("fine"))
            got = wire.answer()
            assert (got.status, got.result, got.headers["content-type"]) == (200, OK, "application/json")
    assert found == [True] * 3
    assert [(one.tool, one.outcome) for one in served.guard.calls] == [("fine", "ok")] * 3


@pytest.mark.parametrize("tool", ["pieces", "streams", "big"])
def test_any_answer_of_the_upstream_comes_through(wire: Wire, tool: str, served: Served) -> None:
    wire.send(post(tool))
    got = wire.answer()
    assert got.result in (OK, BIG)
    assert ("notifications/progress" in got.text) == (tool == "streams")
    until(lambda: served.guard.calls[-1].outcome == "ok")
    assert json.loads(served.guard.calls[-1].answer)["result"] == got.result, "what the transcript keeps is what the client got"
    wire.send(post("fine"))
    assert wire.answer().result == OK


REFUSED: dict[str, tuple[dict[str, str], int]] = {
    "name": ({"mcp-name": "slow"}, 400),
    "method": ({"mcp-method": "tools/list"}, 400),
    "version": ({"mcp-protocol-version": "2099-01-01"}, 400),
    "host": ({"host": "evil.example"}, 403),
    "origin": ({"origin": "https://evil.example"}, 403),
    "accept": ({"accept": "application/json"}, 406),
}


@pytest.mark.parametrize("what", list(REFUSED))
def test_what_is_wrong_is_refused_as_everywhere(served: Served, wire: Wire, what: str) -> None:
    headers, status = REFUSED[what]
    with taken(served) as found:
        wire.send(post("fine", 1, **headers))
        assert wire.answer().status == status
    assert found == [False]
    assert served.guard.calls == [], "nothing was called"


def test_limits_policy_and_sign_in_are_asked(served: Served, wire: Wire) -> None:
    guard = served.guard
    try:
        guard.wait = 3.0
        wire.send(post("fine"))
        got = wire.answer()
        assert (got.status, got.headers["retry-after"]) == (429, "3")
        guard.wait = 0.0
        guard.scopes["fine"] = "drivers:read"
        wire.send(post("fine"))
        assert wire.answer().status == 403
        guard.scopes.clear()
        guard.hidden.add("fine")
        wire.send(post("fine"))
        assert wire.answer().result["isError"] is True
        guard.hidden.clear()
        guard.strict = True
        wire.send(post("fine"))
        assert wire.answer().status == 401
    finally:
        guard.wait, guard.strict = 0.0, False
        guard.scopes.clear()
        guard.hidden.clear()


def test_a_call_that_cannot_be_recorded_is_not_made(
    served: Served, wire: Wire, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise Refused(503, "temporarily_unavailable", "the disk is full")

    before = len(hostile.seen)
    log = served.gateway.guard.calls
    monkeypatch.setattr(type(log), "write", lambda _self: full())
    wire.send(post("fine"))
    got = wire.answer()
    assert (got.status, got.headers["retry-after"]) == (503, "2")
    assert "the disk is full" in got.text
    monkeypatch.undo()
    assert len(hostile.seen) == before


@pytest.mark.parametrize("part", ["refusal", "take_at_once"])
def test_a_fault_in_the_lane_is_an_answer(served: Served, wire: Wire, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    def fails(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(type(served.guard), part, fails)
    wire.send(post("fine"))
    assert wire.answer().status == (500 if part == "refusal" else 200)
