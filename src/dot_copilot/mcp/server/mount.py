"""Where the server is mounted: `/internal/mcp` of the API processes, for the gateway alone, here or in a container beside."""

from __future__ import annotations

import asyncio
import importlib
import ipaddress
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send

from dot_copilot.core.errors import PROBLEM_MEDIA_TYPE, Forbidden, NotFound, Problem, Unauthorized, Unavailable
from dot_copilot.core.platform import Platform
from dot_copilot.core.tokens import INTERNAL_AUDIENCE, KeyRing
from dot_copilot.mcp.server.transcript import Transcript
from dot_copilot.mcp.server.visitor import Visitor, Visitors

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/internal/mcp"
# The SDK takes most of a second to load. It is loaded at the first request, or when the process has settled.
_SETTLED_SECONDS = 3.0
log = logging.getLogger(__name__)
_FORWARDED = {b"x-forwarded-for", b"x-forwarded-host", b"forwarded", b"x-real-ip"}


class NotAllowed(Problem):
    """Another method than POST. Streams of ours would have nothing to say, and sessions are the gateway's."""

    status, slug, title = 405, "method-not-allowed", "This method is not served here"


class InternalMcp:
    """The ASGI application at `PATH`. It answers once `running` has been entered.

    It refuses whoever is neither on this machine nor a neighbour (`DOT_NEIGHBOURS`), whatever came through a proxy, browsers,
    and tokens of another audience. A request without any token gets the lists of definitions and nothing else.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._visitors: Visitors | None = None
        self._keys: KeyRing | None = None
        self._neighbours: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
        self._wanted = asyncio.Event()
        self._manager: asyncio.Future[StreamableHTTPSessionManager] | None = None

    @asynccontextmanager
    async def running(self, platform: Platform) -> AsyncIterator[None]:
        """While the process serves."""
        self._keys = platform.signing.ring(INTERNAL_AUDIENCE)
        self._visitors = Visitors(self._keys, platform.keys)
        platform.signing.on_change(self._visitors.forget)
        self._neighbours = tuple(
            ipaddress.ip_network(one.strip()) for one in platform.settings.neighbours.split(",") if one.strip()
        )
        self._wanted = asyncio.Event()
        self._manager = asyncio.get_running_loop().create_future()
        stop = asyncio.Event()
        task = asyncio.create_task(self._serve(platform, stop))
        try:
            yield
        finally:
            stop.set()
            self._wanted.set()
            await task

    async def _serve(self, platform: Platform, stop: asyncio.Event) -> None:
        """Loads the server late, then holds the task group its transport works in."""
        assert self._manager is not None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), _SETTLED_SECONDS)
        if stop.is_set():
            return
        try:
            protocol = await asyncio.to_thread(importlib.import_module, "dot_copilot.mcp.server.protocol")
            transcript = Transcript(platform.event_documents, platform.clock, platform.settings.assistant_transcript)
            manager: StreamableHTTPSessionManager = protocol.build(
                self._app, platform.clock, transcript, platform.settings.public_url
            )
            async with transcript.running(), manager.run():
                self._manager.set_result(manager)
                await stop.wait()
        except Exception:
            log.exception("the MCP server has ended; assistants are refused until this process starts again")
            self._manager.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            visitor = self._admit(scope) if self._keys is None else await self._keys.known(lambda: self._admit(scope))
        except Problem as problem:
            await _refuse(problem, send)
            return
        manager = await self._loaded()
        if manager is None:
            await _refuse(Unavailable("Assistants can't be served at the moment."), send)
            return
        scope["dot_copilot.visitor"] = visitor
        await manager.handle_request(scope, receive, send)

    async def _loaded(self) -> StreamableHTTPSessionManager | None:
        """The server, once it is loaded; None when it could not be."""
        assert self._manager is not None
        self._wanted.set()
        await asyncio.wait([self._manager])
        return None if self._manager.cancelled() else self._manager.result()

    def _is_near(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            address = ipaddress.ip_address(client[0] if client is not None else "")
        except ValueError:
            return False
        return address.is_loopback or any(address in network for network in self._neighbours)

    def _admit(self, scope: Scope) -> Visitor | None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        names = {name for name, _ in headers}
        if not self._is_near(scope) or names & _FORWARDED:
            raise NotFound("There is nothing here.")
        if scope["method"] != "POST":
            raise NotAllowed("There are no sessions and no streams here: send POST.", headers={"Allow": "POST"})
        if b"origin" in names:
            raise Forbidden("This door is the gateway's. Connect at /mcp.")
        if self._visitors is None:
            raise Unavailable("The server is starting.")
        return self._visitors.of(headers) if b"authorization" in names else None


async def _refuse(problem: Problem, send: Send) -> None:
    headers = [(b"content-type", PROBLEM_MEDIA_TYPE.encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem.headers.items()]
    if isinstance(problem, Unauthorized):
        headers.append((b"www-authenticate", b'Bearer error="invalid_token"'))
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(problem.body(PATH))})
