"""A server behind the gateway that is a program: MCP over its standard input and output, one process per credential.

It speaks a revision with sessions, so modern clients are served by translation. Sessions are pooled, so what would change
a session for others (log level, subscriptions) is not offered.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping

import msgspec

from dot_copilot.core import telemetry
from dot_copilot.mcp.gateway.catalogue.pages import everything
from dot_copilot.mcp.gateway.config import UpstreamConfig
from dot_copilot.mcp.gateway.ports import UpstreamState
from dot_copilot.mcp.gateway.upstreams.base import Era, Exchange, Fetched, Message, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.breaker import Breaker
from dot_copilot.mcp.gateway.upstreams.stdio_messages import member
from dot_copilot.mcp.gateway.upstreams.stdio_pool import Pool
from dot_copilot.mcp.gateway.upstreams.stdio_session import Launch, Session

_METHOD_NOT_FOUND = -32601
_REFUSED = frozenset({"logging/setLevel", "resources/subscribe", "resources/unsubscribe"})
_LIST_CHANGED = frozenset(f"notifications/{kind}/list_changed" for kind in ("tools", "prompts", "resources"))
_CATALOGUE_S = 60.0
_CRASH_SHOWN_S = 600.0


class StdioUpstream:
    """The upstream of one `[[upstream]]` with `transport = "stdio"`.

    The breaker opens when its lists cannot be fetched any more: one person's crashes must not take it from the others.
    Subclasses say what a credential means (`environment`), and may put answers right (`mend`). `asks_clients`: whether the
    server may ask for sampling, elicitation or roots; it gets a process of its own for clients that can answer.
    """

    asks_clients = True

    def __init__(self, config: UpstreamConfig, breaker: Breaker | None = None) -> None:
        self.config = config
        self._breaker = breaker or Breaker(config.name)
        self._state: UpstreamState = "off"
        self._detail = ""
        self._crashes: deque[tuple[float, str]] = deque(maxlen=100)
        self._changed: Callable[[str], None] = lambda _: None
        self._pool: Pool | None = None

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def left_alone(self) -> bool:
        return self._breaker.state == "open"

    @property
    def era(self) -> Era:
        return "legacy"

    @property
    def state(self) -> UpstreamState:
        return self._state

    @property
    def detail(self) -> str:
        """Why it is not ready; while it is, a crash of the last ten minutes, which has been healed."""
        if self._state != "ready":
            return self._detail
        now = time.monotonic()
        recent = [how for at, how in self._crashes if now - at < _CRASH_SHOWN_S]
        if not recent:
            return ""
        times = "once" if len(recent) == 1 else f"{len(recent)} times"
        return f"crashed {times} in the last 10 minutes (the last one {recent[-1]}), and was started again"

    @property
    def processes(self) -> int:
        """How many processes there are."""
        return self._pool.processes if self._pool else 0

    def command(self) -> tuple[str, ...]:
        """The program and its arguments."""
        return self.config.command

    def environment(self, credential: str | None) -> Mapping[str, str]:  # noqa: ARG002 - for subclasses
        """What the process is given beside the configured environment; None: to list what it offers, nothing else."""
        return {}

    def mend(self, request: Exchange, reply: Reply) -> Reply:  # noqa: ARG002 - for subclasses
        """The answer as clients shall see it."""
        return reply

    async def start(self, changed: Callable[[str], None]) -> None:
        """Nothing runs until it is needed."""
        config, self._changed = self.config, changed
        self._pool = Pool(
            config.name, self._connect, cap=config.max_processes, idle_s=config.idle_shutdown, on_crash=self._crashed
        )
        self._state, self._detail = "starting", "not asked yet"

    async def stop(self) -> None:
        if self._pool is not None:
            await self._pool.close()
        self._state, self._detail = "off", "stopped"

    async def fetch(self) -> Fetched:
        """Asks a process of its own, which holds no credential and ends afterwards."""
        try:
            async with asyncio.timeout(_CATALOGUE_S):
                fetched = await self._fetch(self._connect(None, False))
        except (UpstreamError, TimeoutError) as error:
            self._breaker.failed()
            self._state = "down"
            self._detail = str(error) or f"listing what {self.name} offers took over {_CATALOGUE_S:g} s"
            raise error if isinstance(error, UpstreamError) else UpstreamError("timeout", self._detail) from error
        self._breaker.succeeded()
        self._state, self._detail = "ready", ""
        return fetched

    async def _fetch(self, session: Session) -> Fetched:
        try:
            await session.open()
            offered = session.initialized.get("capabilities")
            capabilities: Message = dict(offered) if isinstance(offered, dict) else {}
            capabilities.pop("logging", None)
            if isinstance(resources := capabilities.get("resources"), dict):
                capabilities["resources"] = {key: value for key, value in resources.items() if key != "subscribe"}

            async def ask(method: str, params: Message) -> Reply:
                return await session.exchange(Exchange(method, params))

            fetched = await everything(ask, capabilities, self.config.max_pages)
        finally:
            await session.close()
        fetched.instructions = str(session.initialized.get("instructions") or "")
        fetched.server_info = member(session.initialized, "serverInfo") or {}
        return fetched

    async def exchange(self, request: Exchange) -> Reply:
        if request.method in _REFUSED:
            return Reply(error={"code": _METHOD_NOT_FOUND, "message": f"{self.name} does not offer {request.method}"})
        self._breaker.check()
        with telemetry.span(f"{request.method} {self.name}", telemetry.CLIENT, {"dot.server": self.name}) as one:
            async with self._session(request) as session:
                return self.mend(request, await session.exchange(_within(request, one.outgoing)))

    @contextlib.asynccontextmanager
    async def _session(self, request: Exchange) -> AsyncIterator[Session]:
        if self._pool is None:
            raise UpstreamError("down", f"{self.name} has not been started")
        relays = self.asks_clients and request.on_request is not None
        async with self._pool.session(request.credential, relays=relays) as session:
            yield session

    def _connect(self, credential: str | None, relays: bool) -> Session:
        config = self.config
        launch = Launch(
            name=config.name,
            command=self.command(),
            environment={**config.env, **self.environment(credential)},
            timeouts=config.timeouts,
            limit=config.max_result_bytes,
            secrets=[credential] if credential else [],
            relays=relays,
        )
        return Session(launch, self._noticed)

    def _noticed(self, message: Message) -> None:
        if message["method"] in _LIST_CHANGED:
            self._changed(self.name)

    def _crashed(self, how: str) -> None:
        self._crashes.append((time.monotonic(), how))
        self._changed(self.name)


def _within(request: Exchange, trace: dict[str, str]) -> Exchange:
    """The request with the place in its trace, which a pipe has no headers for (SEP-414: `traceparent` in `_meta`)."""
    if not trace:
        return request
    meta = request.params.get("_meta")
    params = {**request.params, "_meta": {**(meta if isinstance(meta, dict) else {}), **trace}}
    return msgspec.structs.replace(request, params=params)
