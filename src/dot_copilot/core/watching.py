"""What watches the platform, as ports: figures, alerts, the state of the parts, traces and log lines.

Every method may raise `SourceError`: whoever shows the platform says what is missing and why, and shows the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from dot_copilot.core.settings import Settings


class SourceError(Exception):
    """A source gave no usable answer; the text says why and may be shown."""


class SourceOff(SourceError):
    """This installation has no such source."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a query at one instant."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a query over time: (seconds since the epoch, value)."""

    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]


class Metrics(Protocol):
    """Questions to a Prometheus, in PromQL of our own."""

    async def query(self, question: str) -> list[Sample]:
        """The present values. Those that are no number (0/0) are left out."""
        ...

    async def query_range(self, question: str, *, start: float, end: float, step: float) -> list[Series]:
        """Values from `start` to `end` (seconds since the epoch), every `step` seconds."""
        ...

    async def rules(self) -> list[FiringAlert]:
        """Alerts as the rules have them: pending and firing, without what was silenced."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class FiringAlert:
    """An alert that stands. `state` is pending, firing or silenced."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    state: str
    since: datetime


class Alerts(Protocol):
    """The alerts that stand now, as an Alertmanager has them."""

    async def active(self) -> list[FiringAlert]: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WatchedPart:
    """A process of the local stack, in its supervisor's words. `since` is when it came into this state."""

    name: str
    state: str
    restarts: int = 0
    detail: str = ""
    ready_after_s: float | None = None
    since: datetime | None = None
    memory_mb: float | None = None
    task: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """The whole stack at one moment; `phase` is starting, ready or stopping, `without` names the parts that are left out."""

    phase: str
    version: str
    parts: Sequence[WatchedPart] = ()
    without: Sequence[str] = ()
    memory_mb: float | None = None
    """Of the supervisor itself."""


class Supervision(Protocol):
    """Who starts and heals the parts on this machine."""

    async def state(self) -> Watched: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of work of one part. `started` is in seconds since the epoch, `duration_ms` in milliseconds."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: str
    part: str
    started: float
    duration_ms: float
    failed: bool
    detail: str
    attributes: Mapping[str, str]
    carrier_id: str | None


@dataclass(frozen=True, slots=True)
class SpanPage:
    """What was read of the trace files; `complete` when that is all there is."""

    spans: Sequence[Span]
    complete: bool


class Traces(Protocol):
    """Spans that were kept, the files' ends first; no more than a few megabytes are read."""

    async def recent(self) -> SpanPage: ...

    async def of(self, trace_id: str) -> SpanPage: ...


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a part's log. `at` is None where a program does not say when."""

    part: str
    at: datetime | None
    level: str
    message: str
    logger: str = ""
    trace_id: str | None = None
    carrier_id: str | None = None
    access: bool = False
    """A line of nginx's access log: its path may name what belongs to somebody."""


class Logs(Protocol):
    """The ends of the log files of the parts."""

    async def tail(self, wanted: Callable[[str], bool], *, trace_id: str | None = None) -> list[LogLine]:
        """Lines of the parts whose names are wanted, the oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that watches this installation."""

    metrics: Metrics
    alerts: Alerts
    supervisor: Supervision
    traces: Traces
    logs: Logs
    verdicts: dict[tuple[UUID, int], tuple[float, bool]] = field(default_factory=dict)
    """Who was let in or not lately, by session and token version, and when (`time.monotonic`)."""

    async def close(self) -> None:
        """Closes the clients."""
        await self.metrics.close()
        await self.alerts.close()
        await self.supervisor.close()


def shows_operations(settings: Settings, usdot: str) -> bool:
    """Whether the administrators of the carrier with this USDOT number see how the platform is.

    By name in `DOT_OPERATIONS_CARRIERS`; without names everybody's on a machine of their own, and nobody's elsewhere.
    """
    names = {name.strip() for name in settings.operations_carriers.split(",") if name.strip()}
    return usdot in names if names else settings.is_local
