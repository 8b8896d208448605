"""Transactions as telemetry is told of them: counted all, spans in what is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import RECORDER, REGISTRY, HistogramSeries, Trace
from dot_copilot.core.telemetry.standard import DB_OPERATION, DB_WAIT
from dot_copilot.core.telemetry.statements import MARKS_LIMIT, Mark, mark, told, told_early
from dot_copilot.core.telemetry.trace import SPAN_LIMIT

SQL = "select id from drivers where carrier_id = $1"
MS = 1_000_000


@pytest.fixture
def kept() -> Iterator[list[Trace]]:
    before = RECORDER.ratio, RECORDER.sink
    found: list[Trace] = []
    RECORDER.ratio, RECORDER.sink = 1.0, found.append
    yield found
    RECORDER.ratio, RECORDER.sink = before


def series(operation: str) -> HistogramSeries:
    """As a scrape finds it."""
    list(REGISTRY.collect())
    return DB_OPERATION.labels(operation)


def statement(started: int, ended: int, error: str | None = None) -> Mark:
    return SQL, 0, started, ended, error


def test_every_statement_is_counted_by_its_verb_when_figures_are_read() -> None:
    before = {name: series(name).count for name in ("ENTER", "SELECT", "COMMIT")}
    sums, waits = series("SELECT").sum, DB_WAIT.labels().count
    for _ in range(40):
        told((0, 1 * MS, 2 * MS, 9 * MS, 10 * MS, 0, [statement(3 * MS, 5 * MS), statement(5 * MS, 8 * MS)]))
    after = {name: series(name).count - number for name, number in before.items()}
    assert after == {"ENTER": 40, "SELECT": 80, "COMMIT": 40}
    assert series("SELECT").sum - sums == pytest.approx(40 * 0.005)
    assert DB_WAIT.labels().count - waits == 40


def test_a_transaction_that_did_not_begin_or_end_is_counted_as_far_as_it_came() -> None:
    before = {name: series(name).count for name in ("ENTER", "SELECT", "COMMIT")}
    told((0, 1, 0, 0, 0, 0, [("ENTER", 0, 1, 2, "TimeoutError")]))
    told((0, 1, 2, 0, 0, 0, [statement(3, 4, "UniqueViolationError")]))
    assert {name: series(name).count - number for name, number in before.items()} == {"ENTER": 2, "SELECT": 1, "COMMIT": 0}


def test_a_kept_trace_has_them_as_spans_in_the_order_they_ended(kept: list[Trace]) -> None:
    with telemetry.tracing("request") as trace:
        start = trace.started
        with telemetry.span("inspect") as one:
            inner = mark(SQL, start)
        told((start, start + 2 * MS, start + 3 * MS, start + 90 * MS, start + 91 * MS, 0, [statement(start, start + 5 * MS)]))
        told_early([inner])
    names = [span.name for span in kept[0].spans]
    assert sorted(names) == ["COMMIT", "ENTER", "SELECT drivers", "SELECT drivers", "inspect", "wait for a connection"]
    assert [span.ended for span in kept[0].spans] == sorted(span.ended for span in kept[0].spans)
    assert {span.parent_id for span in kept[0].spans if span.ended == inner[3]} == {one.span_id}
    assert {span.parent_id for span in kept[0].spans if span.name == "COMMIT"} == {trace.root_id}
    exemplars = [exemplar.trace_id for exemplar in series("COMMIT").exemplars if exemplar]
    assert trace.trace_id in exemplars


def test_a_short_wait_is_no_span_and_an_error_is_told_by_its_class(kept: list[Trace]) -> None:
    with telemetry.tracing("request") as trace:
        told((trace.started, trace.started + 1, trace.started + 2, 0, 0, 0, [mark(SQL, trace.started, ValueError("Ana Ruiz"))]))
    assert [(span.name, span.error) for span in kept[0].spans] == [("ENTER", None), ("SELECT drivers", "ValueError")]


def test_beyond_its_room_a_trace_counts_what_it_lost_and_figures_miss_nothing(kept: list[Trace]) -> None:
    before = series("SELECT").count
    with telemetry.tracing("job") as trace:
        for _ in range(20):
            told_early([statement(1, 2)] * MARKS_LIMIT)
    assert len(kept[0].spans) <= SPAN_LIMIT + MARKS_LIMIT
    assert trace.lost > 0
    assert series("SELECT").count - before == 20 * MARKS_LIMIT
