"""What a transaction did, as it is told to telemetry: the times of its own, and a mark for each statement.

That is all that happens on the path of a request. Transactions are counted many at once (`settle`), and become spans in the few
traces that are kept (`Trace.lay_out`): code that runs between two waits for the database finds nothing of itself in the
processor's caches, and takes three times as long as in a loop.
"""

from __future__ import annotations

from bisect import bisect_left
from threading import Lock
from time import perf_counter_ns

from dot_copilot.core.telemetry.instruments import HistogramSeries
from dot_copilot.core.telemetry.registry import REGISTRY
from dot_copilot.core.telemetry.texts import COMMIT, ENTER, ROLLBACK, WAIT, describe
from dot_copilot.core.telemetry.trace import Mark, Transaction, _parent, _trace, current_parent, marks_of

__all__ = ["COMMIT", "ENTER", "MARKS_LIMIT", "ROLLBACK", "Mark", "Transaction", "current_parent", "mark", "told", "told_early"]
MARKS_LIMIT = 64
"""A transaction with more of them tells what there is before it goes on."""
_MOST_UNCOUNTED = 15  # that wait to be counted: more of them would take the place of something else in the caches
_WAIT, _ENTER, _COMMIT = (describe(text).series for text in (WAIT, ENTER, COMMIT))
_uncounted: list[Transaction] = []
_counting = Lock()


def mark(sql: str, started: int, error: BaseException | None = None) -> Mark:
    """The mark of a statement that began at `started` (`perf_counter_ns`) and has ended now."""
    return sql, _parent.get(), started, perf_counter_ns(), None if error is None else type(error).__name__


def told_early(marks: list[Mark]) -> None:
    """Takes statements that are of no transaction, or of one that has made many of them already and goes on."""
    told((0, 0, 0, 0, 0, 0, marks))


def told(transaction: Transaction) -> None:
    """Takes a transaction that has ended. Its marks are nobody else's from now on."""
    trace = _trace.get()
    if trace is not None:
        number = 3 + len(transaction[6])
        if trace.room > 0:
            trace.room -= number
            trace.recorded.append(transaction)
        else:
            trace.lost += number
        if trace.sampled:
            for sql, _, started, ended, _ in marks_of(transaction):
                describe(sql).series.exemplify((ended - started) / 1e9, trace.trace_id)
    _uncounted.append(transaction)
    if len(_uncounted) > _MOST_UNCOUNTED:
        settle()


def settle() -> None:
    """Counts what waits. `Registry.settle` asks for it, so that nothing does when figures are read."""
    with _counting:  # an exporter reads on a thread of its own
        taken = _uncounted[:]
        del _uncounted[: len(taken)]
    for transaction in taken:
        asked, began, entered, committing, committed, _, marks = transaction
        if began:
            _count(_WAIT, began - asked)
        if entered:
            _count(_ENTER, entered - began)
        if committed:
            _count(_COMMIT, committed - committing)
        for sql, _, started, ended, _ in marks:
            _count(describe(sql).series, ended - started)


def _count(series: HistogramSeries, took: int) -> None:
    seconds = took / 1e9
    series.counts[bisect_left(series.bounds, seconds)] += 1  # `observe`
    series.sum += seconds


REGISTRY.on_settle(settle)
