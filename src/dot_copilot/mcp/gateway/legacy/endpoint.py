"""The endpoint as clients of the handshake eras know it: POST, GET and DELETE in a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson

from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.hub import Full
from dot_copilot.mcp.gateway.legacy.ids import unwrap_event
from dot_copilot.mcp.gateway.legacy.posts import Posts
from dot_copilot.mcp.gateway.legacy.requests import Requests
from dot_copilot.mcp.gateway.legacy.session import Session, Sessions
from dot_copilot.mcp.gateway.legacy.stream import StandingStreams
from dot_copilot.mcp.gateway.modern.ladder import VERSION_KEY
from dot_copilot.mcp.gateway.ports import Verdict
from dot_copilot.mcp.gateway.upstreams.http_session import LegacySession
from dot_copilot.mcp.gateway.wire import asgi
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import (
    HANDSHAKE,
    HEADER_MISMATCH,
    INVALID_PARAMS,
    INVALID_REQUEST,
    RpcError,
    error_bytes,
    parse,
    request_id,
    result_bytes,
)

Alive = Callable[[], Awaitable[bool]]
_NO_SESSION: Final = "The session is unknown or has ended. Initialize a new one."


class LegacyEndpoint:
    """Revisions 2024-11-05 (as far as it shares this transport) to 2025-11-25."""

    def __init__(
        self,
        config: GatewayConfig,
        catalogue: Catalogue,
        sessions: Sessions,
        requests: Requests,
        posts: Posts,
        *,
        standing: StandingStreams,
        version: str,
    ) -> None:
        self._config, self._catalogue, self._sessions = config, catalogue, sessions
        self._requests, self._posts, self._standing = requests, posts, standing
        self._server = {"name": config.name, "title": "DOT-Copilot", "version": version}

    async def handle(self, http: asgi.Http, receive: asgi.Receive, send: asgi.Send, verdict: Verdict, *, alive: Alive) -> None:
        """One HTTP request. Raises `Refused` for the door and `BadBody` for HTTP."""
        method, headers = http.method, http.headers
        if method == "POST":
            await self._post(receive, send, headers, verdict)
        elif method in ("GET", "DELETE"):
            session = self._session(headers, verdict)
            if isinstance(session, int):
                await _no_session(send, session)
            elif method == "DELETE":
                await self._sessions.end(session, verdict)
                await asgi.respond(send, 200, b"")
            else:
                await self._get(receive, send, headers, verdict, session=session, alive=alive)
        else:
            await asgi.respond(send, 405, b"", [(b"allow", b"GET, POST, DELETE")])

    def _session(self, headers: h.Headers, verdict: Verdict) -> Session | int:
        """The session of a request, or the status that refuses it."""
        session_id = headers.get(h.SESSION)
        if session_id is None:
            return 400
        return self._sessions.open(session_id, verdict) or 404

    async def _get(
        self, receive: asgi.Receive, send: asgi.Send, headers: h.Headers, verdict: Verdict, *, session: Session, alive: Alive
    ) -> None:
        if not h.accepts(headers, b"text/event-stream"):
            await asgi.respond(send, 406, error_bytes(None, INVALID_REQUEST, "Accept must name text/event-stream."))
            return
        last = headers.get(b"last-event-id")
        place = unwrap_event(last) if last is not None else None
        if last is not None and place is None:
            await asgi.respond(send, 400, error_bytes(None, INVALID_REQUEST, "The Last-Event-ID is not one of this server's."))
            return
        try:
            await self._standing.serve(receive, send, session, verdict, place=place, alive=alive)
        except Full:
            await asgi.respond(send, 503, error_bytes(None, INVALID_REQUEST, "Too many streams are open. Try again later."))

    # -- POST --------------------------------------------------------------------------------------------------------------

    async def _post(self, receive: asgi.Receive, send: asgi.Send, headers: h.Headers, verdict: Verdict) -> None:
        if not h.accepts(headers, b"application/json") or not h.accepts(headers, b"text/event-stream"):
            text = "Accept must name application/json and text/event-stream."
            await asgi.respond(send, 406, error_bytes(None, INVALID_REQUEST, text))
            return
        body = await asgi.read_body(receive, headers, self._config.max_body_bytes, self._config.body_seconds)
        message_id = None
        try:
            message = _message(parse(body))
            message_id = request_id(message)
            if message.get("method") == "initialize":
                await self._initialize(send, message, verdict)
                return
            session = self._session(headers, verdict)
            if isinstance(session, int):
                await _no_session(send, session)
            elif "id" in message and "method" in message:
                await self._requests.run(message, session, verdict, receive, send)
            else:
                await asgi.respond(send, 202, b"")
                self._posts.take(message, session, verdict)
        except RpcError as error:
            # Errors of this era go with 200 once they belong to a request; a message that is none gets a 400.
            status = error.status if error.status == 429 or error.code in (-32700, INVALID_REQUEST, HEADER_MISMATCH) else 200
            await asgi.respond(send, status, error_bytes(message_id, error.code, error.message, error.data), error.headers)

    async def _initialize(self, send: asgi.Send, message: dict[str, Any], verdict: Verdict) -> None:
        params = message.get("params")
        if not isinstance(params, dict) or not isinstance(params.get("protocolVersion"), str):
            raise RpcError(INVALID_PARAMS, "initialize needs params.protocolVersion.")
        if "id" not in message:
            raise RpcError(INVALID_REQUEST, "initialize is a request.")
        asked = params["protocolVersion"]
        version = asked if asked in HANDSHAKE else HANDSHAKE[-1]
        session, begun = await self._sessions.begin(verdict, version, params)
        result: dict[str, Any] = {
            "protocolVersion": version,
            "capabilities": self._capabilities(begun),
            "serverInfo": self._server,
        }
        if self._catalogue.instructions:
            result["instructions"] = self._catalogue.instructions
        sealed = self._sessions.seal(session, verdict).encode("ascii")
        await asgi.respond(send, 200, result_bytes(request_id(message), orjson.dumps(result)), [(h.SESSION, sealed)])

    def _capabilities(self, begun: list[LegacySession]) -> dict[str, Any]:
        """What all upstreams can do; sessions have some things (logging, subscriptions) that the newer revision has not."""
        merged: dict[str, Any] = {name: dict(value) for name, value in self._catalogue.capabilities.items()}
        for session in begun:
            for name in ("logging", "completions"):
                if name in session.capabilities:
                    merged.setdefault(name, {})
            resources = session.capabilities.get("resources")
            if isinstance(resources, dict) and resources.get("subscribe"):
                merged.setdefault("resources", {"listChanged": True})["subscribe"] = True
        return merged


def _message(value: Any) -> dict[str, Any]:
    """A JSON-RPC message: request, notification or answer. Batches ended with 2025-06-18 and are refused."""
    if isinstance(value, dict) and value.get("jsonrpc") == "2.0":
        params, method = value.get("params"), value.get("method")
        if isinstance(method, str) and (params is None or isinstance(params, dict)):
            meta = params.get("_meta") if params is not None else None
            if isinstance(meta, dict) and VERSION_KEY in meta:
                raise RpcError(
                    HEADER_MISMATCH, "The body names a protocol version, but the MCP-Protocol-Version header does not."
                )
            if "id" not in value or request_id(value) is not None:
                return value
        elif method is None and request_id(value) is not None and ("result" in value or "error" in value):
            return value
    raise RpcError(INVALID_REQUEST, "The body must be a single JSON-RPC message.")


async def _no_session(send: asgi.Send, status: int) -> None:
    text = "Send the Mcp-Session-Id header." if status == 400 else _NO_SESSION
    await asgi.respond(send, status, error_bytes(None, INVALID_REQUEST, text))
