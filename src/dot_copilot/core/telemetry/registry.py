"""All instruments of a process, and what brings them up to date before they are read."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from dot_copilot.core.telemetry.instruments import SECONDS, SERIES_LIMIT, Counter, Gauge, Histogram

AnyInstrument = Counter | Gauge | Histogram
K = TypeVar("K", Counter, Gauge, Histogram)
log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MEANINGLESS = {"le", "quantile", "job", "part", "instance"}  # names that Prometheus or the scrape gives a meaning to


class Registry:
    """Instruments by name. A name is declared once, where it is counted."""

    def __init__(self) -> None:
        self._instruments: dict[str, AnyInstrument] = {}
        self._collectors: list[Callable[[], None]] = []
        self._settlers: list[Callable[[], None]] = []

    def counter(self, name: str, help_: str, label_names: Sequence[str] = (), *, limit: int = SERIES_LIMIT) -> Counter:
        """Declares a counter; `name` ends in `_total`."""
        if not name.endswith("_total"):
            raise ValueError(f"the counter {name} must end in _total")
        return self._declare(Counter(name, help_, label_names, limit=limit))

    def gauge(self, name: str, help_: str, label_names: Sequence[str] = (), *, limit: int = SERIES_LIMIT) -> Gauge:
        """Declares a gauge."""
        return self._declare(Gauge(name, help_, label_names, limit=limit))

    def histogram(
        self,
        name: str,
        help_: str,
        label_names: Sequence[str] = (),
        *,
        bounds: tuple[float, ...] = SECONDS,
        limit: int = SERIES_LIMIT,
    ) -> Histogram:
        """Declares a histogram of seconds; `bounds` ascend."""
        return self._declare(Histogram(name, help_, label_names, bounds=bounds, limit=limit))

    def _declare(self, instrument: K) -> K:
        wrong = [label for label in instrument.label_names if not _NAME.fullmatch(label) or label in _MEANINGLESS]
        if wrong or not _NAME.fullmatch(instrument.name):
            raise ValueError(f"{instrument.name}{instrument.label_names} is no name for an instrument")
        if instrument.name in self._instruments:
            raise ValueError(f"the instrument {instrument.name} is declared already")
        self._instruments[instrument.name] = instrument
        return instrument

    def on_collect(self, collector: Callable[[], None]) -> Callable[[], None]:
        """Runs `collector` before each reading; returns what takes it out again."""
        self._collectors.append(collector)

        def remove() -> None:
            if collector in self._collectors:
                self._collectors.remove(collector)

        return remove

    def collect(self) -> Iterator[AnyInstrument]:
        """The instruments in alphabetical order, brought up to date. A collector that fails is logged and costs its values."""
        for collector in list(self._collectors):
            try:
                collector()
            except Exception:
                log.exception("a collector of metrics failed")
        for settler in self._settlers:
            settler()
        return iter([self._instruments[name] for name in sorted(self._instruments)])

    def on_settle(self, settler: Callable[[], None]) -> None:
        """Runs `settler` before each reading: it counts what has been put off."""
        self._settlers.append(settler)

    def find(self, name: str) -> AnyInstrument | None:
        """The instrument of that name."""
        return self._instruments.get(name)


REGISTRY = Registry()
"""The process's own."""
counter, gauge, histogram, on_collect = REGISTRY.counter, REGISTRY.gauge, REGISTRY.histogram, REGISTRY.on_collect
