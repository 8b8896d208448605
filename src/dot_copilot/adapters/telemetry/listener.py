"""`GET /metrics` on a port of its own, on the loopback interface by default: the port nginx talks to never answers it."""

from __future__ import annotations

import asyncio
import logging

from dot_copilot.adapters.telemetry.openmetrics import OPENMETRICS, OPENMETRICS_TYPE, PROMETHEUS_TYPE, render
from dot_copilot.core.telemetry import Registry

log = logging.getLogger(__name__)
_PATIENCE = 5.0
_LONGEST_HEAD = 16_384


class MetricsListener:
    """Serves the registry on `host`. A port that is taken is logged: a process that works is worth more than its figures."""

    def __init__(self, registry: Registry, port: int, host: str = "127.0.0.1") -> None:
        self._registry, self._port, self._host = registry, port, host
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens, unless the port is 0."""
        if not self._port:
            return
        try:
            self._server = await asyncio.start_server(self._answer, self._host, self._port, limit=_LONGEST_HEAD)
        except OSError as error:
            log.error("metrics are not served: port %d can't be used (%s)", self._port, error.strerror)

    async def stop(self) -> None:
        """Stops listening; who is being answered gets the answer."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self._response(head))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()

    def _response(self, head: str) -> bytes:
        method, _, rest = head.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if method != "GET" or path != "/metrics":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        accepted = next((line for line in head.lower().split("\r\n") if line.startswith("accept:")), "")
        openmetrics = OPENMETRICS in accepted
        body = render(self._registry, openmetrics=openmetrics).encode()
        kind = OPENMETRICS_TYPE if openmetrics else PROMETHEUS_TYPE
        fields = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return fields.encode() + body
