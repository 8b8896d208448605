"""The supervisor can be asked for its state and its metrics, by programs of this machine, and for nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from dot_copilot.stack.listener import Listener
from tests.support.servers import free_port

pytestmark = pytest.mark.asyncio


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[int]:
    port = free_port()
    listener = Listener(port, {"/state": lambda: ("application/json", '{"phase": "ready"}')})
    await listener.start()
    try:
        yield port
    finally:
        await listener.stop()


async def say(port: int, text: str) -> tuple[str, str]:
    """What is answered: head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.replace("\n", "\r\n").encode())
    await writer.drain()
    head, _, body = (await asyncio.wait_for(reader.read(), 10)).decode().partition("\r\n\r\n")
    writer.close()
    return head, body


async def test_it_answers_its_pages() -> None:
    async with listening() as port:
        head, body = await say(port, f"GET /state?x=1 HTTP/1.1\nHost: 127.0.0.1:{port}\n\n")
        assert head.startswith("HTTP/1.1 200 OK")
        assert "Content-Type: application/json" in head
        assert "Cache-Control: no-store" in head
        assert body == '{"phase": "ready"}'
        head, body = await say(port, f"HEAD /state HTTP/1.1\nhost: localhost:{port}\n\n")
        assert head.startswith("HTTP/1.1 200")
        assert "Content-Length: 18" in head
        assert body == ""


async def test_a_page_whose_name_was_rebound_learns_nothing() -> None:
    async with listening() as port:
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port}.evil.example", ""):
            head, body = await say(port, f"GET /state HTTP/1.1\nHost: {host}\n\n")
            assert head.startswith("HTTP/1.1 421"), host
            assert "ready" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_nobody_can_order_anything(method: str) -> None:
    async with listening() as port:
        head, _ = await say(port, f"{method} /state HTTP/1.1\nHost: localhost:{port}\nContent-Length: 0\n\n")
        assert head.startswith("HTTP/1.1 405")
        assert "Access-Control" not in head


async def test_what_is_not_there_and_what_is_not_http() -> None:
    async with listening() as port:
        head, body = await say(port, f"GET /nothing HTTP/1.1\nHost: localhost:{port}\n\n")
        assert head.startswith("HTTP/1.1 404")
        assert "/state" in body
        assert (await say(port, "hello\n\n"))[0].startswith("HTTP/1.1 400")
        assert (await say(port, "x" * 40_000 + "\n\n"))[0] == "", "sent away without a word"


async def test_a_client_that_says_nothing_holds_nobody_up() -> None:
    async with listening() as port:
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        head, _ = await say(port, f"GET /state HTTP/1.1\nHost: localhost:{port}\n\n")
        assert head.startswith("HTTP/1.1 200")
        for reader, writer in silent:
            assert await asyncio.wait_for(reader.read(), 10) == b"", "its time is up"
            writer.close()
