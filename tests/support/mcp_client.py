"""Requests of both eras, made by hand."""

from __future__ import annotations

import json
from typing import Any

import httpx

from dot_copilot.mcp.gateway.wire import headers as h

VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": {"name": "tests", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}, "sampling": {}, "roots": {}},
}
ACCEPT = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


def modern(
    method: str, params: dict[str, Any] | None = None, request_id: Any = 1, **headers: str
) -> tuple[dict[str, str], bytes]:
    """Headers and body of a request of revision 2026-07-28. A header given as "" is left out."""
    body = {"jsonrpc": "2.0", "id": request_id, "method": method, "params": {"_meta": META, **(params or {})}}
    lines = {**ACCEPT, "mcp-protocol-version": VERSION, "mcp-method": method}
    key = h.NAMED.get(method)
    if key is not None and params is not None:
        lines["mcp-name"] = h.encode(str(params.get(key, ""))).decode()
    lines.update({name.replace("_", "-"): value for name, value in headers.items()})
    return {name: value for name, value in lines.items() if value}, json.dumps(body).encode()


class Client:
    """One client of a gateway. `bearer` is the person's number (see `tests.support.mcp_guard`)."""

    def __init__(self, url: str, bearer: int = 1) -> None:
        self.url = url
        self.http = httpx.Client(trust_env=False, timeout=20, headers={"authorization": f"Bearer {bearer}"})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, method: str, params: dict[str, Any] | None = None, request_id: Any = 1, **headers: str) -> httpx.Response:
        """A modern request."""
        lines, body = modern(method, params, request_id, **headers)
        return self.http.post(self.url, headers=lines, content=body)

    def call(self, name: str, arguments: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
        """A modern tools/call: the JSON-RPC message that answers it."""
        return message(self.ask("tools/call", {"name": name, "arguments": arguments or {}, **params}))

    def raw(self, body: Any, session: str | None = None, **headers: str) -> httpx.Response:
        """A POST of the handshake eras."""
        lines = {**ACCEPT, **({"mcp-session-id": session} if session else {}), **headers}
        return self.http.post(self.url, headers=lines, content=body if isinstance(body, bytes) else json.dumps(body).encode())

    def initialize(self, version: str = "2025-11-25", capabilities: dict[str, Any] | None = None) -> str:
        """Opens a session; its id."""
        params = {"protocolVersion": version, "capabilities": capabilities or {}, "clientInfo": {"name": "tests", "version": "1"}}
        answer = self.raw({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
        assert answer.status_code == 200, answer.text
        assert answer.json()["result"]["protocolVersion"] == version
        session = answer.headers["mcp-session-id"]
        assert self.raw({"jsonrpc": "2.0", "method": "notifications/initialized"}, session).status_code == 202
        return session

    def legacy(self, session: str, method: str, params: dict[str, Any] | None = None, request_id: Any = 1) -> dict[str, Any]:
        """A request in a session: the message that answers it."""
        return message(self.raw({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params or {}}, session))


def events(text: str) -> list[dict[str, Any]]:
    """The messages of an event stream."""
    data = [line.removeprefix("data:").strip() for line in text.splitlines() if line.startswith("data:")]
    return [json.loads(one) for one in data if one]


def message(response: httpx.Response) -> dict[str, Any]:
    """The JSON-RPC answer of a response, whether JSON or a stream."""
    if response.headers["content-type"].startswith("text/event-stream"):
        return events(response.text)[-1]
    found: dict[str, Any] = response.json()
    return found
