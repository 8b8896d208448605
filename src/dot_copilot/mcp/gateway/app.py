"""The gateway as an ASGI application: health, the door (Host, Origin, token), then the era."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import orjson
from msgspec import Struct

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry.asgi import ROUTE
from dot_copilot.mcp.gateway import figures
from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.publish import Publisher
from dot_copilot.mcp.gateway.catalogue.snapshot import NoSnapshots, SnapshotStore
from dot_copilot.mcp.gateway.catalogue.supervisor import Supervisor
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.guard.challenge import challenge
from dot_copilot.mcp.gateway.guard.origins import Doors
from dot_copilot.mcp.gateway.hub import Hub
from dot_copilot.mcp.gateway.legacy.endpoint import LegacyEndpoint
from dot_copilot.mcp.gateway.legacy.posts import Posts
from dot_copilot.mcp.gateway.legacy.relay import HttpRelay, Waiting
from dot_copilot.mcp.gateway.legacy.requests import Requests
from dot_copilot.mcp.gateway.legacy.session import Sessions
from dot_copilot.mcp.gateway.legacy.stream import StandingStreams
from dot_copilot.mcp.gateway.legacy.translate import Translator
from dot_copilot.mcp.gateway.modern.calls import Calls
from dot_copilot.mcp.gateway.modern.endpoint import ModernEndpoint
from dot_copilot.mcp.gateway.modern.lane import Lane
from dot_copilot.mcp.gateway.modern.listen import Listen
from dot_copilot.mcp.gateway.ports import Guard, Refused, Verdict
from dot_copilot.mcp.gateway.routing.access import Access
from dot_copilot.mcp.gateway.search.tools import Search, own_entries
from dot_copilot.mcp.gateway.upstreams.base import Upstream
from dot_copilot.mcp.gateway.wire import asgi
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import HANDSHAKE, INTERNAL_ERROR, INVALID_REQUEST, error_bytes
from dot_copilot.mcp.gateway.wire.seal import Sealer

logger = logging.getLogger(__name__)

_HANDSHAKE = frozenset(version.encode() for version in HANDSHAKE)
PATH = "/mcp"
STREAMS = "/mcp (stream)"
_NEVER = 1 << 62


class Parts(Struct):
    """What a gateway is made of. `secrets`: at least one of 32 bytes or more; the first seals, all open."""

    config: GatewayConfig
    guard: Guard
    upstreams: list[Upstream]
    secrets: list[bytes]
    public_url: str
    version: str = "0"
    colour: str = ""
    doors: Doors | None = None
    snapshots: SnapshotStore | None = None
    started: Callable[[], Awaitable[None]] | None = None
    stopped: Callable[[], Awaitable[None]] | None = None
    check: Callable[[], Awaitable[dict[str, str]]] | None = None


class Gateway:
    """One process's gateway. Any process serves any request."""

    def __init__(self, parts: Parts) -> None:
        self._parts, self.config, self.guard = parts, parts.config, parts.guard
        self.catalogue = Catalogue(parts.config, parts.upstreams, own_entries() if parts.config.search else [])
        self.hub = Hub()
        self.catalogue.listen(self.hub.publish)
        self.supervisor = Supervisor(self.catalogue, parts.upstreams, parts.guard.reports, parts.snapshots or NoSnapshots())
        self._doors = parts.doors or Doors(parts.public_url, parts.config.hosts, parts.config.origins)
        policy = parts.guard.policy
        publisher = Publisher(parts.config, self.catalogue, policy)
        access = Access(self.catalogue, parts.guard)
        search = Search(publisher, policy.view, lambda: (self.catalogue.version, policy.version)) if parts.config.search else None
        self._sealers = (
            Sealer(parts.secrets, "request-state", parts.config.state_seconds),
            Sealer(parts.secrets, "session", parts.config.session_seconds),
        )
        calls = Calls(access, search, self._sealers[0])
        listen = Listen(access, self.hub)
        self.lane = Lane(parts.config, self._doors, parts.guard, self.catalogue, calls)
        self._modern = ModernEndpoint(parts.config, self.catalogue, publisher, calls, listen, version=parts.version)
        self._sessions = sessions = Sessions(parts.guard, parts.upstreams, self._sealers[1])
        waiting = Waiting()
        posts = Posts(sessions, waiting)
        relay, translator = HttpRelay(sessions, self.supervisor), Translator(waiting)
        requests = Requests(self.catalogue, publisher, access, search, posts, relay=relay, translator=translator)
        standing = StandingStreams(sessions, self.supervisor, self.hub)
        self._legacy = LegacyEndpoint(
            parts.config, self.catalogue, sessions, requests, posts, standing=standing, version=parts.version
        )
        self._ready = False
        self._forget: Callable[[], None] = lambda: None

    def policy_changed(self) -> None:
        """Approvals or credentials have changed: what people see may be different now."""
        self.hub.publish(frozenset(Kind))

    def reseal(self, secrets: list[bytes]) -> None:
        """Seals with the first of these from now on, and opens what any of them has sealed."""
        for sealer in self._sealers:
            sealer.load(secrets)

    # -- life ------------------------------------------------------------------------------------------------------------

    def _figure(self) -> None:
        figures.SESSIONS.set(to=self._sessions.recent)
        for one in self._parts.upstreams:
            figures.BREAKER.set(one.config.name, to=one.left_alone)

    async def start(self) -> None:
        """Begins. An upstream that is down does not hold up the others."""
        if self._parts.started is not None:
            await self._parts.started()
        self._forget = telemetry.on_collect(self._figure)
        await self.supervisor.start()
        self._ready = True

    def closing(self) -> None:
        """The process is about to stop: it says that it is not ready, and open streams end."""
        self._ready = False
        self.hub.close()

    async def stop(self) -> None:
        self.closing()
        self._forget()
        await self.supervisor.stop()
        if self._parts.stopped is not None:
            await self._parts.stopped()

    async def _lifespan(self, receive: asgi.Receive, send: asgi.Send) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            logger.exception("the gateway does not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    # -- requests ----------------------------------------------------------------------------------------------------------

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._lifespan(receive, send)
            return
        path = scope["path"]
        if path not in (PATH, "/mcp/"):
            await self._other(path, send)
            return
        headers, twice = h.read(scope["headers"])
        _follow(scope, headers)
        try:
            closed = self._doors.refusal(headers.get(b"host", b""), headers.get(b"origin", b""))
            if closed is not None:
                await asgi.respond(send, 403, error_bytes(None, INVALID_REQUEST, closed))
                return
            authorization = headers.get(b"authorization", b"")
            verdict = self.guard.gatekeeper.known(authorization) or await self.guard.gatekeeper.admit(authorization)
            await self._serve(asgi.Http(scope["method"], headers, twice), receive, send, verdict)
        except Refused as error:
            await self._refuse(send, error)
        except asgi.BadBody as error:
            await asgi.respond(send, error.status, error_bytes(None, INVALID_REQUEST, error.text), [(b"connection", b"close")])
        except asyncio.CancelledError:
            raise
        except Exception:
            logger.exception("a request failed")
            await asgi.respond(send, 500, error_bytes(None, INTERNAL_ERROR, "The gateway failed. The call may have run."))

    async def _serve(self, http: asgi.Http, receive: asgi.Receive, send: asgi.Send, verdict: Verdict) -> None:
        version = http.headers.get(h.PROTOCOL_VERSION)
        authorization = http.headers.get(b"authorization", b"")

        async def alive() -> bool:
            return await self._alive(authorization)

        era = self._legacy if version is None or version in _HANDSHAKE else self._modern
        await era.handle(http, receive, send, verdict, alive=alive)

    async def _alive(self, authorization: bytes) -> bool:
        """Whether an open stream's token is still good."""
        try:
            return (self.guard.gatekeeper.known(authorization) or await self.guard.gatekeeper.admit(authorization)) is not None
        except Refused:
            return False

    async def _refuse(self, send: asgi.Send, error: Refused) -> None:
        """401, 403 and 503 with what the client needs to get in (RFC 6750, RFC 9728)."""
        headers: list[asgi.Pair] = []
        if error.status in (401, 403):
            headers = [(b"www-authenticate", challenge(error, self._parts.public_url).encode("ascii"))]
        if error.status == 503:
            headers = [(b"retry-after", b"2")]
        await asgi.respond(send, error.status, error_bytes(None, INVALID_REQUEST, error.description), headers)

    async def _other(self, path: str, send: asgi.Send) -> None:
        if path == "/healthz":
            await asgi.respond(send, 200, b'{"status":"ok"}')
        elif path == "/readyz":
            await self._readiness(send)
        else:
            await asgi.respond(send, 404, error_bytes(None, INVALID_REQUEST, "There is nothing here. The endpoint is /mcp."))

    async def _readiness(self, send: asgi.Send) -> None:
        """Ready once started and while the database answers, without which nobody can be let in. Upstreams are reported only."""
        checks = {} if self._parts.check is None else await self._parts.check()
        ready = self._ready and checks.get("database", "ok") == "ok"
        upstreams = {one.config.name: one.state for one in self._parts.upstreams}
        own = {"version": self._parts.version, "colour": self._parts.colour}
        body = orjson.dumps({"status": "ok" if ready else "unavailable", **own, "checks": checks, "upstreams": upstreams})
        await asgi.respond(send, 200 if ready else 503, body)


def _follow(scope: asgi.Scope, headers: h.Headers) -> None:
    """Names the request to those who count it. A stream is open for hours, which says nothing about speed."""
    streams = scope["method"] == "GET" or headers.get(h.METHOD) == b"subscriptions/listen"
    scope[ROUTE] = STREAMS if streams else PATH
    trace = telemetry.current()
    if trace is not None and streams:
        trace.slow_after = _NEVER
