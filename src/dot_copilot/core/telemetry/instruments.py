"""What is counted and measured: counters, gauges and histograms with declared labels and a bounded number of series.

A series (`labels(...)`) is looked up once and kept by whoever counts often; adding to it costs a fifth of a microsecond. Beyond
an instrument's `limit`, further combinations of labels are counted together as `other`: no input can make the number grow.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

OTHER = "other"
SERIES_LIMIT = 200
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Bounds of a histogram of requests and jobs. Ours take 2 ms, which the usual bounds (from 5 ms on) can't show."""
SHORT_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
"""Bounds of a histogram of round trips on one machine or network."""


class Exemplar(NamedTuple):
    """A trace that was kept and one value it gave; `at` in seconds since the epoch."""

    trace_id: str
    value: float
    at: float


class CounterSeries:
    """A number that only grows."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0

    def add(self, amount: float = 1.0) -> None:
        """Counts `amount` (not negative) more."""
        self.value += amount


class GaugeSeries:
    """A number that goes up and down."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0.0

    def set(self, value: float) -> None:
        """The value now."""
        self.value = value

    def add(self, amount: float = 1.0) -> None:
        """Changes the value by `amount`, which may be negative."""
        self.value += amount


class HistogramSeries:
    """Counts by bucket (`counts[i]`: above bound i-1, up to bound i; the last one is open), and the sum of all values."""

    __slots__ = ("bounds", "counts", "exemplars", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.exemplars: list[Exemplar | None] = [None] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float, trace_id: str | None = None) -> None:
        """Adds a value; `trace_id` of a trace that is kept becomes the bucket's exemplar."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value
        if trace_id is not None:
            self.exemplify(value, trace_id)

    def exemplify(self, value: float, trace_id: str) -> None:
        """Makes a trace that is kept the exemplar of its value's bucket. The value is counted besides."""
        self.exemplars[bisect_left(self.bounds, value)] = Exemplar(trace_id, value, time.time())

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts)


S = TypeVar("S", CounterSeries, GaugeSeries, HistogramSeries)


class Instrument(Generic[S]):
    """A named family of series that differ by the values of `label_names`."""

    kind = ""

    def __init__(self, name: str, help_: str, label_names: Sequence[str] = (), *, limit: int = SERIES_LIMIT) -> None:
        self.name, self.help, self.label_names, self.limit = name, help_, tuple(label_names), limit
        self._series: dict[tuple[str, ...], S] = {}
        if not label_names:
            self.labels()

    def _make(self) -> S:
        raise NotImplementedError

    def labels(self, *values: str) -> S:
        """The series of these label values, in the order of `label_names`."""
        found = self._series.get(values)
        return found if found is not None else self._new(values)

    def _new(self, values: tuple[str, ...]) -> S:
        if len(values) != len(self.label_names):
            raise ValueError(f"{self.name} has the labels {self.label_names}, and {values} were given")
        if len(self._series) >= self.limit:
            values = (OTHER,) * len(values)
        return self._series.setdefault(values, self._make())

    def series(self) -> Iterator[tuple[tuple[str, ...], S]]:
        """All series, as (label values, series)."""
        return iter(list(self._series.items()))

    def keep_only(self, kept: set[tuple[str, ...]]) -> None:
        """Forgets the other series: for gauges of things that have gone."""
        for values in self._series.keys() - kept:
            self._series.pop(values, None)

    def clear(self) -> None:
        """Starts from nothing (tests)."""
        self._series.clear()
        if not self.label_names:
            self.labels()


class Counter(Instrument[CounterSeries]):
    """Counts events; its name ends in `_total`."""

    kind = "counter"

    def _make(self) -> CounterSeries:
        return CounterSeries()

    def add(self, *values: str, amount: float = 1.0) -> None:
        """Counts `amount` for these label values."""
        self.labels(*values).value += amount


class Gauge(Instrument[GaugeSeries]):
    """Shows how much there is now."""

    kind = "gauge"

    def _make(self) -> GaugeSeries:
        return GaugeSeries()

    def set(self, *values: str, to: float) -> None:
        """The value now, for these label values."""
        self.labels(*values).value = to


class Histogram(Instrument[HistogramSeries]):
    """Shows how values are spread."""

    kind = "histogram"

    def __init__(
        self,
        name: str,
        help_: str,
        label_names: Sequence[str] = (),
        *,
        bounds: tuple[float, ...] = SECONDS,
        limit: int = SERIES_LIMIT,
    ) -> None:
        self.bounds = bounds
        super().__init__(name, help_, label_names, limit=limit)

    def _make(self) -> HistogramSeries:
        return HistogramSeries(self.bounds)

    def observe(self, *values: str, seconds: float, trace_id: str | None = None) -> None:
        """Adds a value for these label values."""
        self.labels(*values).observe(seconds, trace_id)
