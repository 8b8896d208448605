"""One keep-alive HTTP/1.1 connection to an upstream (RFC 9112), one exchange at a time, parsed by httptools.

It exists because the hot path forwards bytes: an exchange costs one write and one callback. Its timeouts are looked at by the
pool, a few times a second for all connections together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httptools

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError

_HIGH_WATER = 256 * 1024
_MAX_HEADER_BYTES = 64 * 1024

Told = Callable[["Answer | None", "UpstreamError | None"], None]
"""Hears how an exchange went, once: the whole answer (of an event stream, once its headers are here), or the error."""


class Answer:
    """A response: whole (`body`), or, when it is an event stream, as chunks (`chunks`)."""

    __slots__ = (
        "_connection",
        "_error",
        "_parts",
        "_size",
        "_waiter",
        "complete",
        "content_type",
        "headers",
        "keep_alive",
        "status",
    )

    def __init__(self, connection: Connection) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.content_type = b""  # the media type, without parameters
        self.complete = False
        self.keep_alive = True
        self._parts: list[bytes] = []
        self._size = 0
        self._connection = connection
        self._waiter: asyncio.Future[None] | None = None
        self._error: UpstreamError | None = None

    @property
    def body(self) -> bytes:
        """The whole body of a complete answer."""
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def push(self, data: bytes, streaming: bool) -> int:
        """Takes bytes from the parser; returns how many bytes wait here."""
        self._parts.append(data)
        self._size += len(data)
        if streaming:
            self.wake()
        return self._size

    def finish(self, error: UpstreamError | None = None) -> None:
        """The last byte has come, or none will."""
        self.complete, self._error = error is None, error
        self.wake()

    def wake(self) -> None:
        """Lets a reader go on."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def next(self) -> bytes | None:
        """The next bytes of a stream; None at its end. Raises `UpstreamError`."""
        while not self._parts:
            if self._error is not None:
                raise self._error
            if self.complete:
                return None
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        data = self.body
        self._parts, self._size = [], 0
        self._connection.resume()
        return data

    def abandon(self) -> None:
        """Closes the connection unless the answer is complete: the upstream sees its client leave, which is cancellation."""
        if not self.complete:
            self._connection.close()


class Connection(asyncio.Protocol):
    """See the module. `released` is called with the connection when it may serve the next exchange."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self.loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._parser: Any = None
        self._answer: Answer | None = None
        self._told: Told | None = None
        self._streaming = self._paused = False
        self._limit = self._header_bytes = 0
        self._timeouts = Timeouts()
        self._started = self._last = 0.0
        self.idle_since = 0.0
        self.closed = False

    # -- asking ---------------------------------------------------------------------------------------------------------

    def ask(self, data: bytes, timeouts: Timeouts, limit: int, told: Told) -> None:
        """Sends one request. `told` must not raise; it is called from the event loop, never from here."""
        assert self._transport is not None
        self._parser = httptools.HttpResponseParser(self)
        self._answer = Answer(self)
        self._told = told
        self._streaming, self._limit, self._timeouts, self._header_bytes = False, limit, timeouts, 0
        self._started = self._last = self.loop.time()
        self._pool.watch()
        self._transport.write(data)

    def close(self) -> None:
        """Closes at once."""
        if self._transport is not None and not self.closed:
            self._transport.abort()
        self._fail(UpstreamError("broken", "The upstream's connection was closed before it had answered."))

    def resume(self) -> None:
        """Reads on after a slow reader has caught up."""
        if self._paused and self._transport is not None and not self.closed:
            self._paused = False
            self._last = self.loop.time()
            self._transport.resume_reading()

    def check(self, now: float) -> bool:
        """Ends the exchange if one of its timeouts has run out; whether one is under way still."""
        answer, limits = self._answer, self._timeouts
        if answer is None:
            return False
        wait = limits.idle if answer.status else limits.first_byte
        if now < min(self._started + limits.total, (now if self._paused else self._last) + wait):
            return True
        seconds = now - self._started
        self._fail(UpstreamError("timeout", f"The upstream did not answer in time ({seconds:.1f} s). The call may have run."))
        self.close()
        return False

    def _fail(self, error: UpstreamError) -> None:
        answer, told = self._answer, self._told
        self._answer = self._told = None
        if told is not None:
            told(None, error)
        elif answer is not None and not answer.complete:
            answer.finish(error)

    # -- asyncio.Protocol ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # bytes nobody asked for: the connection cannot be trusted
            self.close()
            return
        self._last = self.loop.time()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(UpstreamError("broken", "The upstream's answer is not HTTP. The call may have run."))
            self.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        self.closed = True
        self._pool.lost(self)
        answer = self._answer
        if answer is not None and answer.status and not {b"content-length", b"transfer-encoding"} & answer.headers.keys():
            self.on_message_complete()  # such a body ends with its connection (RFC 9112, 6.3)
            return
        self._fail(UpstreamError("broken", "The upstream closed the connection before it had answered. The call may have run."))

    # -- httptools ---------------------------------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        answer = self._answer
        self._header_bytes += len(name) + len(value)
        if answer is None or self._header_bytes > _MAX_HEADER_BYTES:
            raise httptools.HttpParserError("too many headers")
        answer.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        answer = self._answer
        if answer is None:
            return
        answer.status, answer.keep_alive = self._parser.get_status_code(), self._parser.should_keep_alive()
        if answer.status < 200:  # an interim response: the real one follows
            answer.headers.clear()
            return
        answer.content_type = answer.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if answer.content_type == b"text/event-stream":
            self._streaming = True
            told, self._told = self._told, None
            if told is not None:
                told(answer, None)

    def on_body(self, data: bytes) -> None:
        if self._answer is None:
            return
        waiting = self._answer.push(data, self._streaming)
        if self._streaming:
            if waiting > _HIGH_WATER and not self._paused and self._transport is not None:
                self._paused = True
                self._transport.pause_reading()
        elif waiting > self._limit:
            self._fail(UpstreamError("too_large", f"The upstream's answer is larger than {self._limit} bytes."))
            self.close()

    def on_message_complete(self) -> None:
        answer, told = self._answer, self._told
        if answer is None or answer.status < 200:
            return
        self._answer = self._told = None
        answer.finish()
        self.resume()
        if answer.keep_alive and not self.closed:
            self.idle_since = self.loop.time()
            self._pool.free(self)
        else:
            self.close()
        if told is not None:
            told(answer, None)
