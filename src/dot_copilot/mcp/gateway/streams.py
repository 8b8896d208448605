"""Long-lived answers: a queue of events to a client that may leave, whose sign-in may end, and whose line must stay awake."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from dot_copilot.mcp.gateway.wire import asgi, sse

PING_SECONDS = 15.0
QUEUE = 1024

Outgoing = asyncio.Queue[bytes | None]


def put(queue: Outgoing, data: bytes | None) -> None:
    """Queues an event; ends the stream when the client has stopped reading (it listens again, and asks for what it missed)."""
    try:
        queue.put_nowait(data)
    except asyncio.QueueFull:
        queue.get_nowait()
        queue.put_nowait(None)


async def serve(receive: asgi.Receive, send: asgi.Send, queue: Outgoing, alive: Callable[[], Awaitable[bool]]) -> None:
    """Sends what is queued until None comes or the client leaves. Every 15 seconds: a ping, and whether `alive` still says so."""
    gone = asyncio.ensure_future(_gone(receive))
    due = asyncio.get_running_loop().time() + PING_SECONDS
    try:
        while True:
            item = asyncio.ensure_future(queue.get())
            wait = max(0.0, due - asyncio.get_running_loop().time())
            await asyncio.wait({gone, item}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                item.cancel()
                return
            if item.done():
                data = item.result()
                if data is None:
                    break
                await asgi.more(send, data)
                continue
            item.cancel()
            due = asyncio.get_running_loop().time() + PING_SECONDS
            if not await alive():
                break
            await asgi.more(send, sse.PING)
        await asgi.more(send, b"", last=True)
    finally:
        gone.cancel()


async def _gone(receive: asgi.Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
