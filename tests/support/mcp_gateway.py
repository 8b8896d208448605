"""A gateway and its upstreams on loopback, for tests and for the conformance suite."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from dot_copilot.core.telemetry.asgi import Traced
from dot_copilot.mcp.gateway.app import Gateway, Parts
from dot_copilot.mcp.gateway.catalogue.snapshot import SnapshotStore
from dot_copilot.mcp.gateway.config import GatewayConfig, parse
from dot_copilot.mcp.gateway.http.serving import Server, configuration
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from tests.support.mcp_guard import OpenGuard
from tests.support.servers import free_port

SECRET = b"a secret for tests, of 32 bytes and more"


@contextlib.contextmanager
def fixture_server(kind: str, *flags: str) -> Iterator[str]:
    """One process of `tests.support.mcp_fixture`; yields its MCP URL once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "tests.support.mcp_fixture", "--port", str(port), "--kind", kind, *flags]
    process = subprocess.Popen(command)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def wait_for(port: int, process: subprocess.Popen[bytes] | None = None, seconds: float = 30.0) -> None:
    """Waits until somebody listens on the port."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"the server ended at once ({process.returncode})")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on port {port}")


def two_upstreams(everything: str, second: str, **more: Any) -> GatewayConfig:
    """The configuration of the conformance runs: one upstream without a prefix, one with."""
    upstreams = [
        {"name": "everything", "transport": "http", "url": everything, "prefix": "none"},
        {"name": "second", "transport": "http", "url": second, "prefix": "second"},
    ]
    return parse({"upstream": upstreams, **more})


class Served:
    """A gateway on a free port, in a thread with its own event loop."""

    def __init__(
        self,
        config: GatewayConfig,
        guard: OpenGuard | None = None,
        upstreams: list[Any] | None = None,
        snapshots: SnapshotStore | None = None,
        *,
        keep_alive_s: int = 5,
    ) -> None:
        self.guard = guard or OpenGuard()
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.base}/mcp"
        self.upstreams = upstreams if upstreams is not None else [HttpUpstream(one) for one in config.upstream]
        parts = Parts(config, self.guard.guard(), self.upstreams, [SECRET], self.base, snapshots=snapshots, started=self._started)
        self.gateway = Gateway(parts)
        self.loop: asyncio.AbstractEventLoop | None = None
        settings = configuration(
            Traced(self.gateway),  # as in the process
            lambda: self.gateway.lane,
            host="127.0.0.1",
            port=self.port,
            log_level="warning",
            timeout_graceful_shutdown=1,
            keep_alive_s=keep_alive_s,
        )
        self._server = Server(settings, self.gateway.closing)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        wait_for(self.port)
        self.settle()
        return self

    def settle(self, seconds: float = 20.0) -> None:
        """Waits until every upstream has answered or failed once."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            states = httpx.get(f"{self.base}/readyz", trust_env=False, timeout=20).json()["upstreams"]
            if "starting" not in states.values():
                return
            time.sleep(0.05)
        raise RuntimeError("an upstream has not been asked")

    async def _started(self) -> None:
        self.loop = asyncio.get_running_loop()

    def soon(self, call: Callable[[], None]) -> None:
        """Runs `call` in the gateway's event loop."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(call)

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stops it as a signal would, and waits."""
        self._server.should_exit = True
        self._thread.join(10)
