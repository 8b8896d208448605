"""What a transaction did, as it is told to telemetry: a mark for each statement, all of them together at its end.

A mark is all that happens on the path of a request, and how long it took is put where it waits to be counted with others
(`HistogramSeries.waiting`). Marks become spans in the few traces that are kept (`Trace.lay_out`). Code that runs between two
waits for the database finds nothing of itself in the processor's caches, and takes three times as long as in a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns

from dot_copilot.core.telemetry.registry import REGISTRY
from dot_copilot.core.telemetry.texts import COMMIT, ENTER, ROLLBACK, WAIT, describe
from dot_copilot.core.telemetry.trace import Mark, _parent, _trace, current_parent

__all__ = ["COMMIT", "ENTER", "MARKS_LIMIT", "ROLLBACK", "TOOK", "WAIT", "Mark", "current_parent", "mark", "told"]
MARKS_LIMIT = 64
"""A transaction with more of them tells what there is before it goes on."""
_MOST_TEXTS = 1000
_SETTLE_EVERY = 1000  # marks that a trace has no room for


class _Took(dict[str, Callable[[int], None]]):
    """By text: what takes how long it ran, in nanoseconds."""

    def __missing__(self, sql: str) -> Callable[[int], None]:
        if len(self) >= _MOST_TEXTS:
            self.clear()
        found = self[sql] = describe(sql).series.waiting.append
        return found


TOOK = _Took()


def mark(sql: str, started: int, error: BaseException | None = None) -> Mark:
    """Counts a statement that began at `started` (`perf_counter_ns`) and has ended now, and gives its mark."""
    ended = perf_counter_ns()
    TOOK[sql](ended - started)
    return sql, _parent.get(), started, ended, None if error is None else type(error).__name__


def told(marks: list[Mark]) -> None:
    """Takes the marks of a transaction, or of a part of it. They are nobody else's from now on."""
    trace = _trace.get()
    if trace is None:
        REGISTRY.settle()  # where no request begins, nobody else may
        return
    if trace.room > 0:
        trace.room -= len(marks)
        trace.recorded.append(marks)
    else:
        before = trace.lost
        trace.lost += len(marks)
        if trace.lost // _SETTLE_EVERY > before // _SETTLE_EVERY:
            REGISTRY.settle()
    if trace.sampled:
        for sql, _, started, ended, _ in marks:
            describe(sql).series.exemplify((ended - started) / 1e9, trace.trace_id)
