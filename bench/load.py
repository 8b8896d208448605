"""A bounded HTTP/1.1 load generator for loopback: keep-alive connections, closed loop or a fixed rate."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    """What one run saw. Latencies are in milliseconds."""

    seconds: float
    latencies: list[float]
    failures: int

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency below which `share` (0..1) of the answers lie."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


class _Client:
    def __init__(self, host: str, port: int, head: bytes) -> None:
        self._host, self._port, self._head = host, port, head
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str, line: str = "") -> int:
        """Sends one request (with one more header `line`), reads the whole answer; returns its status."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        assert self._reader is not None
        self._writer.write(b"GET " + path.encode() + self._head[:-2] + line.encode() + b"\r\n")
        header = await self._reader.readuntil(b"\r\n\r\n")
        lower = header.lower()
        if b"transfer-encoding: chunked" in lower:
            await self._chunks()
        else:
            start = lower.index(b"content-length:") + 15
            await self._reader.readexactly(int(lower[start : lower.index(b"\r", start)]))
        return int(header[9:12])

    async def _chunks(self) -> None:
        assert self._reader is not None
        while size := int((await self._reader.readline()).split(b";")[0], 16):
            await self._reader.readexactly(size + 2)
        await self._reader.readline()

    def close(self) -> None:
        """Drops the connection."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


async def run(
    base: str,
    paths: list[str],
    headers: dict[str, str],
    *,
    clients: int,
    seconds: float,
    rate: float | None = None,
    lines: list[str] | None = None,
) -> Load:
    """Asks for `paths` in turn with `clients` connections for `seconds`; with `rate`, at most that many a second.

    `lines` are further header lines, each with its end, of which each request has the next one.
    """
    url = urlsplit(base)
    if url.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError("load goes to loopback only")
    head = " HTTP/1.1\r\nHost: localhost\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items()) + "\r\n"
    latencies: list[float] = []
    failures = 0
    started = time.perf_counter()
    end = started + seconds
    turn = 0

    async def work(client: _Client) -> None:
        nonlocal failures, turn
        while (now := time.perf_counter()) < end:
            due = started + turn / rate if rate else now
            path, line = paths[turn % len(paths)], lines[turn % len(lines)] if lines else ""
            turn += 1
            if due > now:
                await asyncio.sleep(due - now)
            begun = max(due, now) if rate else now
            try:
                status = await asyncio.wait_for(client.get(path, line), 30)
            except (OSError, asyncio.IncompleteReadError, ValueError, TimeoutError):
                client.close()
                status = 0
            if status == 200:
                latencies.append((time.perf_counter() - begun) * 1000)
            else:
                failures += 1

    pool = [_Client(url.hostname, url.port or 80, head.encode()) for _ in range(clients)]
    await asyncio.gather(*(work(client) for client in pool))
    taken = time.perf_counter() - started
    for client in pool:
        client.close()
    return Load(taken, latencies, failures)
