"""Upstreams for tests, on the official SDK, both eras: `python -m tests.support.mcp_fixture --port N [--kind second]`.

`everything` is what the conformance suite expects; `second` is another server with tools, a prompt and a resource of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
from typing import Any

import uvicorn
from mcp.server.mcpserver import Context, MCPServer, RequestStateSecurity
from mcp.server.mcpserver.prompts.base import UserMessage
from mcp.server.streamable_http import EventCallback, EventMessage, EventStore
from mcp.types import EmptyResult, SetLevelRequestParams, SubscribeRequestParams, TextContent, UnsubscribeRequestParams
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support import mcp_fixture_plain as plain
from tests.support import mcp_fixture_rounds as rounds

_KEY = b"a key for tests that keeps nothing secret"


class Events(EventStore):
    """Remembers events, so that a stream can be resumed."""

    def __init__(self) -> None:
        self._kept: list[tuple[str, str, Any]] = []
        self._numbers = itertools.count(1)

    async def store_event(self, stream_id: str, message: Any) -> str:
        event_id = str(next(self._numbers))
        self._kept.append((stream_id, event_id, message))
        return event_id

    async def replay_events_after(self, last_event_id: str, send_callback: EventCallback) -> str | None:
        stream = next((stream for stream, event_id, _ in self._kept if event_id == last_event_id), None)
        for kept, event_id, message in list(self._kept):
            if kept == stream and int(event_id) > int(last_event_id) and message is not None:
                await send_callback(EventMessage(message, event_id))
        return stream


def everything() -> MCPServer:
    """The server of the conformance suite."""
    server = MCPServer(
        name="everything", version="1.0.0", log_level="CRITICAL", request_state_security=RequestStateSecurity(keys=[_KEY])
    )
    for add in (plain.add_contents, plain.add_talk, plain.add_questions, plain.add_changes, plain.add_resources):
        add(server)
    plain.add_prompts(server)
    rounds.add_single_rounds(server)
    rounds.add_states(server)

    async def nothing(ctx: Any, params: Any) -> EmptyResult:
        return EmptyResult()

    lowlevel = server._lowlevel_server
    lowlevel.add_request_handler("logging/setLevel", SetLevelRequestParams, nothing)
    lowlevel.add_request_handler("resources/subscribe", SubscribeRequestParams, nothing)
    lowlevel.add_request_handler("resources/unsubscribe", UnsubscribeRequestParams, nothing)

    @server.tool()
    async def test_reconnection(ctx: Context) -> str:
        """Closes its stream, and goes on."""
        await ctx.info("Before disconnect")
        await ctx.close_sse_stream()
        await asyncio.sleep(0.2)
        await ctx.info("After reconnect")
        return "Reconnection test completed"

    return server


def second() -> MCPServer:
    """Another server, to be multiplexed with the first."""
    server = MCPServer(name="second", version="1.0.0", log_level="CRITICAL")
    calls = itertools.count(1)

    @server.tool()
    def echo(text: str) -> str:
        """Says what it was told."""
        return text

    @server.tool()
    async def slow(seconds: float, ctx: Context) -> str:
        """Takes its time, and counts how often it was called."""
        number = next(calls)
        await ctx.report_progress(progress=0, total=1)
        await asyncio.sleep(seconds)
        return f"call {number}"

    @server.tool()
    def test_simple_text() -> str:
        """Has the name of a tool of the other server."""
        return "the second server's"

    @server.prompt()
    def greet(name: str) -> list[UserMessage]:
        """Greets."""
        return [UserMessage(content=TextContent(type="text", text=f"Greet {name}"))]

    @server.resource("second://note", mime_type="text/plain")
    def note() -> str:
        return "a note"

    return server


def one_era(app: ASGIApp, era: str) -> ASGIApp:
    """The application without the other era, as servers before and after 2026-07-28 are."""

    async def only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and era != "both":
            version = dict(scope["headers"]).get(b"mcp-protocol-version", b"")
            if (version == b"2026-07-28") != (era == "modern"):
                error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Bad Request"}}
                await JSONResponse(error, 400)(scope, receive, send)
                return
        await app(scope, receive, send)

    return only


def main() -> None:
    """Serves on the loopback address until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kind", choices=("everything", "second"), default="everything")
    parser.add_argument("--json", action="store_true", help="answer with JSON instead of event streams")
    parser.add_argument("--era", choices=("both", "modern", "legacy"), default="both", help="what it speaks")
    options = parser.parse_args()
    server = everything() if options.kind == "everything" else second()
    app = one_era(server.streamable_http_app(event_store=Events(), retry_interval=100, json_response=options.json), options.era)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main()
