"""Between the application and one exporter: bounded queues, and a thread that empties them.

Whoever offers something never waits, and never learns what became of it. What does not fit, or is not taken, is counted.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

import msgspec

from dot_copilot.core.telemetry import DROPPED, EXPORTED, Trace

log = logging.getLogger(__name__)
TRACES_WAITING = 1000
LINES_WAITING = 5000
_TRACES_AT_ONCE, _LINES_AT_ONCE = 100, 500
_PAUSE = 0.5
_METRICS_EVERY = 60.0
_SAY_AGAIN_AFTER = 60.0


class LogLine(msgspec.Struct, frozen=True, gc=False):
    """A log record. `at` in nanoseconds since the epoch; `error`: the class of its exception; texts are empty if unknown."""

    at: int
    level: int
    logger: str
    message: str
    traceback: str
    error: str
    trace_id: str
    span_id: int
    carrier_id: str


class Exporter(Protocol):
    """One destination. Everything runs on the lane's thread, may block for a bounded time, and may raise: then it is lost."""

    name: str
    wants_logs: bool

    def traces(self, traces: list[Trace]) -> bool:
        """Takes kept traces; False when they did not arrive."""
        ...

    def logs(self, lines: list[LogLine]) -> bool:
        """Takes log lines."""
        ...

    def metrics(self) -> tuple[bool, int]:
        """Reads the registry and sends it; whether it arrived, and how many points there were."""
        ...

    def close(self) -> None:
        """Gives up whatever still waits."""
        ...


class Lane:
    """One exporter with its queues and its thread."""

    def __init__(self, exporter: Exporter, *, pause: float = _PAUSE, metrics_every: float = _METRICS_EVERY) -> None:
        self._exporter = exporter
        self.name, self.wants_logs = exporter.name, exporter.wants_logs
        self._pause, self._metrics_every = pause, metrics_every
        self._traces: deque[Trace] = deque()
        self._lines: deque[LogLine] = deque()
        self._stop = threading.Event()
        self._said = float("-inf")
        self._traces_full = DROPPED.labels("traces", "queue_full")
        self._lines_full = DROPPED.labels("logs", "queue_full")
        self._thread = threading.Thread(target=self._run, name=f"telemetry-{exporter.name}", daemon=True)

    def start(self) -> None:
        """Begins to export."""
        self._thread.start()

    def offer_trace(self, trace: Trace) -> None:
        """Queues a kept trace, or counts it as dropped."""
        if len(self._traces) >= TRACES_WAITING:
            self._traces_full.add(trace.size)
        else:
            self._traces.append(trace)

    def offer_line(self, line: LogLine) -> None:
        """Queues a log line, or counts it as dropped."""
        if len(self._lines) >= LINES_WAITING:
            self._lines_full.add()
        else:
            self._lines.append(line)

    def stop(self, deadline: float) -> None:
        """Lets the thread send what waits until `deadline` (of `time.monotonic`); what is left is counted as dropped."""
        self._stop.set()
        self._thread.join(max(0.0, deadline - time.monotonic()))
        self._exporter.close()
        if self._thread.is_alive():  # in the middle of something: closing the exporter makes most of them give up
            self._thread.join(max(0.1, deadline - time.monotonic()))
        while self._traces:
            self._traces_full.add(self._traces.popleft().size)
        while self._lines:
            self._lines.popleft()
            self._lines_full.add()

    def _run(self) -> None:
        due = time.monotonic() + self._metrics_every
        while not self._stop.wait(self._pause):
            self._empty()
            if time.monotonic() >= due:
                self._count("metrics", *self._sent(self._exporter.metrics, 1))
                due = time.monotonic() + self._metrics_every
        self._empty()
        self._count("metrics", *self._sent(self._exporter.metrics, 1))

    def _empty(self) -> None:
        while self._traces:
            traces = [self._traces.popleft() for _ in range(min(_TRACES_AT_ONCE, len(self._traces)))]
            spans = sum(trace.size for trace in traces)
            self._count("traces", *self._sent(partial(self._traces_out, traces, spans), spans))
        while self._lines:
            lines = [self._lines.popleft() for _ in range(min(_LINES_AT_ONCE, len(self._lines)))]
            self._count("logs", *self._sent(partial(self._lines_out, lines), len(lines)))

    def _traces_out(self, traces: list[Trace], spans: int) -> tuple[bool, int]:
        return self._exporter.traces(traces), spans

    def _lines_out(self, lines: list[LogLine]) -> tuple[bool, int]:
        return self._exporter.logs(lines), len(lines)

    def _sent(self, send: Callable[[], tuple[bool, int]], number: int) -> tuple[bool, int]:
        try:
            return send()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a destination, the next batch is tried again
            self._say(type(error).__name__)
            return False, number

    def _count(self, signal: str, arrived: bool, number: int) -> None:
        if arrived:
            EXPORTED.add(signal, amount=number)
            return
        DROPPED.add(signal, "export_failed", amount=number)
        self._say("it did not take a batch")

    def _say(self, why: str) -> None:
        now = time.monotonic()
        if now - self._said > _SAY_AGAIN_AFTER:
            self._said = now
            log.warning("telemetry does not reach '%s': %s. Drops are counted, and this is said once a minute.", self.name, why)
