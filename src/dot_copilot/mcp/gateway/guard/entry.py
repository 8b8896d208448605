"""One call on record, from its begin to its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from uuid import UUID

from dot_copilot.core.telemetry import CounterSeries
from dot_copilot.mcp.gateway.figures import Called
from dot_copilot.mcp.gateway.guard.spool import Segment
from dot_copilot.mcp.gateway.guard.upstream_transcript import Asked
from dot_copilot.mcp.gateway.ports import Outcome

if TYPE_CHECKING:
    from dot_copilot.mcp.gateway.guard.calls import Calls


class Entry:
    """One call that has begun; the `CallEntry`. A second `end` is passed over.

    `prompt`: its end is on disk when `end` returns, else when the log's next `write` does. `asked`: what the transcript keeps.
    `count`: how many refusals it stands for, 0 for one call (`begin_many`).
    """

    __slots__ = ("_began", "_called", "_client", "_log", "asked", "begin", "carrier", "count", "key", "prompt", "segment")

    def __init__(self, log: Calls, key: bytes, carrier: UUID, begin: bytes, *, called: Called, client: CounterSeries) -> None:
        self._log: Calls | None = log
        self._called, self._client = called, client
        self._began = time.perf_counter()
        self.key, self.carrier, self.begin = key, carrier, begin
        self.segment: Segment | None = None
        self.prompt = False
        self.asked: Asked | None = None
        self.count = 0

    @property
    def counting(self) -> bytes:
        """The line that says how many it stands for so far."""
        return b'{"more":"%b","count":%d}\n' % (self.key, self.count)

    @property
    def call(self) -> str:
        """The call's id in the audit log."""
        return self.key.decode()

    def more(self) -> None:
        """One more refusal that this entry stands for; on disk when this returns, `Refused` (503) if it can't be."""
        if self._log is not None:
            self.count += 1
            self._called.ended("refused", 0.0)
            self._client.value += 1
            self._log.counted(self)

    def end_many(self, error: str) -> None:
        """The last of them has been counted."""
        log, self._log = self._log, None
        if log is not None:
            log.ended(self, "refused", error, 0.0)

    def end(self, outcome: Outcome, error: str | None = None, answer: bytes = b"") -> None:
        """Notes how it ended. `error` is for people; it is cut at 300 characters and holds no secret. See `ports.CallEntry`."""
        log, self._log = self._log, None
        if log is not None:
            seconds = time.perf_counter() - self._began
            self._called.ended(outcome, seconds)
            self._client.value += 1
            log.ended(self, outcome, error, seconds * 1000)
            if self.asked is not None and log.transcript is not None:
                log.transcript.told(self.call, self.asked, outcome, answer=answer, error=error, seconds=seconds)
