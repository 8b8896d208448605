"""The record of every call: a line when it begins and one when it ends, then an entry in the carrier's audit log."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import orjson

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import CounterSeries
from dot_copilot.mcp.gateway.figures import CLIENTS, called, client_kind
from dot_copilot.mcp.gateway.guard.entry import Entry
from dot_copilot.mcp.gateway.guard.refusals import Refusals
from dot_copilot.mcp.gateway.guard.registry import BadData
from dot_copilot.mcp.gateway.guard.replay import Done, read
from dot_copilot.mcp.gateway.guard.spool import Folder, Spool, discard, left_behind
from dot_copilot.mcp.gateway.guard.upstream_transcript import UpstreamTranscript
from dot_copilot.mcp.gateway.ports import Refused, Verdict

_log = logging.getLogger(__name__)
_BATCH = 500
_ERROR_LENGTH = 300
_MOST_REMEMBERED = 4096
Send = Callable[[UUID, bytes], Awaitable[int]]
"""Appends a JSON list of calls to a carrier's audit log; `OSError` when nobody answers, `BadData` when it is refused."""


class Calls:
    """The `CallLog`.

    `begin` raises `Refused` (503) when the record cannot be kept: the disk is full, or PostgreSQL has been away for so long
    that `limit_bytes` are waiting. A call that cannot be recorded is not made, so none is ever missing.
    """

    def __init__(
        self,
        base: Path,
        name: str,
        send: Send,
        *,
        transcript: UpstreamTranscript | None = None,
        limit_bytes: int = 64 << 20,
        every_s: float = 0.5,
    ) -> None:
        self.transcript = transcript
        self._base, self._name, self._send, self._every_s = base, name, send, every_s
        self._spool = Spool(Folder.claim(base, name), limit=limit_bytes, segment_bytes=min(1 << 20, max(1, limit_bytes // 4)))
        self._left = list(left_behind(base, self._spool.folder))
        # Unique over all gateways and all time: 80 random bits a process, and a number.
        self._prefix, self._numbers = os.urandom(10).hex().encode(), itertools.count()
        self._who: dict[Verdict, tuple[bytes, dict[str, CounterSeries]]] = {}
        self._open: dict[bytes, Entry] = {}
        self._begun: list[Entry] = []
        self._lines: list[bytes] = []
        self._ended: deque[Done] = deque()
        self._task: asyncio.Task[None] | None = None
        self._silent = self._refusing = False
        self._refusals = Refusals(self)

    @property
    def waiting(self) -> int:
        """Calls that have ended and are not in PostgreSQL yet."""
        return len(self._ended)

    @property
    def spool_bytes(self) -> int:
        """What is on disk and still needed."""
        return self._spool.size

    def begin(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes) -> Entry:
        """See `ports.CallLog`."""
        trace = telemetry.current()
        entry = self.enter(verdict, upstream, tool, arguments, trace.trace_id.encode() if trace else b"")
        entry.prompt = True
        self.write()
        return entry

    def refused(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, error: str) -> None:
        """See `ports.CallLog`."""
        self._refusals.note(verdict, upstream, tool, arguments, error)

    def begin_many(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes) -> Entry:
        """An entry for refusals to come, with the first of them."""
        entry = self.begin(verdict, upstream, tool, arguments)
        entry.asked = None  # they have asked nobody
        entry.more()
        return entry

    def counted(self, entry: Entry) -> None:
        """Called by the entry: its count is put on disk."""
        self._lines.append(entry.counting)
        self.write()

    def enter(self, verdict: Verdict, upstream: str, tool: str, arguments: bytes, trace: bytes = b"") -> Entry:
        """See `ports.CallLog`."""
        if self._spool.full:
            raise self._refuse("PostgreSQL has not taken the record of calls for too long")
        call = b"%b%012x" % (self._prefix, next(self._numbers))
        what = called(upstream, tool)
        who, clients = self._who.get(verdict) or self._remember(verdict)
        client = clients.get(upstream)
        if client is None:
            client = clients[upstream] = CLIENTS.labels(client_kind(verdict.client_name), upstream)
        line = b'{"call":"%b",%b,%b,"arguments_sha256":"%b","started_at":%b}\n' % (
            call,
            who,
            what.members,
            hashlib.sha256(arguments).hexdigest().encode(),
            orjson.dumps(time.time()),
        )
        entry = self._open[call] = Entry(self, call, verdict.caller.carrier_id, line, called=what, client=client)
        if self.transcript is not None:
            entry.asked = self.transcript.asked(verdict, upstream, tool, arguments, trace)
        self._begun.append(entry)
        self._lines.append(line)
        return entry

    def write(self) -> None:
        """See `ports.CallLog`."""
        if not self._lines:
            return
        data, self._lines = b"".join(self._lines), []
        begun, self._begun = self._begun, []
        try:
            segment = self._spool.append(data)
        except OSError as error:
            for entry in begun:
                self._open.pop(entry.key, None)
            if begun:
                raise self._refuse(str(error)) from None
            # What has ended is still in memory, and goes to PostgreSQL from there.
            _log.error("the end of a call is not on disk: %s", error)
            return
        segment.unsettled += len(begun)
        for entry in begun:
            entry.segment = segment
        self._refusing = self._refusing and not begun

    def _remember(self, verdict: Verdict) -> tuple[bytes, dict[str, CounterSeries]]:
        """What the lines of this verdict's calls have in common, and where they are counted by upstream."""
        caller = verdict.caller
        who = {
            "carrier": str(caller.carrier_id),
            "session": str(caller.session_id),
            "via": caller.via,
            "client_id": verdict.client_id,
            "gateway": self._name,
        }
        if len(self._who) >= _MOST_REMEMBERED:
            self._who.clear()
        self._who[verdict] = remembered = orjson.dumps(who)[1:-1], dict[str, CounterSeries]()
        return remembered

    def ended(self, entry: Entry, outcome: str, error: str | None, duration_ms: float) -> None:
        """Called by the entry."""
        line = b'{"end":"%b","duration_ms":%.2f,"outcome":"%b"' % (entry.key, duration_ms, outcome.encode())
        if entry.count:
            line += b',"count":%d' % entry.count
        line += b',"error":%b}\n' % orjson.dumps(error[:_ERROR_LENGTH]) if error else b"}\n"
        self._lines.append(line)
        self._open.pop(entry.key, None)
        if entry.prompt or entry.segment is None:
            self.write()
        self._ended.append(Done(entry.carrier, entry.begin[:-2] + b"," + line[1:-1], entry.segment))

    def start(self) -> None:
        """Begins to send what has ended, and what earlier processes left behind."""
        self._task = asyncio.create_task(self._run(), name="gateway call log")

    async def stop(self, patience_s: float = 5.0) -> None:
        """Sends what is left, as long as patience lasts; what is not sent stays on disk for the next process."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._refusals.sweep(everything=True)
        try:
            async with asyncio.timeout(patience_s):
                while self._ended:
                    await self.flush()
        except (OSError, TimeoutError):
            _log.warning("%d calls stay in %s until the next start", len(self._ended), self._spool.folder.path)
        self._spool.close()

    async def flush(self) -> None:
        """Sends one batch; `OSError` when PostgreSQL does not answer, and then nothing is lost."""
        batch = [self._ended.popleft() for _ in range(min(_BATCH, len(self._ended)))]
        by_carrier: dict[UUID, list[Done]] = {}
        for done in batch:
            by_carrier.setdefault(done.carrier, []).append(done)
        waiting = list(by_carrier.items())
        while waiting:
            carrier, calls = waiting[-1]
            try:
                await self._deliver(carrier, calls)
            except BaseException:
                self._ended.extendleft(done for _, rest in reversed(waiting) for done in reversed(rest))
                raise
            waiting.pop()
            for done in calls:
                if done.segment is not None:
                    self._spool.settle(done.segment)

    async def _deliver(self, carrier: UUID, calls: list[Done]) -> int:
        """One carrier's calls; returns how many were new. What PostgreSQL refuses is kept on disk, and the log says so."""
        try:
            return await self._send(carrier, b"[" + b",".join(done.json for done in calls) + b"]")
        except BadData as error:
            if len(calls) > 1:
                half = len(calls) // 2
                return await self._deliver(carrier, calls[:half]) + await self._deliver(carrier, calls[half:])
            path = self._base / "refused.jsonl"
            _log.error("PostgreSQL refuses the record of a call (%s); it is kept in %s", error, path)
            with path.open("ab") as file:
                file.write(calls[0].json + b"\n")
            return 0

    async def _run(self) -> None:
        wait = self._every_s
        while True:
            try:
                await self._adopt()
                self._refusals.sweep()
                while self._ended:
                    await self.flush()
                    await asyncio.sleep(0)
                self._thin_out()
                if self._silent:
                    _log.warning("the record of calls goes to PostgreSQL again")
                self._silent, wait = False, self._every_s
            except OSError as error:
                if not self._silent:
                    _log.error("%d calls wait on disk in %s: %s", len(self._ended), self._spool.folder.path, error)
                self._silent, wait = True, min(wait * 2, 5.0)
            await asyncio.sleep(wait)

    async def _adopt(self) -> None:
        """Sends what processes that are gone left on disk; a call without an end gets the outcome "unknown"."""
        while self._left:
            folder, files = self._left[-1]
            calls = await asyncio.to_thread(read, files)
            new = 0
            for start in range(0, len(calls), _BATCH):
                by_carrier: dict[UUID, list[Done]] = {}
                for done in calls[start : start + _BATCH]:
                    by_carrier.setdefault(done.carrier, []).append(done)
                for carrier, some in by_carrier.items():
                    new += await self._deliver(carrier, some)
            if new:
                _log.warning("%d calls of an earlier process, left in %s, are recorded now", new, folder.path)
            discard(folder, files, own=folder is self._spool.folder)
            self._left.pop()

    def _thin_out(self) -> None:
        """Copies calls that run for very long out of old files, so that these can go."""
        oldest = self._spool.oldest
        if oldest is None or self._spool.segments < 4:
            return
        for entry in [entry for entry in self._open.values() if entry.segment is oldest]:
            entry.segment = self._spool.append(entry.begin + entry.counting if entry.count else entry.begin)
            entry.segment.unsettled += 1
            self._spool.settle(oldest)

    def _refuse(self, why: str) -> Refused:
        if not self._refusing:
            _log.error("calls are refused, for they could not be recorded: %s", why)
        self._refusing = True
        return Refused(503, "temporarily_unavailable", "Calls cannot be recorded just now, so none is made. Try again later.")
