"""What telemetry costs the MCP gateway: calls and lists of tools, in the manner of `bench.telemetry`, whose report has both."""

from __future__ import annotations

import asyncio
import urllib.request
from typing import cast

import uvloop

from bench import mcp_load, mcp_rig
from bench.processes import LOAD_CORE, server
from bench.telemetry_sides import TRACES, Figures, Run
from tests.support.servers import Servers, free_port

_HEADERS = {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "X-Forwarded-Proto": "https"}
KINDS = {
    "MCP gateway: tools/call": (mcp_rig.call("lean_echo_7"), b"said hello"),
    "MCP gateway: tools/list, 200 tools": (mcp_rig.listing(), b"echo_199"),
}


class _Client(asyncio.Protocol):
    """Sends the next request as soon as the answer to the one before is whole."""

    def __init__(self, run: GatewayRun) -> None:
        self._run = run
        self._buffer = bytearray()
        self._whole = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _next(self) -> None:
        if self._run.stopped:
            self._transport.close()
        else:
            self._buffer.clear()
            self._whole = 0
            self._transport.write(self._run.next_request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._whole:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._buffer[:end]).lower()
            length = head.find(b"content-length:")
            self._whole = end + 4 + int(head[length + 15 :].split(b"\r\n", 1)[0])
        if len(self._buffer) < self._whole:
            return
        if not self._buffer.startswith(b"HTTP/1.1 200") or self._run.expected not in self._buffer:
            self.ended.set_exception(RuntimeError(f"a call failed: {bytes(self._buffer[-600:])!r}"))
            self._transport.close()
            return
        self._run.answered()
        self._next()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


class GatewayRun(Run):
    """One kind of request to the gateway, from clients that never pause."""

    def expecting(self, request: tuple[dict[str, str], bytes], token: str, expected: bytes) -> GatewayRun:
        """What is sent, each time of another trace, and what stands in a good answer."""
        headers, body = request
        url = f"http://127.0.0.1:{self._running.port}/mcp"
        whole = mcp_load.request(url, {**headers, **_HEADERS, "Authorization": token}, body)
        head, _, rest = whole.partition(b"\r\n\r\n")
        self._requests = [head + b"\r\n" + trace.encode() + b"\r\n" + rest for trace in TRACES]
        self.expected = expected
        return self

    def next_request(self) -> bytes:
        """The bytes of one request."""
        return self._requests[next(self._turns) % len(self._requests)]

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        _, client = await loop.create_connection(lambda: _Client(self), "127.0.0.1", self._running.port)
        await client.ended
        if not self.stopped:
            raise RuntimeError("the gateway closed a connection")


def measure(servers: Servers, seconds: float) -> dict[str, Figures]:
    """The figures of each kind, measured for so long."""
    port, upstream, metrics = free_port(), free_port(), free_port()
    folder = servers.directory / "gateway"
    folder.mkdir()
    side, log = folder / "side", folder / "gateway.log"
    token = mcp_rig.person(servers).token(seconds=7200).decode()
    where = f"http://127.0.0.1:{upstream}"
    settings = mcp_rig.gateway_environment(servers, folder, f"{where}/mcp") | {
        "DOT_TELEMETRY": "file",
        "DOT_TRACE_RATIO": "0.1",
        "DOT_METRICS_PORT": str(metrics),
        "BENCH_SIDE": str(side),
    }
    found = {}
    with (
        mcp_rig.running(mcp_rig.upstream_command(upstream), LOAD_CORE, {}, folder / "upstream.log", where),
        server(["bench.untold_gateway", "--port", str(port)], port, settings, log) as running,
    ):
        mcp_rig.knows_its_upstreams(port)
        for kind, (request, expected) in KINDS.items():
            run = GatewayRun(running, side).expecting(request, token, expected)
            uvloop.run(run.go(seconds))
            found[kind] = run.figures
            urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=5).read()  # as Prometheus does
    return found
