"""The HTTP side: bodies read with a bound in bytes and seconds, answers sent, disconnects noticed late but cheaply."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from msgspec import Struct

from dot_copilot.mcp.gateway.wire.headers import Headers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Pair = tuple[bytes, bytes]

JSON = (b"content-type", b"application/json")


class Http(Struct):
    """What an HTTP request says before its body. `twice`: a routing header that came more than once."""

    method: str
    headers: Headers
    twice: bytes | None


class BadBody(Exception):
    """The body cannot be taken: 413, 408, or the client has gone (499)."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


async def read_body(receive: Receive, headers: Headers, limit: int, seconds: float) -> bytes:
    """The whole body, at most `limit` bytes within `seconds`."""
    declared = headers.get(b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise BadBody(413, f"The body has {int(declared)} bytes; at most {limit} are taken.")
    loop = asyncio.get_running_loop()  # asked once: Python 3.11 makes a system call of each asking
    task = asyncio.current_task(loop)
    late: list[bool] = []
    assert task is not None
    # A bare timer: asyncio.timeout costs four times as much, on every request.
    timer = loop.call_later(seconds, _expire, task, late)
    try:
        message = await receive()
        body: bytes = message.get("body", b"")
        if not message.get("more_body") and message["type"] == "http.request":
            return body
        return await _rest(receive, message, body, limit)
    except asyncio.CancelledError:
        if not late:
            raise
        task.uncancel()
        raise BadBody(408, f"The body did not arrive within {seconds:g} seconds.") from None
    finally:
        timer.cancel()


def _expire(task: asyncio.Task[Any], late: list[bool]) -> None:
    late.append(True)
    task.cancel()


async def _rest(receive: Receive, message: MutableMapping[str, Any], first: bytes, limit: int) -> bytes:
    parts, size = [first], len(first)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BadBody(413, f"The body is larger than {limit} bytes.")
    if message["type"] == "http.disconnect":
        raise BadBody(499, "The client has gone.")
    return b"".join(parts)


async def respond(send: Send, status: int, body: bytes, headers: Iterable[Pair] = ()) -> None:
    """Sends a whole answer."""
    lines = [(b"content-length", str(len(body)).encode()), *headers]
    if body:
        lines.append(JSON)
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})


async def begin(send: Send, status: int, headers: Iterable[Pair]) -> None:
    """Sends status and headers of a streamed answer."""
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})


async def more(send: Send, body: bytes, last: bool = False) -> None:
    """Sends a piece of a streamed answer."""
    await send({"type": "http.response.body", "body": body, "more_body": not last})


class Disconnect:
    """Calls `gone` once when the client goes away. Watching starts after `delay` seconds: short calls never pay for it."""

    def __init__(
        self, receive: Receive, gone: Callable[[], object], loop: asyncio.AbstractEventLoop, delay: float = 0.05
    ) -> None:
        self._receive, self._gone, self._loop = receive, gone, loop
        self._task: asyncio.Task[None] | None = None
        self._timer = loop.call_later(delay, self._start)

    def _start(self) -> None:
        self._task = self._loop.create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone()

    def stop(self) -> None:
        """Ends watching; must be called."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
