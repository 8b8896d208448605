"""An upstream that lies, stalls or floods: the client gets a correct error each time, and the gateway goes on."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.mcp.gateway.config import parse
from tests.support.mcp_client import Client
from tests.support.mcp_gateway import Served
from tests.support.mcp_hostile import OK, STREAM, Behaviour, Hostile, Writer, answer, chunk, event, http

LIMIT = 64 * 1024
Message = dict[str, Any]


def sends(*pieces: bytes, close: bool = False) -> Behaviour:
    """Sends bytes, and closes or not."""

    async def behave(message: Message, writer: Writer) -> None:
        for piece in pieces:
            writer.write(piece)
        await writer.drain()
        if close:
            writer.close()

    return behave


def replies(change: Message, kind: str = "application/json", status: str = "200 OK") -> Behaviour:
    """Answers with a message that has been changed."""

    async def behave(message: Message, writer: Writer) -> None:
        whole = {"jsonrpc": "2.0", "id": message["id"], "result": OK, **change}
        body = {key: value for key, value in whole.items() if value is not ...}
        writer.write(http(json.dumps(body).encode(), status, kind))

    return behave


def streams(*messages: Any, finish: bool = True) -> Behaviour:
    """Streams messages; "own" stands for the right answer."""

    async def behave(message: Message, writer: Writer) -> None:
        writer.write(STREAM)
        for one in messages:
            writer.write(event({"jsonrpc": "2.0", "id": message["id"], "result": OK} if one == "own" else one))
        writer.write(b"0\r\n\r\n" if finish else b"")

    return behave


async def hangs(message: Message, writer: Writer) -> None:
    await asyncio.sleep(30)


async def stalls(message: Message, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
    await asyncio.sleep(30)


async def drips(message: Message, writer: Writer) -> None:
    """A byte now and then: never idle, never done."""
    writer.write(STREAM)
    while True:
        writer.write(chunk(b": .\n\n"))
        await writer.drain()
        await asyncio.sleep(0.2)


async def floods(message: Message, writer: Writer) -> None:
    """A body without an end, and without a length."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(10_000):
        writer.write(chunk(b" " * 16_384))
        await writer.drain()


NOTE = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}}
NEWS = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
LOG = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "unasked"}}
QUESTION = {"jsonrpc": "2.0", "id": 9, "method": "sampling/createMessage", "params": {}}
BROKEN: dict[str, Behaviour] = {
    "no_http": sends(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "closes": sends(close=True),
    "half": sends(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{", close=True),
    "no_json": sends(http(b"<html>")),
    "html": sends(http(b"<html>", kind="text/html")),
    "array": sends(http(b"[]")),
    "no_utf8": sends(http(b'{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"\xff"}]}}')),
    "deep": sends(http(b'{"jsonrpc":"2.0","id":1,"result":' + b"[" * 30_000 + b"]" * 30_000 + b"}")),
    "deep_state": sends(http(b'{"jsonrpc":"2.0","id":1,"result":{"requestState":1,"x":' + b"[" * 3000 + b"]" * 3000 + b"}}")),
    "wrong_id": replies({"id": 777}),
    "id_as_text": replies({"id": "1"}),
    "no_id": replies({"id": ...}),
    "both": replies({"error": {"code": 1, "message": "x"}}),
    "neither": replies({"result": ...}),
    "asks": replies({"method": "roots/list"}),
    "server_error": sends(http(b"oops", "500 Internal Server Error", "text/plain")),
    "redirect": sends(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"),
    "many_headers": sends(b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n"),
    "stream_wrong_id": streams({"jsonrpc": "2.0", "id": 777, "result": OK}),
    "stream_no_json": sends(STREAM + chunk(b"data: {\n\n") + b"0\r\n\r\n"),
    "stream_ends": streams(NOTE),
    "stream_cut": sends(STREAM + event(NOTE), close=True),
}


@pytest.fixture(scope="module")
def hostile() -> Iterator[Hostile]:
    good: dict[str, Behaviour] = {
        "fine": replies({}),
        "big": sends(http(b" " * (LIMIT + 1))),
        "floods": floods,
        "big_event": sends(STREAM + chunk(b"data: " + b"x" * (LIMIT + 100))),
        "hangs": hangs,
        "stalls": stalls,
        "drips": drips,
        "refuses": sends(http(b"{}", "401 Unauthorized")),
        "asks_in_stream": streams(NOTE, QUESTION, NEWS, LOG, "own"),
        "after_the_end": streams("own", {"jsonrpc": "2.0", "id": 1, "result": {"content": []}}),
        "null_error": replies(
            {"id": None, "result": ..., "error": {"code": -32700, "message": "what?"}}, status="400 Bad Request"
        ),
    }
    with Hostile({**BROKEN, **good}) as hostile:
        yield hostile


@pytest.fixture(scope="module")
def served(hostile: Hostile) -> Iterator[Served]:
    timeouts = {"connect": 0.5, "first_byte": 1.0, "idle": 0.7, "total": 4.0}
    upstream = {
        "name": "bad",
        "transport": "http",
        "url": hostile.url,
        "prefix": "bad",
        "timeouts": timeouts,
        "max_result_bytes": LIMIT,
    }
    with Served(parse({"upstream": [upstream]})) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with Client(served.url) as client:
        yield client
        assert client.call("bad_fine")["result"] == OK, "the gateway goes on"
        assert all(call.outcome is not None for call in served.guard.calls), "every call is logged to its end"


@pytest.mark.parametrize("name", list(BROKEN))
def test_an_answer_that_is_none_is_an_error(client: Client, hostile: Hostile, served: Served, name: str) -> None:
    before = len(hostile.seen)
    answered = client.call(f"bad_{name}")
    assert answered["id"] == 1
    assert answered["error"]["code"] == -32603
    assert answered["error"]["data"] == {"upstream": "bad", "reason": "broken"}
    assert len(hostile.seen) == before + 1, "a call that may have run is never sent again"
    assert served.guard.calls[-1].outcome == "error"


@pytest.mark.parametrize("name", ["big", "floods", "big_event"])
def test_too_much_is_cut_off(client: Client, name: str) -> None:
    assert client.call(f"bad_{name}")["error"]["data"]["reason"] == "too_large"


@pytest.mark.parametrize(("name", "least", "most"), [("hangs", 0.9, 3.8), ("stalls", 0.6, 3.8), ("drips", 3.8, 9.0)])
def test_each_timeout_is_its_own(client: Client, served: Served, name: str, least: float, most: float) -> None:
    started = time.monotonic()
    assert client.call(f"bad_{name}")["error"]["data"]["reason"] == "timeout"
    assert least < time.monotonic() - started < most
    assert served.guard.calls[-1].outcome == "timeout"


def test_a_refused_credential_is_said_so(client: Client) -> None:
    assert client.call("bad_refuses")["error"]["data"]["reason"] == "refused"


def test_a_question_inside_an_answer_is_not_passed_on(client: Client) -> None:
    response = client.ask("tools/call", {"name": "bad_asks_in_stream", "arguments": {}})
    assert "sampling" not in response.text
    assert "list_changed" not in response.text
    assert "unasked" not in response.text
    assert "notifications/progress" in response.text
    assert client.call("bad_asks_in_stream")["result"] == OK


def test_nothing_follows_the_answer(client: Client) -> None:
    assert client.call("bad_after_the_end")["result"] == OK


def test_an_error_without_an_id_gets_the_requests(client: Client) -> None:
    answered = client.ask("tools/call", {"name": "bad_null_error", "arguments": {}})
    assert (answered.status_code, answered.json()["id"], answered.json()["error"]["code"]) == (400, 1, -32700)


def test_endless_pages_do_not_end_the_gateway() -> None:
    with Hostile({"fine": replies({})}) as hostile:
        hostile.endless = True
        other = {"name": "bad", "transport": "http", "url": hostile.url, "max_pages": 5}
        with Served(parse({"upstream": [other]})) as served, Client(served.url) as client:
            assert served.guard.states == {"bad": "down"}
            listed = client.ask("tools/list").json()["result"]["tools"]
            assert [one["name"] for one in listed] == ["find_tools", "call_tool"]


def test_an_upstream_that_is_down_takes_nobody_with_it() -> None:
    with Hostile({"fine": replies({})}) as hostile:
        down = {"name": "down", "transport": "http", "url": "http://127.0.0.1:9/mcp", "prefix": "down"}
        there = {"name": "there", "transport": "http", "url": f"http://127.0.0.1:9/mcp,{hostile.url}"}
        with Served(parse({"upstream": [down, there]})) as served, Client(served.url) as client:
            assert served.guard.states == {"down": "down", "there": "ready"}
            assert client.call("fine")["result"] == OK
            assert client.call("down_fine")["error"]["code"] == -32602


def test_the_last_good_lists_stay_while_an_upstream_is_away() -> None:
    with Hostile({"fine": replies({})}) as hostile:
        one = {"name": "one", "transport": "http", "url": hostile.url, "refresh": 0.3}
        with Served(parse({"upstream": [one]})) as served, Client(served.url) as client:
            hostile.tools = "not a list"  # type: ignore[assignment]
            _until(lambda: served.guard.states["one"] == "down")
            assert "fine" in [tool["name"] for tool in client.ask("tools/list").json()["result"]["tools"]]
            hostile.tools = [{"name": "fine", "description": "changed", "inputSchema": {}}]
            _until(lambda: "changed" in client.ask("tools/list").text)


def _until(true: Any, seconds: float = 10.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)


def test_the_answer_helper_is_right() -> None:
    assert b'"id": 5' in answer({"id": 5}, OK)
