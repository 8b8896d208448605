"""The leg to an HTTP upstream: left alone while it is not there, and written to as its tools want it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from dot_copilot.mcp.gateway.config import Timeouts, UpstreamConfig
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, UpstreamError
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from tests.support.servers import free_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(60)]
VERSION = "2026-07-28"
GOOD: Message = {"properties": {"region": {"type": "string", "x-mcp-header": "Region"}, "n": {"type": "integer"}}}
BAD: Message = {"properties": {"list": {"type": "array", "x-mcp-header": "List"}}}


class Server:
    """A server of revision 2026-07-28 that notes what it is sent. `status` other than 200 is its answer to everything."""

    def __init__(self) -> None:
        self.status = 200
        self.seen: list[tuple[dict[str, str], Message]] = []

    async def answer(self, request: web.Request) -> web.Response:
        message = await request.json()
        self.seen.append(({name.lower(): value for name, value in request.headers.items()}, message))
        if self.status != 200:
            return web.json_response({}, status=self.status)
        return web.json_response({"jsonrpc": "2.0", "id": message["id"], "result": self.result(message["method"])})

    def result(self, method: str) -> dict[str, Any]:
        if method == "server/discover":
            return {"resultType": "complete", "supportedVersions": [VERSION], "capabilities": {"tools": {}}, "serverInfo": {}}
        if method == "tools/list":
            tools = [{"name": name, "inputSchema": {"type": "object", **one}} for name, one in (("good", GOOD), ("bad", BAD))]
            return {"resultType": "complete", "ttlMs": 0, "cacheScope": "private", "tools": tools}
        return {"resultType": "complete", "content": []}


@contextlib.asynccontextmanager
async def running(port: int) -> AsyncIterator[Server]:
    server, app = Server(), web.Application()
    app.router.add_post("/mcp", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield server
    finally:
        await runner.cleanup()


def leg(port: int) -> HttpUpstream:
    config = UpstreamConfig(name="there", transport="http", url=f"http://127.0.0.1:{port}/mcp", timeouts=Timeouts(connect=1))
    return HttpUpstream(config, Breaker("there", failures=3, pause_s=0.3))


async def call(upstream: HttpUpstream, **arguments: Any) -> None:
    await upstream.exchange(Exchange("tools/call", {"name": "good", "arguments": arguments}))


async def test_an_upstream_that_is_not_there_is_left_alone_and_used_again_when_it_is() -> None:
    port = free_port()
    upstream = leg(port)
    for _ in range(3):
        with pytest.raises(UpstreamError) as caught:
            await call(upstream)
        assert caught.value.reason == "down"
    with pytest.raises(UpstreamError, match="there keeps failing and is left alone") as caught:
        await call(upstream)
    assert caught.value.reason == "open"
    async with running(port) as server:
        with pytest.raises(UpstreamError):
            await call(upstream)
        assert server.seen == []
        await asyncio.sleep(0.35)
        for _ in range(3):
            await call(upstream)
        assert len(server.seen) == 3
    await upstream.stop()


async def test_a_server_that_says_it_cannot_serve_counts_as_not_there() -> None:
    port = free_port()
    async with running(port) as server:
        upstream = leg(port)
        server.status = 503
        for _ in range(3):
            with pytest.raises(UpstreamError):
                await call(upstream)
        with pytest.raises(UpstreamError) as caught:
            await call(upstream)
        assert caught.value.reason == "open"
        assert len(server.seen) == 3
        await upstream.stop()


async def test_an_error_it_answers_with_does_not_count() -> None:
    port = free_port()
    async with running(port) as server:
        upstream = leg(port)
        server.status = 500
        for _ in range(6):
            with pytest.raises(UpstreamError) as caught:
                await call(upstream)
            assert caught.value.reason == "broken"
        await upstream.stop()


async def test_arguments_are_repeated_in_headers_where_a_tool_wants_it() -> None:
    port = free_port()
    async with running(port) as server:
        upstream = leg(port)
        fetched = await upstream.fetch()
        assert [tool["name"] for tool in fetched.tools] == ["good"], "a tool with a wrong annotation is left out"
        await call(upstream, region="Südwest", n=4)
        await call(upstream, n=4)
        (first, message), (second, _) = server.seen[-2:]
        assert first["mcp-param-region"] == "=?base64?U8O8ZHdlc3Q=?="
        assert message["params"]["arguments"]["region"] == "Südwest"
        assert not [name for name in second if name.startswith("mcp-param-")]
        await upstream.stop()


async def test_sessions_are_asked_for_only_when_somebody_needs_one() -> None:
    port = free_port()
    async with running(port) as server:
        upstream = leg(port)
        await upstream.fetch()
        asked = len(server.seen)
        assert {message["method"] for _, message in server.seen} == {"server/discover", "tools/list"}
        assert upstream.era == "modern"
        assert await upstream.settle() == "modern"
        assert await upstream.settle() == "modern"
        assert [message["method"] for _, message in server.seen][asked:] == ["initialize"]
        await upstream.stop()
