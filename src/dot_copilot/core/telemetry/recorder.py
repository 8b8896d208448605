"""Begins and ends traces, and decides which are kept.

Kept are those that failed, those that were slow, a share of all (`ratio`), and those whose caller keeps its own part. A caller
outside our network may ask for that too, but only a few times a second: it must not decide what our telemetry costs. For the same
reason the share becomes smaller while more arrive than it is worth to look at (`most`); each kept trace knows what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, perf_counter_ns

from dot_copilot.core.telemetry.context import Parent
from dot_copilot.core.telemetry.instruments import Counter
from dot_copilot.core.telemetry.registry import REGISTRY
from dot_copilot.core.telemetry.trace import INTERNAL, Trace, _parent, _trace

OUTSIDE_PER_SECOND = 5
Sink = Callable[[Trace], None]
DROPPED: Counter = REGISTRY.counter(
    "dot_telemetry_dropped_total", "Spans, metric points and log lines that did not get out, by why.", ("signal", "reason")
)
EXPORTED: Counter = REGISTRY.counter(
    "dot_telemetry_exported_total", "Spans, metric points and log lines that got out.", ("signal",)
)
_TOO_MANY = DROPPED.labels("traces", "too_many_spans")
HASH_BITS = (1 << 61) - 1


class Recorder:
    """The process's decision. Without a `sink`, nothing is kept and nothing but ids is of use.

    `begun`, `due`, `share` and `bound` are for `begin`, and for `asgi`, which does the same for the usual request.
    """

    def __init__(self, ratio: float = 0.1, sink: Sink | None = None) -> None:
        self.sink = sink
        self.most = 0.0
        """Sampled traces a second, about; 0: any number."""
        self._ratio: float
        self.ratio = ratio
        self.begun = self._since = self.due = 0
        self._tokens, self._refilled = float(OUTSIDE_PER_SECOND), monotonic()

    def begin(self, name: str, kind: str, parent: Parent | None = None, *, outside: bool = False) -> Trace:
        """A new trace, below `parent` if there is one. `outside`: the parent is a claim of somebody we don't know."""
        trace = Trace(name, kind, parent, started=perf_counter_ns())
        self.begun += 1
        if trace.started >= self.due:
            self.look_up(trace.started)
        if self.sink is None:
            return trace
        if parent is not None and parent.sampled and (not outside or self._allowed()):
            trace.sampled = True
            trace.whole = outside or parent.whole
            trace.rate = 1.0 if trace.whole else self.ratio or 1.0
        # Python's hash of a text differs from process to process, so that nobody can choose ids that are always kept. The
        # processes a request goes on to learn the decision from us.
        elif hash(trace.trace_id) & HASH_BITS < self.bound:
            trace.sampled = True
            trace.rate = self.share
        return trace

    def look_up(self, now: int) -> None:
        """At `due`, once a second: a share of as many as the last second had is at most `most`."""
        seconds = max((now - self._since) / 1e9, 1.0)
        self.share = min(self._ratio, self.most * seconds / max(self.begun, 1)) if self.most else self._ratio
        self.bound = int(self.share * (HASH_BITS + 1))
        self.begun, self._since, self.due = 0, now, now + 1_000_000_000

    @property
    def ratio(self) -> float:
        """The share of traces that is kept while they are few, 0 to 1."""
        return self._ratio

    @ratio.setter
    def ratio(self, ratio: float) -> None:
        self._ratio = self.share = ratio
        self.bound = int(ratio * (HASH_BITS + 1))

    def wanted(self, trace: Trace) -> bool:
        """Ends a trace; True if it is to be kept. Then the caller names and describes it, and gives it to `keep`."""
        trace.ended = ended = perf_counter_ns()
        trace.room = 0
        if self.sink is None:
            return False
        if trace.failed or ended - trace.started > trace.slow_after:
            trace.rate = 1.0  # all of them are kept, so that each stands for itself alone
            return True
        return trace.sampled

    def keep(self, trace: Trace) -> None:
        """Hands a wanted trace to the sink."""
        if trace.lost:
            _TOO_MANY.add(trace.lost)
        trace.lay_out()
        if self.sink is not None:
            self.sink(trace)

    def finish(self, trace: Trace) -> bool:
        """`wanted`, and `keep` if so."""
        kept = self.wanted(trace)
        if kept:
            self.keep(trace)
        return kept

    def _allowed(self) -> bool:
        now = monotonic()
        self._tokens = min(float(OUTSIDE_PER_SECOND), self._tokens + (now - self._refilled) * OUTSIDE_PER_SECOND)
        self._refilled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


RECORDER = Recorder()
"""The process's own; `adapters.telemetry` gives it its sink and its ratio."""


@contextmanager
def tracing(name: str, kind: str = INTERNAL, parent: Parent | None = None, *, outside: bool = False) -> Iterator[Trace]:
    """A trace of its own around a block; an exception makes it a failed one. For what happens often, use `enter` and `leave`."""
    trace = RECORDER.begin(name, kind, parent, outside=outside)
    before = enter(trace)
    try:
        yield trace
    except Exception as error:
        trace.fail(error)
        raise
    finally:
        leave(before)
        RECORDER.finish(trace)


def enter(trace: Trace) -> tuple[Trace | None, int]:
    """Makes `trace` the current one; give the result to `leave`, in the same task."""
    before = _trace.get(), _parent.get()
    _trace.set(trace)
    _parent.set(0)
    return before


def leave(before: tuple[Trace | None, int]) -> None:
    """The opposite of `enter`."""
    _trace.set(before[0])
    _parent.set(before[1])
