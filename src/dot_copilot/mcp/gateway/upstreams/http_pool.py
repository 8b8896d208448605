"""Keep-alive connections to one upstream."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer, Connection

# Servers close idle connections, uvicorn after 5 seconds by default. A connection that is older than this is not used
# again, because a request written into a closing one may or may not have run.
_MAX_IDLE = 4.0
_MAX_CONNECTIONS = 512
_SHUNNED = 1.0
_TICK = 0.1


class Place:
    """One server's address. After a failed connection it is tried last for a second."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or "127.0.0.1"
        self.secure = parts.scheme == "https"
        self.port = parts.port or (443 if self.secure else 80)
        self.authority = parts.netloc.rpartition("@")[2].encode("ascii")
        self.target = ((parts.path or "/") + (f"?{parts.query}" if parts.query else "")).encode("ascii")
        self.failed_at = -1e9


class Pool:
    """Connections to `url`, or to the first of several that can be reached; they share the path and the Host of the first.

    A request is written once: it is never sent again on another connection.
    """

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        self._places = [Place(one.strip()) for one in url.split(",")]
        self._context = context
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._clock: asyncio.TimerHandle | None = None
        self.authority, self.target = self._places[0].authority, self._places[0].target

    async def ask(self, data: bytes, timeouts: Timeouts, limit: int) -> Answer:
        """Sends a request and gives its answer. Cancelling closes the connection. Raises `UpstreamError`."""
        connection = self.take() or await self._connect(timeouts.connect)
        future: asyncio.Future[Answer] = connection.loop.create_future()

        def told(answer: Answer | None, error: UpstreamError | None) -> None:
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            elif answer is not None:
                future.set_result(answer)

        connection.ask(data, timeouts, limit, told)
        try:
            return await future
        except asyncio.CancelledError:
            connection.close()
            raise

    def take(self) -> Connection | None:
        """An idle connection that may be used again, if there is one; it is the caller's to ask."""
        if not self._idle:
            return None
        youngest = self._idle[-1].loop.time() - _MAX_IDLE
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and connection.idle_since >= youngest:
                return connection
            connection.close()
        return None

    async def _connect(self, seconds: float) -> Connection:
        if len(self._all) >= _MAX_CONNECTIONS:
            raise UpstreamError("down", "Too many calls to this upstream at once. Nothing was sent; try again.")
        now = asyncio.get_running_loop().time()
        failure: Exception | None = None
        for place in sorted(self._places, key=lambda one: now - one.failed_at < _SHUNNED):
            try:
                connection = await self._dial(place, seconds)
            except (OSError, TimeoutError) as error:
                place.failed_at, failure = now, error
            else:
                self._all.add(connection)
                return connection
        what = "no connection in time" if isinstance(failure, TimeoutError) else "no connection"
        raise UpstreamError("down", f"The upstream cannot be reached ({what}). Nothing was sent.") from failure

    async def _dial(self, place: Place, seconds: float) -> Connection:
        tls = None
        if place.secure:
            self._context = tls = self._context or ssl.create_default_context()
        async with asyncio.timeout(seconds):
            create = asyncio.get_running_loop().create_connection
            _, connection = await create(lambda: Connection(self), place.host, place.port, ssl=tls)
        return connection

    def free(self, connection: Connection) -> None:
        """The connection has served its exchange."""
        self._idle.append(connection)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_MAX_IDLE + 0.5, self._reap)

    def _reap(self) -> None:
        """Closes what has been idle for too long to be used again."""
        self._sweep = None
        youngest = asyncio.get_running_loop().time() - _MAX_IDLE
        old = [one for one in self._idle if one.idle_since < youngest]
        self._idle = [one for one in self._idle if one.idle_since >= youngest]
        for connection in old:
            connection.close()
        if self._idle:
            self._sweep = asyncio.get_running_loop().call_later(_MAX_IDLE + 0.5, self._reap)

    def watch(self) -> None:
        """An exchange has begun. One clock looks after the timeouts of all, while there are any: they may come a tick late."""
        if self._clock is None:
            self._clock = asyncio.get_running_loop().call_later(_TICK, self._check)

    def _check(self) -> None:
        self._clock = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        busy = [one.check(now) for one in list(self._all)]  # all of them, before one says that there is more to do
        if any(busy):
            self._clock = loop.call_later(_TICK, self._check)

    def lost(self, connection: Connection) -> None:
        """The connection has closed."""
        self._all.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._all)

    def close(self) -> None:
        """Closes all of them."""
        for timer in (self._sweep, self._clock):
            if timer is not None:
                timer.cancel()
        for connection in list(self._all):
            connection.close()
        self._idle.clear()
