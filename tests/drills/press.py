"""Steady load on the door: keep-alive connections that read, write and call tools, at a rate, every answer counted honestly.

A request has failed if its connection broke, or the answer is not what was asked for (400 or above, a tool that failed).
Answers that a drill's bad release made bad itself carry its mark and are counted apart.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.drills.assistants import headers_of, message_of
from tests.drills.releases import MARK


@dataclass(frozen=True)
class Answer:
    """When a request began (monotonic), how many seconds its answer took, its status (0: none), and whose fault that was.

    `why` it failed, or nothing; `what` was asked: method and path.
    """

    at: float
    seconds: float
    status: int
    of_bad_release: bool
    why: str = ""
    what: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.why)


def p99(answers: list[Answer]) -> float:
    """Seconds, nearest rank."""
    ordered = sorted(one.seconds for one in answers)
    return ordered[max(0, -(-len(ordered) * 99 // 100) - 1)] if ordered else 0.0


@dataclass(frozen=True)
class Request:
    """What one client sends; `body` makes it for each time anew."""

    method: str
    path: str
    token: str
    body: Callable[[], object] | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def text(self, authority: str) -> bytes:
        body = json.dumps(self.body()).encode() if self.body is not None else b""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {authority}", f"Authorization: Bearer {self.token}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join([*lines, "", ""]).encode() + body


def usual(token: str, terminal: str, assistants: list[str]) -> tuple[Request, ...]:
    """What a carrier's day is made of: mostly reads, a driver who is entered, and assistants who ask (`assistants`: tokens)."""
    numbers = itertools.count(int(time.time() * 10) % 10**9 * 1000)
    reads = [Request("GET", path, token) for path in _READS]

    def driver() -> object:
        return {"employee_id": f"L{next(numbers)}", "first_name": "Load", "last_name": "Drill", "terminal_id": terminal}

    call = message_of() | {"jsonrpc": "2.0"}
    accepting = (("Accept", "application/json, text/event-stream"), *headers_of().items())
    calls = [Request("POST", "/mcp", one, lambda: call, accepting) for one in assistants]
    return tuple(one for each in calls for one in (*reads, Request("POST", "/api/v1/drivers", token, driver), each))


_READS = (
    *("/api/v1/drivers?limit=50", "/api/v1/compliance/summary", "/api/v1/me", "/healthz"),
    *("/", "/api/v1/drivers?limit=50", "/api/v1/me", "/api/v1/compliance/upcoming"),
)


@dataclass
class Press:
    """`rate` requests a second (0: as many as there can be) from `clients` connections, in a thread of its own."""

    port: int
    mix: tuple[Request, ...]
    rate: float = 0
    clients: int = 16
    authority: Path | None = None
    """The file of the certificate authority; None: without TLS."""
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
        trust = ssl.create_default_context(cafile=str(self.authority)) if self.authority is not None else None
        await asyncio.gather(*(self._client(number, trust) for number in range(self.clients)))

    async def _client(self, number: int, trust: ssl.SSLContext | None) -> None:
        every = self.clients / self.rate if self.rate else 0.0
        due, turn = time.monotonic() + every * number / self.clients, number * 7
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while not self._over.is_set():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            # Somebody who waits for an answer asks later: what is due meanwhile is not made up for.
            due = max(due + every, time.monotonic())
            turn += 1
            began, request = time.monotonic(), self.mix[turn % len(self.mix)]
            try:
                if streams is None:
                    streams = await asyncio.open_connection("localhost", self.port, ssl=trust)
                status, body, keeps = await asyncio.wait_for(self._ask(*streams, request), 30)
                bad = status >= 400 or b'"isError":true' in body.replace(b" ", b"")
                why = body[:300].decode(errors="replace") or "without a word" if bad else ""
                self._note(began, status, MARK in body, why, request)
                if not keeps:
                    streams[1].close()
                    streams = None
            except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
                self._note(began, 0, False, f"{type(error).__name__}: {error}", request)
                streams = None
        if streams is not None:
            streams[1].close()

    def _note(self, began: float, status: int, bad: bool, why: str, request: Request) -> None:
        what = f"{request.method} {request.path}"
        self.answers.append(Answer(began, time.monotonic() - began, status, bad, why, what))

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request) -> tuple[int, bytes, bool]:
        writer.write(request.text(f"localhost:{self.port}"))
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
