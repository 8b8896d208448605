"""A closed loop of one POST over keep-alive connections, cheap enough to share a core with the upstream."""

from __future__ import annotations

import asyncio
import time
from typing import cast
from urllib.parse import urlsplit

import uvloop

from bench.load import Load


def request(url: str, headers: dict[str, str], body: bytes) -> bytes:
    """The bytes of one request."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class _Client(asyncio.Protocol):
    """Sends `data` again as soon as its answer is whole, until `end` or until the tickets have run out."""

    def __init__(self, data: bytes, expected: bytes, end: float, load: _Tally) -> None:
        self._data, self._expected, self._end, self._tally = data, expected, end, load
        self._buffer = bytearray()
        self._need = -1
        self._began = 0.0
        self._finished = False
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._next()

    def _next(self) -> None:
        self._began = time.perf_counter()
        if self._began >= self._end or not self._tally.ticket():
            self._finished = True
            self._transport.close()
            return
        self._buffer.clear()
        self._need = -1
        self._transport.write(self._data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._need < 0:
            stop = self._buffer.find(b"\r\n\r\n")
            if stop < 0:
                return
            head = bytes(self._buffer[:stop]).lower()
            place = head.find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            self._need = 0 if place < 0 else stop + 4 + length
        whole = self._buffer.endswith(b"0\r\n\r\n") if self._need == 0 else len(self._buffer) >= self._need
        if whole:
            good = self._buffer.startswith(b"HTTP/1.1 200") and self._expected in self._buffer
            self._tally.add(good, time.perf_counter() - self._began, bytes(self._buffer[-600:]))
            self._next()

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self._finished:
            self._tally.add(False, 0, b"the connection was closed")
        if not self.done.done():
            self.done.set_result(None)


class _Tally:
    def __init__(self, tickets: int | None) -> None:
        self._tickets = tickets
        self.latencies: list[float] = []
        self.failures = 0
        self.sample = b""

    def ticket(self) -> bool:
        """Whether one more call may be made."""
        if self._tickets is None:
            return True
        self._tickets -= 1
        return self._tickets >= 0

    def add(self, good: bool, seconds: float, answer: bytes) -> None:
        if good:
            self.latencies.append(seconds * 1000)
        else:
            self.failures += 1
            self.sample = answer


def run(
    url: str,
    headers: dict[str, str],
    body: bytes,
    expected: bytes,
    *,
    clients: int,
    seconds: float = 600,
    calls: int | None = None,
    strict: bool = True,
) -> Load:
    """Calls for `seconds`, or `calls` times. Good answers are 200 and hold `expected`; with `strict` a bad one raises."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 80
    if host not in ("127.0.0.1", "localhost"):
        raise ValueError("load goes to loopback only")
    tally = _Tally(calls)

    async def go() -> float:
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        data = request(url, headers, body)
        pool = [
            (await loop.create_connection(lambda: _Client(data, expected, began + seconds, tally), host, port))[1]
            for _ in range(clients)
        ]
        await asyncio.wait_for(asyncio.gather(*(client.done for client in pool)), seconds + 60)
        return time.perf_counter() - began

    taken = uvloop.run(go())
    if strict and tally.failures:
        raise RuntimeError(f"{tally.failures} of {len(tally.latencies) + tally.failures} calls failed, such as: {tally.sample!r}")
    return Load(taken, tally.latencies, tally.failures)
