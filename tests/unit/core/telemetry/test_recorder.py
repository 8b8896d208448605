"""Which traces are kept, and what is in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import RECORDER, Parent, Recorder, Trace
from dot_copilot.core.telemetry.trace import SPAN_LIMIT

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def recorder(ratio: float) -> tuple[Recorder, list[Trace]]:
    kept: list[Trace] = []
    return Recorder(ratio, kept.append), kept


@pytest.fixture
def kept() -> Iterator[list[Trace]]:
    """What the process's own recorder keeps, of all traces."""
    before = RECORDER.ratio, RECORDER.sink
    found: list[Trace] = []
    RECORDER.ratio, RECORDER.sink = 1.0, found.append
    yield found
    RECORDER.ratio, RECORDER.sink = before


def test_about_the_ratio_is_kept_and_each_stands_for_its_share() -> None:
    taken, kept = recorder(0.1)
    for _ in range(5000):
        taken.finish(taken.begin("GET /", telemetry.SERVER))
    assert 350 < len(kept) < 650
    assert {trace.rate for trace in kept} == {0.1}


def test_while_many_come_the_share_becomes_smaller_and_each_stands_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, kept = recorder(0.1)
    taken.most = 5.0
    clock = iter(range(10**10, 10**12, 500_000))  # two looks at it a trace: a thousand traces a second
    monkeypatch.setattr("dot_copilot.core.telemetry.trace.perf_counter_ns", lambda: next(clock))
    monkeypatch.setattr("dot_copilot.core.telemetry.recorder.perf_counter_ns", lambda: next(clock))
    for _ in range(20_000):
        taken.finish(taken.begin("GET /", telemetry.SERVER))
    later = [trace for trace in kept if trace.started > 10**10 + 10**9]
    assert 40 < len(later) < 160, "five of a thousand"
    assert all(trace.rate == pytest.approx(0.005, rel=0.01) for trace in later)


def test_failures_and_what_is_slow_are_always_kept_and_stand_for_themselves() -> None:
    taken, kept = recorder(0.0)
    failed = taken.begin("GET /", telemetry.SERVER)
    failed.fail(ValueError("a name that must not be told"))
    slow = taken.begin("GET /", telemetry.SERVER)
    slow.started -= 1_100_000_000
    fine = taken.begin("GET /", telemetry.SERVER)
    stream = taken.begin("POST /mcp", telemetry.SERVER)
    stream.started -= 3_600_000_000_000
    stream.slow_after = 1 << 62
    assert [taken.finish(one) for one in (failed, slow, fine, stream)] == [True, True, False, False]
    assert [trace.rate for trace in kept] == [1.0, 1.0]
    assert failed.error == "ValueError"


def test_a_failure_among_the_sampled_stands_for_itself_too() -> None:
    taken, kept = recorder(0.999999)
    trace = taken.begin("GET /", telemetry.SERVER)
    trace.fail("500")
    taken.finish(trace)
    assert kept[0].rate == 1.0


def test_our_own_processes_decide_once_for_the_whole_way() -> None:
    taken, _ = recorder(0.1)
    inner = taken.begin("job", telemetry.CONSUMER, Parent(TRACE, 7, sampled=True))
    assert (inner.sampled, inner.rate, inner.trace_id, inner.parent_id) == (True, 0.1, TRACE, 7)
    whole = taken.begin("job", telemetry.CONSUMER, Parent(TRACE, 7, sampled=True, whole=True))
    assert (whole.sampled, whole.rate) == (True, 1.0)


def test_somebody_outside_may_ask_for_a_few_a_second_only() -> None:
    taken, _ = recorder(0.0)
    wishes = [taken.begin("GET /", telemetry.SERVER, Parent(TRACE, 7, sampled=True), outside=True) for _ in range(1000)]
    assert 5 <= sum(trace.sampled for trace in wishes) < 20


def test_nobody_outside_can_choose_an_id_that_is_always_kept() -> None:
    """The decision differs from process to process for the same id."""
    taken, _ = recorder(0.5)
    ids = [f"{number:032x}" for number in range(1, 400)]
    sampled = [taken.begin("GET /", telemetry.SERVER, Parent(one, 1, sampled=False), outside=True).sampled for one in ids]
    assert 100 < sum(sampled) < 300


def test_without_a_sink_ids_are_all_there_is() -> None:
    alone = Recorder(1.0)
    trace = alone.begin("GET /", telemetry.SERVER)
    trace.fail("500")
    assert not trace.sampled
    assert not alone.finish(trace)
    assert len(trace.trace_id) == 32


def test_spans_know_what_they_are_below(kept: list[Trace]) -> None:
    with telemetry.tracing("job", telemetry.CONSUMER) as trace:
        telemetry.leaf("SELECT drivers", telemetry.CLIENT, trace.started)
        with telemetry.span("inspect", attributes={"bytes": 5}) as one:
            telemetry.leaf("PUT blob", telemetry.CLIENT, trace.started, "TimeoutError")
            assert telemetry.current_span_id() == one.span_id
            assert one.outgoing["traceparent"] == f"00-{trace.trace_id}-{one.span_id:016x}-01"
        telemetry.set_carrier("c")
    (found,) = kept
    first, inner, outer = found.spans
    assert (first.parent_id, outer.parent_id, inner.parent_id) == (trace.root_id, trace.root_id, one.span_id)
    assert (outer.span_id, outer.attributes, inner.error) == (one.span_id, {"bytes": 5}, "TimeoutError")
    assert found.carrier_id == "c"
    assert telemetry.current() is None


def test_an_exception_marks_span_and_trace_by_its_class_alone(kept: list[Trace]) -> None:
    with pytest.raises(RuntimeError), telemetry.tracing("job"), telemetry.span("step"):
        raise RuntimeError("Ana Ruiz")
    assert (kept[0].failed, kept[0].error, kept[0].spans[0].error) == (True, "RuntimeError", "RuntimeError")


def test_a_trace_has_room_for_so_many_spans_and_counts_the_rest(kept: list[Trace]) -> None:
    dropped = telemetry.DROPPED.labels("traces", "too_many_spans")
    before = dropped.value
    with telemetry.tracing("job") as trace:
        for _ in range(SPAN_LIMIT + 10):
            telemetry.leaf("SELECT", telemetry.CLIENT, trace.started)
    assert len(kept[0].spans) == SPAN_LIMIT
    assert dropped.value - before == 10


@pytest.mark.asyncio
async def test_what_goes_on_after_the_end_no_longer_counts(kept: list[Trace]) -> None:
    go = asyncio.Event()

    async def later() -> None:
        await go.wait()
        telemetry.leaf("SELECT", telemetry.CLIENT, 0)

    with telemetry.tracing("request"):
        task = asyncio.create_task(later())
        await asyncio.sleep(0)
    go.set()
    await task
    assert kept[0].spans == []


@pytest.mark.asyncio
async def test_tasks_side_by_side_keep_their_own_place(kept: list[Trace]) -> None:
    async def work(name: str) -> None:
        with telemetry.span(name) as one:
            await asyncio.sleep(0)
            assert telemetry.current_span_id() == one.span_id

    with telemetry.tracing("request") as trace:
        await asyncio.gather(work("a"), work("b"))
    assert {span.parent_id for span in kept[0].spans} == {trace.root_id}


def test_outside_any_trace_nothing_is_recorded_and_nothing_fails() -> None:
    with telemetry.span("alone") as one:
        telemetry.leaf("SELECT", telemetry.CLIENT, 0)
        telemetry.set_carrier("c")
    assert (one.outgoing, telemetry.carry(), telemetry.current_span_id()) == ({}, None, 0)


def test_the_place_in_a_trace_can_be_carried_in_a_jobs_arguments(kept: list[Trace]) -> None:
    with telemetry.tracing("request") as trace:
        trace.whole = True
        carried = telemetry.carry()
    assert carried is not None
    assert telemetry.parse_carried(carried) == Parent(trace.trace_id, trace.root_id, sampled=True, whole=True)
