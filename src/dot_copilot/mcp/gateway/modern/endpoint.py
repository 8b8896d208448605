"""One POST of revision 2026-07-28: checked, then answered by the gateway itself or by an upstream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.publish import Publisher
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.hub import Full
from dot_copilot.mcp.gateway.modern import calls
from dot_copilot.mcp.gateway.modern.ladder import check_envelope, check_shape, unsupported
from dot_copilot.mcp.gateway.modern.listen import Listen
from dot_copilot.mcp.gateway.modern.relay import Call
from dot_copilot.mcp.gateway.ports import Verdict
from dot_copilot.mcp.gateway.wire import asgi
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MODERN,
    RpcError,
    error_bytes,
    parse,
    request_id,
    result_bytes,
)

LISTS: Final = {kind.method: kind for kind in Kind}
_CAPABILITY: Final = {
    "tools/list": "tools",
    "tools/call": "tools",
    "prompts/list": "prompts",
    "prompts/get": "prompts",
    "resources/list": "resources",
    "resources/templates/list": "resources",
    "resources/read": "resources",
    "completion/complete": "completions",
}

_ACCEPT: Final = "Accept must name application/json and text/event-stream."

Alive = Callable[[], Awaitable[bool]]


class ModernEndpoint:
    """Answers requests whose MCP-Protocol-Version is 2026-07-28, or one nobody knows."""

    def __init__(
        self,
        config: GatewayConfig,
        catalogue: Catalogue,
        publisher: Publisher,
        runner: calls.Calls,
        listen: Listen,
        *,
        version: str,
    ) -> None:
        self._config, self._catalogue, self._publisher = config, catalogue, publisher
        self._calls, self._listen = runner, listen
        self._server = {"name": config.name, "title": "DOT-Copilot", "version": version}

    async def handle(self, http: asgi.Http, receive: asgi.Receive, send: asgi.Send, verdict: Verdict, *, alive: Alive) -> None:
        """One HTTP request. Raises `Refused` for the door, `BadBody` for HTTP; all JSON-RPC errors are answered here."""
        headers = http.headers
        if http.method != "POST":
            await asgi.respond(send, 405, b"", [(b"allow", b"POST")])
            return
        if not h.accepts(headers, b"application/json") or not h.accepts(headers, b"text/event-stream"):
            await asgi.respond(send, 406, error_bytes(None, INVALID_REQUEST, _ACCEPT))
            return
        body = await asgi.read_body(receive, headers, self._config.max_body_bytes, self._config.body_seconds)
        message_id = None
        try:
            message = parse(body)
            if not check_shape(message):
                await self._notified(headers, send)
                return
            message_id = request_id(message)
            if http.twice is not None:
                raise RpcError(HEADER_MISMATCH, f"The {http.twice.decode('latin-1')} header appears more than once.")
            params = check_envelope(message, headers)
            call = Call(message_id, message["method"], params, headers, verdict, receive, send)
            await self._answer(call, alive)
        except RpcError as error:
            await asgi.respond(send, error.status, error_bytes(message_id, error.code, error.message, error.data), error.headers)

    async def _notified(self, headers: h.Headers, send: asgi.Send) -> None:
        """Notifications are taken and dropped: this era has none that a server would act on (a client cancels by leaving)."""
        version = headers.get(h.PROTOCOL_VERSION, b"").decode("latin-1")
        if version not in MODERN:
            raise unsupported(version)
        await asgi.respond(send, 202, b"")

    async def _answer(self, call: Call, alive: Alive) -> None:
        method = call.method
        capability = _CAPABILITY.get(method)
        if capability is not None and capability not in self._catalogue.capabilities:
            raise RpcError(METHOD_NOT_FOUND, f"No upstream offers {capability}.")
        if method in calls.METHODS:
            await self._calls.run(call)
        elif method in LISTS:
            page = self._publisher.page(LISTS[method], call.verdict, call.params.get("cursor"), modern=True)
            await asgi.respond(call.send, 200, result_bytes(call.id, page))
        elif method == "server/discover":
            await asgi.respond(call.send, 200, result_bytes(call.id, self._discover()))
        elif method == "subscriptions/listen":
            try:
                await self._listen.run(call, alive)
            except Full:
                raise RpcError(INTERNAL_ERROR, "Too many subscriptions are open. Try again later.") from None
        else:
            raise RpcError(METHOD_NOT_FOUND, f"Method not found: {method[:100]}")

    def _discover(self) -> bytes:
        result: dict[str, Any] = {
            "supportedVersions": list(MODERN),
            "capabilities": self._catalogue.capabilities,
            "ttlMs": self._config.ttl_ms,
            "cacheScope": "private",
            "resultType": "complete",
            "_meta": {"io.modelcontextprotocol/serverInfo": self._server},
        }
        if self._catalogue.instructions:
            result["instructions"] = self._catalogue.instructions
        return orjson.dumps(result)
