"""Steady load on the door: keep-alive connections that read, at a rate, with every answer counted honestly.

A request has failed if its connection broke, or the answer is 500 or above. Answers that a drill's bad release made bad itself
carry its mark and are counted apart.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field

from tests.drills.releases import MARK


@dataclass(frozen=True)
class Answer:
    """When a request began (monotonic), how many seconds its answer took, its status (0: none), and whose fault that was."""

    at: float
    seconds: float
    status: int
    of_bad_release: bool
    why: str = ""

    @property
    def failed(self) -> bool:
        return self.status == 0 or self.status >= 500


def p99(answers: list[Answer]) -> float:
    """Seconds, nearest rank."""
    ordered = sorted(one.seconds for one in answers)
    return ordered[max(0, -(-len(ordered) * 99 // 100) - 1)] if ordered else 0.0


@dataclass
class Press:
    """`rate` requests a second (0: as many as there can be) from `clients` connections, in a thread of its own."""

    port: int
    token: str
    rate: float = 0
    clients: int = 16
    paths: tuple[str, ...] = ("/api/v1/drivers?limit=50", "/api/v1/compliance/summary", "/api/v1/me", "/healthz", "/")
    answers: list[Answer] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> Press:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()))
        self._thread.start()
        return self

    def stop(self) -> list[Answer]:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        return self.answers

    def during(self, seconds: float) -> list[Answer]:
        """What is answered in that time from now."""
        first = len(self.answers)
        time.sleep(seconds)
        return self.answers[first:]

    async def _all(self) -> None:
        await asyncio.gather(*(self._client(number) for number in range(self.clients)))

    async def _client(self, number: int) -> None:
        every = self.clients / self.rate if self.rate else 0.0
        due, turn = time.monotonic() + every * number / self.clients, number
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while not self._over.is_set():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            # Somebody who waits for an answer asks later: what is due meanwhile is not made up for.
            due = max(due + every, time.monotonic())
            turn += 1
            began = time.monotonic()
            try:
                if streams is None:
                    streams = await asyncio.open_connection("127.0.0.1", self.port)
                status, body, keeps = await asyncio.wait_for(self._ask(*streams, self.paths[turn % len(self.paths)]), 30)
                self._note(began, status, MARK in body, body[:300].decode(errors="replace") if status >= 500 else "")
                if not keeps:
                    streams[1].close()
                    streams = None
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
                self._note(began, 0, False, f"{type(error).__name__}: {error}")
                streams = None
        if streams is not None:
            streams[1].close()

    def _note(self, began: float, status: int, bad: bool, why: str = "") -> None:
        self.answers.append(Answer(began, time.monotonic() - began, status, bad, why))

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> tuple[int, bytes, bool]:
        head = f"GET {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nAuthorization: Bearer {self.token}\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        lines = dict(line.split(": ", 1) for line in text.split("\r\n")[1:] if ": " in line)
        if lines.get("transfer-encoding") == "chunked":
            body = b""
            while size := int((await reader.readline()).strip(), 16):
                body += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            body = await reader.readexactly(int(lines.get("content-length", "0")))
        return int(text.split(" ", 2)[1]), body, lines.get("connection") != "close"
