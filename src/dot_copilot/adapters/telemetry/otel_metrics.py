"""Instruments as OpenTelemetry's `MetricsData`: cumulative for OTLP, what has changed since the last reading for Azure."""

from __future__ import annotations

import time
from collections.abc import Callable

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource

from dot_copilot.adapters.telemetry.otel import SCOPE
from dot_copilot.core.telemetry import Counter as CounterInstrument
from dot_copilot.core.telemetry import Histogram as HistogramInstrument
from dot_copilot.core.telemetry import Registry
from dot_copilot.core.telemetry.registry import AnyInstrument

Key = tuple[str, tuple[str, ...]]


class Reader:
    """Reads a registry again and again. `delta`: counts since the last reading, and nothing of series that stood still."""

    def __init__(self, registry: Registry, who: Resource, *, delta: bool, wanted: Callable[[str], bool] = lambda _: True) -> None:
        self._registry, self._who, self._delta, self._wanted = registry, who, delta, wanted
        self._started = self._last = time.time_ns()
        self._before: dict[Key, list[float]] = {}

    def read(self) -> tuple[MetricsData, int]:
        """Everything there is now, and how many points that is."""
        now = time.time_ns()
        since = self._last if self._delta else self._started
        metrics = []
        number = 0
        for instrument in self._registry.collect():
            if not self._wanted(instrument.name):
                continue
            metric = self._metric(instrument, since, now)
            if metric.data.data_points:
                metrics.append(metric)
                number += len(metric.data.data_points)
        self._last = now
        scope = ScopeMetrics(SCOPE, metrics, schema_url="")
        return MetricsData([ResourceMetrics(self._who, [scope], schema_url="")]), number

    def _metric(self, instrument: AnyInstrument, since: int, now: int) -> Metric:
        temporality = AggregationTemporality.DELTA if self._delta else AggregationTemporality.CUMULATIVE
        data: Sum | Gauge | Histogram
        if isinstance(instrument, CounterInstrument):
            data = Sum(self._counted(instrument, since, now), temporality, True)
        elif isinstance(instrument, HistogramInstrument):
            data = Histogram(self._spread_out(instrument, since, now), temporality)
        else:
            data = Gauge([NumberDataPoint(_labels(instrument, v), since, now, one.value) for v, one in instrument.series()])
        unit = "s" if "_seconds" in instrument.name else "By" if "_bytes" in instrument.name else "1"
        return Metric(instrument.name, instrument.help, unit, data)

    def _counted(self, instrument: CounterInstrument, since: int, now: int) -> list[NumberDataPoint]:
        points = []
        for values, series in instrument.series():
            (value,) = self._change((instrument.name, values), [series.value])
            if value or not self._delta:
                points.append(NumberDataPoint(_labels(instrument, values), since, now, value))
        return points

    def _spread_out(self, instrument: HistogramInstrument, since: int, now: int) -> list[HistogramDataPoint]:
        points = []
        for values, series in instrument.series():
            *counts, total = self._change((instrument.name, values), [*series.counts, series.sum])
            number = [int(count) for count in counts]
            if any(number) or not self._delta:
                low, high = _edges(number, series.bounds)
                labels = _labels(instrument, values)
                points.append(HistogramDataPoint(labels, since, now, sum(number), total, number, series.bounds, low, high))
        return points

    def _change(self, key: Key, now: list[float]) -> list[float]:
        if not self._delta:
            return now
        before = self._before.get(key)
        self._before[key] = now
        return now if before is None else [a - b for a, b in zip(now, before, strict=True)]


def _labels(instrument: AnyInstrument, values: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(instrument.label_names, values, strict=True))


def _edges(counts: list[int], bounds: tuple[float, ...]) -> tuple[float, float]:
    """About the least and the greatest value, as far as the buckets tell."""
    filled = [place for place, count in enumerate(counts) if count]
    if not filled:
        return 0.0, 0.0
    edges = [0.0, *bounds, bounds[-1]]
    return edges[filled[0]], edges[filled[-1] + 1]
