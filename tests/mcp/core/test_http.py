"""HTTP as the gateway speaks it with clients: in pieces, in a row, too much, too slow, and with somebody who leaves."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dot_copilot.mcp.gateway.config import parse
from dot_copilot.mcp.gateway.http.protocol import MOST_HEAD_BYTES
from tests.mcp.core.lane_rig import hostile, served, until, wire
from tests.support.mcp_client import modern
from tests.support.mcp_gateway import Served
from tests.support.mcp_hostile import OK, Hostile, chunk
from tests.support.mcp_wire import Wire, post

__all__ = ["hostile", "served", "wire"]


def test_requests_in_one_go_are_answered_in_order(wire: Wire) -> None:
    wire.send(b"".join(post(tool, number) for number, tool in enumerate(["slow", "fine", "streams", "fine", "slow", "fine"])))
    assert [wire.answer().id for _ in range(6)] == list(range(6))


def test_a_request_that_waits_behind_another_is_not_forgotten(wire: Wire) -> None:
    wire.send(post("slow", 1))
    time.sleep(0.1)
    wire.send(post("fine", 2))
    assert [wire.answer().id for _ in range(2)] == [1, 2]


def test_a_client_may_ask_whether_to_send_its_body(wire: Wire) -> None:
    head, _, body = post("fine", expect="100-continue").partition(b"\r\n\r\n")
    wire.send(head + b"\r\n\r\n")
    assert wire.line() == b"HTTP/1.1 100 Continue\r\n"
    assert wire.line() == b"\r\n"
    wire.send(body)
    assert wire.answer().result == OK


def test_a_body_may_come_in_chunks(wire: Wire) -> None:
    headers, body = modern("tools/call", {"name": "fine", "arguments": {}})
    lines = {"host": "localhost", **headers, "transfer-encoding": "chunked"}
    head = "POST /mcp HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    wire.send(head.encode() + chunk(body[:20]) + chunk(body[20:]) + b"0\r\n\r\n")
    assert wire.answer().result == OK


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_connection_that_shall_close_is_closed(wire: Wire, version: str) -> None:
    data = post("fine", connection="close").replace(b"HTTP/1.1", b"HTTP/" + version.encode(), 1)
    wire.send(data)
    got = wire.answer()
    assert (got.result, got.headers["connection"]) == (OK, "close")
    assert wire.closed()


def test_a_head_without_an_end_is_cut_off(wire: Wire) -> None:
    wire.send(b"POST /mcp HTTP/1.1\r\nhost: localhost\r\nx: ")
    with contextlib.suppress(OSError):
        for _ in range(20):
            time.sleep(0.01)
            wire.send(b"y" * (MOST_HEAD_BYTES // 8))
    assert wire.answer().status == 431
    assert wire.closed()


def test_what_is_no_http_after_a_call_is_refused(wire: Wire) -> None:
    wire.send(post("fine"))
    assert wire.answer().result == OK
    wire.send(b"\x16\x03\x01 hello\r\n\r\n")
    assert wire.answer().status == 400
    assert wire.closed()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["fine", "no such", "list", "get", "no json", "empty"]), min_size=1, max_size=5),
    st.lists(st.integers(1, 2000), max_size=6),
)
def test_however_the_bytes_arrive_the_answers_are_the_same(served: Served, kinds: list[str], cuts: list[int]) -> None:
    """Fuzz: requests of all kinds, cut anywhere."""
    data = b"".join(_request(kind, number) for number, kind in enumerate(kinds))
    places = sorted({0, *(cut % len(data) for cut in cuts), len(data)})
    with Wire(served.port) as wire:
        for start, end in itertools.pairwise(places):
            wire.send(data[start:end])
            time.sleep(0.001)
        assert [wire.answer().status for _ in kinds] == [_STATUS[kind] for kind in kinds]


_STATUS = {"fine": 200, "no such": 400, "list": 200, "get": 405, "no json": 400, "empty": 400}


def _request(kind: str, number: int) -> bytes:
    if kind in ("fine", "no such"):
        return post(kind, number)
    headers, body = modern("tools/list", {}, number)
    if kind == "get":
        return b"GET /mcp HTTP/1.1\r\nhost: localhost\r\nmcp-protocol-version: 2026-07-28\r\n\r\n"
    body = {"list": body, "no json": b"{" * len(body), "empty": b""}[kind]
    lines = {"host": "localhost", **headers, "content-length": str(len(body))}
    return ("POST /mcp HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n").encode() + body


# -- clients that leave, rest, or do not read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("tool", "followed"), [("hangs", False), ("streams_on", False), ("streams_on", True)])
def test_a_client_that_leaves_cancels_its_call(served: Served, wire: Wire, tool: str, followed: bool) -> None:
    pool = served.upstreams[0].pool
    with Wire(served.port) as leaver:
        leaver.send(post(tool) + (post("slow", 2) if followed else b""))
        until(lambda: bool(served.guard.calls))
        time.sleep(0.2)
        before = pool.connections
    until(lambda: served.guard.calls[0].outcome == "cancelled")
    until(lambda: pool.connections < before)
    assert len(served.guard.calls) == 1, "what waited behind it is not called"


def test_a_client_that_leaves_after_its_answer_is_no_trouble(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """Neither after the fast lane, nor after the ordinary way."""
    for pieces in (1, 2):
        with Wire(served.port) as leaving:
            request = post("fine")
            middle = len(request) if pieces == 1 else len(request) - 20
            leaving.send(request[:middle])
            time.sleep(0.05)
            leaving.send(request[middle:])
            assert leaving.answer().result == OK
        time.sleep(0.1)
    assert [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")] == []


def test_a_client_that_leaves_at_once_calls_nothing_twice(served: Served, wire: Wire) -> None:
    for _ in range(20):
        with Wire(served.port) as leaver:
            leaver.send(post("fine"))
            leaver.reset()
    until(lambda: all(one.outcome in ("cancelled", "ok") for one in served.guard.calls))
    assert len(served.guard.calls) <= 20


def test_connections_that_rest_are_closed_and_those_that_work_are_not(served: Served) -> None:
    with Wire(served.port) as rests, Wire(served.port) as silent, Wire(served.port) as halting, Wire(served.port) as works:
        rests.send(post("fine"))
        assert rests.answer().result == OK
        halting.send(post("fine")[:40])
        works.send(post("hangs"))
        for one in (rests, silent, halting):
            assert one.closed(seconds=4)
        assert not works.closed(seconds=0.3)


def test_who_does_not_read_is_not_served_without_end(served: Served, hostile: Hostile, wire: Wire) -> None:
    before = len(hostile.seen)
    lazy = socket.socket()
    with lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.connect(("127.0.0.1", served.port))
        lazy.settimeout(1)
        with contextlib.suppress(TimeoutError):
            for _ in range(200):
                lazy.sendall(post("big"))
        time.sleep(0.5)
        assert len(hostile.seen) - before < 40, "the answers wait, and so do the calls"


def test_calls_under_way_are_answered_when_the_process_stops(hostile: Hostile) -> None:
    one = {"name": "one", "transport": "http", "url": hostile.url}
    with Served(parse({"upstream": [one]})) as served, Wire(served.port) as wire, Wire(served.port) as idle:
        idle.send(post("fine"))
        assert idle.answer().result == OK
        wire.send(post("slow"))
        until(lambda: bool(served.guard.calls) and served.guard.calls[-1].tool == "slow")
        served.stop()
        got = wire.answer()
        assert (got.result, got.headers["connection"]) == (OK, "close")
        assert wire.closed()
        assert idle.closed()


def test_calls_that_do_not_end_do_not_keep_the_process(hostile: Hostile) -> None:
    one = {"name": "one", "transport": "http", "url": hostile.url}
    with Served(parse({"upstream": [one]})) as served, Wire(served.port) as wire:
        wire.send(post("hangs"))
        until(lambda: bool(served.guard.calls))
        began = time.monotonic()
        served.stop()
        assert time.monotonic() - began < 5
        assert served.guard.calls[-1].outcome in ("error", "cancelled")


def test_the_helper_counts_right() -> None:
    assert json.loads(post("fine", 5).partition(b"\r\n\r\n")[2])["id"] == 5
