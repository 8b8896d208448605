"""The upstream of the gateway benchmarks: an MCP server of both eras with 200 tools and nothing else, raw ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

TOOLS = 200
_SCHEMA = {
    "type": "object",
    "properties": {"text": {"type": "string", "description": "What to say"}, "count": {"type": "integer", "minimum": 1}},
    "required": ["text"],
}
LIST = [
    {"name": f"echo_{number}", "title": f"Echo {number}", "description": "Says what it was told. " * 4, "inputSchema": _SCHEMA}
    for number in range(TOOLS)
]
_SERVER = {"name": "lean", "version": "1"}
_CACHE = {"resultType": "complete", "ttlMs": 60000, "cacheScope": "public"}


_FIXED: dict[str, dict[str, Any]] = {
    "tools/list": {**_CACHE, "tools": LIST},
    "server/discover": {**_CACHE, "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, "serverInfo": _SERVER},
    "prompts/list": {**_CACHE, "prompts": []},
    "resources/list": {**_CACHE, "resources": []},
    "resources/templates/list": {**_CACHE, "resourceTemplates": []},
    "ping": {},
}


def _result(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    if method == "tools/call":
        text = params.get("arguments", {}).get("text", "")
        return {"resultType": "complete", "content": [{"type": "text", "text": f"said {text}"}], "isError": False}
    if method == "initialize":
        version = params.get("protocolVersion", "2025-11-25")
        return {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": _SERVER}
    return _FIXED.get(method)


async def app(
    scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """ASGI: one JSON answer a message."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    status, body = (405, b"") if scope["method"] != "POST" else await _answer(receive)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(receive: Callable[[], Awaitable[dict[str, Any]]]) -> tuple[int, bytes]:
    data = b""
    while True:
        event = await receive()
        data += event.get("body", b"")
        if not event.get("more_body"):
            break
    message = orjson.loads(data)
    if "id" not in message:
        return 202, b""
    result = _result(message["method"], message.get("params") or {})
    answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    if result is None:
        return 404, orjson.dumps({**answer, "error": {"code": -32601, "message": "Method not found"}})
    return 200, orjson.dumps({**answer, "result": result})
