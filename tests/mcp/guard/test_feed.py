"""News through Valkey, and noticing that there will be none."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from valkey.asyncio import Valkey
from valkey.asyncio.retry import Retry
from valkey.backoff import NoBackoff

from dot_copilot.mcp.gateway.guard.feed import Feed
from dot_copilot.stack import binaries
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Waits for a condition; a test failure when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


async def test_messages_reach_their_handlers(valkey: Valkey) -> None:
    heard: list[tuple[str, bytes | None]] = []
    feed = Feed(valkey)
    feed.on("test:a", lambda data: heard.append(("a", data)))
    feed.on("test:b", lambda data: heard.append(("b", data)))
    assert not feed.connected
    feed.start()
    await until(lambda: feed.connected)
    assert sorted(heard, key=str) == [("a", None), ("b", None)], "something may have been missed before"
    await valkey.publish("test:a", b"one")
    await until(lambda: ("a", b"one") in heard)
    assert ("b", b"one") not in heard
    await feed.stop()
    assert not feed.connected


async def test_a_handler_that_fails_does_not_end_the_feed(valkey: Valkey) -> None:
    heard: list[bytes | None] = []

    def fail(_data: bytes | None) -> None:
        raise RuntimeError("a handler's mistake")

    feed = Feed(valkey)
    feed.on("test:c", fail)
    feed.on("test:c", heard.append)
    feed.start()
    await until(lambda: feed.connected)
    await valkey.publish("test:c", b"one")
    await until(lambda: b"one" in heard)
    await feed.stop()


async def test_a_stuck_or_dead_server_is_noticed_and_found_again(tmp_path: Path) -> None:
    port = free_port()

    def serve() -> subprocess.Popen[bytes]:
        command = [str(binaries.valkey()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    server = serve()
    client = Valkey(port=port, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0))
    missed: list[bytes | None] = []
    feed = Feed(client)
    feed.on("test:d", missed.append)
    feed.start()
    try:
        await until(lambda: feed.connected)
        assert missed == [None]
        await asyncio.sleep(3)
        assert feed.connected, "silence alone is not a broken line"
        assert missed == [None]
        os.kill(server.pid, signal.SIGSTOP)
        await until(lambda: not feed.connected)
        os.kill(server.pid, signal.SIGCONT)
        await until(lambda: feed.connected)
        server.kill()
        server.wait()
        await until(lambda: not feed.connected)
        server = serve()
        await until(lambda: feed.connected)
        assert len(missed) >= 2, "after a reconnect something may have been missed"
    finally:
        await feed.stop()
        await client.aclose()
        server.kill()
        server.wait()
