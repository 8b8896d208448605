"""Counters, gauges and histograms: declared once, labelled, bounded."""

from __future__ import annotations

import pytest

from dot_copilot.core.telemetry import Registry
from dot_copilot.core.telemetry.instruments import SECONDS


def test_a_series_is_one_thing_however_it_is_reached() -> None:
    calls = Registry().counter("dot_calls_total", "Calls.", ("upstream", "outcome"))
    bound = calls.labels("github", "ok")
    bound.add()
    calls.add("github", "ok", amount=2)
    assert bound.value == 3
    assert [values for values, _ in calls.series()] == [("github", "ok")]


def test_what_has_no_labels_is_there_from_the_start_with_zero() -> None:
    assert [(values, series.value) for values, series in Registry().gauge("dot_sessions", "Sessions.").series()] == [((), 0)]


def test_beyond_its_limit_an_instrument_counts_the_rest_together() -> None:
    tools = Registry().counter("dot_tools_total", "Tools.", ("tool", "outcome"), limit=10)
    for number in range(1000):
        tools.add(f"tool-{number}", "ok")
    names = [values for values, _ in tools.series()]
    assert len(names) == 11
    assert tools.labels("other", "other").value == 990
    tools.add("tool-3", "ok")
    assert tools.labels("tool-3", "ok").value == 2


@pytest.mark.parametrize(("value", "bucket"), [(0.0, 0), (0.001, 0), (0.0011, 1), (9.99, 12), (10.0, 12), (11.0, 13)])
def test_a_value_falls_into_the_first_bucket_whose_bound_it_does_not_pass(value: float, bucket: int) -> None:
    series = Registry().histogram("dot_seconds", "Seconds.").labels()
    series.observe(value)
    assert series.counts.index(1) == bucket
    assert (series.count, series.sum) == (1, value)


def test_a_bucket_remembers_the_last_trace_that_was_kept() -> None:
    series = Registry().histogram("dot_seconds", "Seconds.").labels()
    series.observe(0.002, "a" * 32)
    series.observe(0.002, "b" * 32)
    series.observe(0.002)
    exemplar = series.exemplars[1]
    assert exemplar is not None
    assert (exemplar.trace_id, exemplar.value) == ("b" * 32, 0.002)
    assert series.exemplars[0] is None


def test_gauges_of_things_that_have_gone_can_be_forgotten() -> None:
    waiting = Registry().gauge("dot_waiting", "Jobs.", ("task",))
    waiting.set("import", to=3)
    waiting.set("recount", to=1)
    waiting.keep_only({("import",)})
    assert [values for values, _ in waiting.series()] == [("import",)]


def test_names_are_declared_once_and_well() -> None:
    registry = Registry()
    registry.counter("dot_x_total", "X.", ("kind",))
    with pytest.raises(ValueError, match="declared already"):
        registry.counter("dot_x_total", "X.")
    with pytest.raises(ValueError, match="must end in _total"):
        registry.counter("dot_x", "X.")
    for name, label in [("dot-y", "kind"), ("dot_y", "le"), ("dot_y", "part"), ("dot_y", "a b")]:
        with pytest.raises(ValueError, match="no name"):
            registry.gauge(name, "Y.", (label,))
    with pytest.raises(ValueError, match="has the labels"):
        registry.find("dot_x_total").labels("a", "b")  # type: ignore[union-attr]


def test_a_reading_is_brought_up_to_date_and_survives_a_collector_that_fails() -> None:
    registry = Registry()
    gauge = registry.gauge("dot_b", "B.")
    registry.counter("dot_a_total", "A.")

    def fails() -> None:
        raise RuntimeError("the pool is gone")

    registry.on_collect(fails)
    remove = registry.on_collect(lambda: gauge.labels().add())
    assert [one.name for one in registry.collect()] == ["dot_a_total", "dot_b"]
    assert gauge.labels().value == 1
    remove()
    list(registry.collect())
    assert gauge.labels().value == 1


def test_the_bounds_ascend_and_have_the_objectives_among_them() -> None:
    assert list(SECONDS) == sorted(SECONDS)
    assert {0.25, 0.5, 1.0} <= set(SECONDS)
