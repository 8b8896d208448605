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


class Pool:
    """Connections to `url`. A request is written once: it is never sent again on another connection."""

    def __init__(self, url: str, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or "127.0.0.1"
        self._secure = parts.scheme == "https"
        self._port = parts.port or (443 if self._secure else 80)
        self._context = context
        self._idle: list[Connection] = []
        self._all: set[Connection] = set()
        self.authority = parts.netloc.rpartition("@")[2].encode("ascii")
        self.target = ((parts.path or "/") + (f"?{parts.query}" if parts.query else "")).encode("ascii")

    async def ask(self, data: bytes, timeouts: Timeouts, limit: int) -> Answer:
        """Sends a request and gives its answer. Cancelling closes the connection. Raises `UpstreamError`."""
        connection = self._take() or await self._connect(timeouts.connect)
        future = connection.ask(data, timeouts, limit)
        try:
            return await future
        except asyncio.CancelledError:
            connection.close()
            raise

    def _take(self) -> Connection | None:
        if not self._idle:
            return None
        youngest = asyncio.get_running_loop().time() - _MAX_IDLE
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and connection.idle_since >= youngest:
                return connection
            connection.close()
        return None

    async def _connect(self, seconds: float) -> Connection:
        if len(self._all) >= _MAX_CONNECTIONS:
            raise UpstreamError("down", "Too many calls to this upstream at once. Nothing was sent; try again.")
        loop = asyncio.get_running_loop()
        tls = None
        if self._secure:
            self._context = tls = self._context or ssl.create_default_context()
        try:
            async with asyncio.timeout(seconds):
                _, connection = await loop.create_connection(lambda: Connection(self), self._host, self._port, ssl=tls)
        except (OSError, TimeoutError) as error:
            what = "no connection in time" if isinstance(error, TimeoutError) else "no connection"
            raise UpstreamError("down", f"The upstream cannot be reached ({what}). Nothing was sent.") from error
        self._all.add(connection)
        return connection

    def free(self, connection: Connection) -> None:
        """The connection has served its exchange."""
        self._idle.append(connection)

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
        for connection in list(self._all):
            connection.close()
        self._idle.clear()
