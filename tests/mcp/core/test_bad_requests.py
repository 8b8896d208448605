"""Malformed, contradicting, too large and too slow requests: a correct error each, and the gateway goes on."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.mcp_client import META, VERSION, Client, modern
from tests.support.mcp_gateway import Served

ECHO = {"name": "second_echo", "arguments": {"text": "hi"}}


def still_there(client: Client) -> bool:
    return bool(client.call("second_echo", {"text": "hi"})["result"]["content"][0]["text"] == "hi")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b'{"a": NaN}', -32700),
        (b"[" * 100_0 + b"]" * 100_0, -32700),
        (b"[]", -32600),
        (b"5", -32600),
        (b'"x"', -32600),
        (b"null", -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "x"}', -32600),
        (b'[{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}]', -32600),
    ],
)
@pytest.mark.parametrize("era", ["modern", "legacy"])
def test_what_is_no_message_is_refused(client: Client, body: bytes, code: int, era: str) -> None:
    headers = {"mcp-protocol-version": VERSION} if era == "modern" else {}
    answer = client.raw(body, **headers)
    assert answer.status_code == 400
    assert answer.json()["id"] is None
    assert answer.json()["error"]["code"] in (code, -32600)
    assert still_there(client)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["jsonrpc", "id", "method", "params", "_meta", "name", "arguments", "result"]), inner, max_size=6
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(["tools/call", "tools/list", "prompts/get", "resources/read", "completion/complete", "server/discover", "x"]),
    st.booleans(),
)
def test_no_message_makes_it_fail(client: Client, value: Any, method: str, framed: bool) -> None:
    """Fuzz: whatever arrives, the answer is JSON-RPC or empty, and never a 5xx."""
    message = value
    if framed:
        params = {"_meta": META, **(value if isinstance(value, dict) else {"name": value, "uri": value, "ref": value})}
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    body = json.dumps(message, allow_nan=True).encode()
    for headers in ({"mcp-protocol-version": VERSION, "mcp-method": method, "mcp-name": "x"}, {}):
        answer = client.raw(body, **headers)
        assert answer.status_code < 500, answer.text
        assert answer.status_code == 202 or "error" in answer.json() or "result" in answer.json()


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"mcp_method": "tools/list"}, -32020),
        ({"mcp_method": ""}, -32020),
        ({"mcp_name": "second_slow"}, -32020),
        ({"mcp_name": ""}, -32020),
        ({"mcp_protocol_version": "2099-01-01"}, -32020),
    ],
)
def test_headers_that_contradict_the_body_are_refused(client: Client, served: Served, headers: dict[str, str], code: int) -> None:
    answer = client.ask("tools/call", ECHO, **headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert served.guard.calls == [], "nothing was called"


def test_a_name_said_twice_is_refused(client: Client) -> None:
    headers, body = modern("tools/call", ECHO)
    pairs = [*headers.items(), ("mcp-name", "second_slow")]
    answer = client.http.post(client.url, headers=pairs, content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32020)


def test_a_key_said_twice_means_the_same_to_everybody(client: Client) -> None:
    """The upstream gets the message as the gateway read it, so that it cannot read another name out of it."""
    headers, body = modern("tools/call", ECHO)
    doubled = body.replace(b'"name": "second_echo"', b'"name": "second_slow", "name": "second_echo"')
    answer = client.http.post(client.url, headers=headers, content=doubled)
    assert answer.json()["result"]["content"][0]["text"] == "hi"


def test_a_modern_body_without_its_header_is_refused(client: Client) -> None:
    answer = client.ask("tools/call", ECHO, mcp_protocol_version="")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32020)


def test_an_argument_header_that_contradicts_its_argument_is_refused(client: Client) -> None:
    call = {"name": "test_x_mcp_header", "arguments": {"region": "north"}}
    assert client.ask("tools/call", call, mcp_param_region="north").json()["result"]["content"][0]["text"] == "region=north"
    answer = client.ask("tools/call", call, mcp_param_region="south")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32020)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "HEAD"])
def test_only_posts_are_taken(client: Client, method: str) -> None:
    answer = client.http.request(method, client.url, headers={"mcp-protocol-version": VERSION})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_client_that_takes_no_stream_is_refused(client: Client) -> None:
    assert client.ask("tools/list", accept="application/json").status_code == 406
    assert client.ask("tools/list", accept="*/*").status_code == 200


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "https://evil.example"}, {"origin": "null"}])
def test_foreign_hosts_and_origins_are_refused(client: Client, headers: dict[str, str]) -> None:
    assert client.ask("tools/list", {}, 1, **headers).status_code == 403
    assert client.ask("tools/list", origin="http://localhost:6274").status_code == 200


def test_ten_megabytes_are_refused_at_once(client: Client) -> None:
    big = b'{"a": "' + b"x" * 10_000_000 + b'"}'
    with contextlib.suppress(httpx.WriteError):  # it may hang up before all has been sent
        assert client.raw(big, **{"mcp-protocol-version": VERSION}).status_code == 413
    assert client.http.post(client.url, headers={**META_HEADERS}, content=iter([b"x" * 40_000] * 5)).status_code == 413
    assert still_there(client)


META_HEADERS = {"mcp-protocol-version": VERSION, "accept": "application/json, text/event-stream"}
HEAD = (
    f"POST /mcp HTTP/1.1\r\nhost: localhost\r\nmcp-protocol-version: {VERSION}\r\naccept: application/json, text/event-stream\r\n"
)


def test_a_body_that_comes_too_slowly_is_refused(served: Served, client: Client) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.sendall(HEAD.encode() + b"content-length: 1000\r\n\r\n{")
        started = time.monotonic()
        slow.settimeout(5)
        assert b" 408 " in slow.recv(4096)[:20]
        assert 0.8 < time.monotonic() - started < 5
    assert still_there(client)


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(served: Served, client: Client) -> None:
    for piece in (HEAD[:20], HEAD, HEAD + "content-length: 1000\r\n\r\n{"):
        with socket.create_connection(("127.0.0.1", served.port)) as half:
            half.sendall(piece.encode())
            half.shutdown(socket.SHUT_WR)
    assert still_there(client)


def test_a_request_that_is_no_http_is_refused(served: Served, client: Client) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as strange:
        strange.sendall(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")
        strange.settimeout(5)
        assert b" 400 " in strange.recv(4096)[:20]
    assert still_there(client)


def test_other_paths_are_not_served(served: Served, client: Client) -> None:
    assert client.http.get(f"{served.base}/").status_code == 404
    assert client.http.get(f"{served.base}/healthz").json() == {"status": "ok"}
    assert client.http.get(f"{served.base}/readyz").json()["upstreams"] == {"everything": "ready", "second": "ready"}
