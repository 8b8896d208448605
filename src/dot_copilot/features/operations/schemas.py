"""What the platform looks like on the wire. Rates are per second, durations in milliseconds, shares between 0 and 1."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from dot_copilot.features.operations.drawing import Network, PartKind

PartState = Literal["works", "starting", "degraded", "down", "off", "absent", "unknown"]
SourceName = Literal["supervisor", "metrics", "alerts", "traces", "logs"]
Level = Literal["debug", "info", "warning", "error", "critical"]


class Source(BaseModel):
    """Where something of the page comes from. `off`: this installation has none; `failed`: `detail` says why."""

    name: SourceName
    state: Literal["ok", "off", "failed"]
    detail: str | None = None


class Replica(BaseModel):
    """One process of a part. `word` is its state in the words of who watches it."""

    name: str
    state: PartState
    word: str
    detail: str | None
    restarts: int
    since: datetime | None = Field(description="Since when it is in this state, if known")
    ready_after_s: float | None
    cpu: float | None = Field(description="Cores in use: 0.5 is half of one")
    memory_mb: float | None


class MapPart(BaseModel):
    """A box of the map. `rate`, `error_ratio` and `p95_ms` are of the last minute.

    `state` is null for who is outside; `absent` is no fault: this installation does without the part.
    """

    name: str
    label: str
    kind: PartKind
    network: Network
    state: PartState | None
    detail: str | None
    since: datetime | None
    restarts: int
    replicas: list[Replica]
    rate: float | None
    error_ratio: float | None
    p95_ms: float | None
    cpu: float | None
    memory_mb: float | None
    figures: dict[str, float] = Field(description="What else is worth knowing of this part, such as `jobs_waiting`")


class MapCall(BaseModel):
    """An arrow of the map. Without `known` nobody measures this path."""

    source: str
    target: str
    rate: float | None
    error_ratio: float | None
    p95_ms: float | None
    known: bool


class Alert(BaseModel):
    """An alert that stands. `part` is the box it belongs to; `runbook` an address, or a path in the documentation."""

    name: str
    severity: Literal["critical", "warning", "info"]
    state: Literal["firing", "pending", "silenced"]
    summary: str
    description: str
    part: str | None
    since: datetime
    runbook: str | None


class Alerts(BaseModel):
    """Alerts, the worst and the newest first, and where they come from."""

    items: list[Alert]
    source: Source


class OperationsMap(BaseModel):
    """The platform at one moment. `parts_from` names who says how the parts are."""

    taken_at: datetime
    parts_from: Literal["supervisor", "metrics", "checks"]
    version: str
    parts: list[MapPart]
    calls: list[MapCall]
    alerts: list[Alert]
    sources: list[Source]


class ChartLine(BaseModel):
    """One line; as many values as the charts have times, null where there was none."""

    name: str
    values: list[float | None]


class Chart(BaseModel):
    """A small chart of one subject."""

    name: str
    unit: Literal["per_second", "share", "milliseconds", "seconds", "count", "cores", "megabytes"]
    lines: list[ChartLine]


class Charts(BaseModel):
    """Charts over the same times (seconds since the epoch)."""

    times: list[int]
    charts: list[Chart]
    source: Source


class PartCharts(BaseModel):
    """The last quarter of an hour of one part, a line for each of its processes."""

    name: str
    times: list[int]
    charts: list[Chart]
    source: Source


class TraceSummary(BaseModel):
    """A trace that was kept, by its first span."""

    trace_id: str
    name: str
    part: str
    parts: list[str]
    started_at: datetime
    duration_ms: float
    failed: bool
    spans: int


class Traces(BaseModel):
    """A page, the newest first."""

    items: list[TraceSummary]
    next_cursor: str | None
    source: Source


class LogEntry(BaseModel):
    """A line of a part's log. `own`: it is about the reader's carrier, else about the platform."""

    part: str
    at: datetime | None
    level: Level
    logger: str
    message: str
    trace_id: str | None
    own: bool


class LogEntries(BaseModel):
    """A page, the newest first."""

    items: list[LogEntry]
    next_cursor: str | None
    source: Source


class TraceSpan(BaseModel):
    """A bar of the waterfall: `depth` below the first span, `offset_ms` after its start."""

    span_id: str
    parent_id: str | None
    name: str
    kind: str
    part: str
    depth: int
    offset_ms: float
    duration_ms: float
    failed: bool
    detail: str
    attributes: dict[str, str]


class TraceDetail(BaseModel):
    """A trace with the log lines that carry its id, both in the order of time."""

    trace_id: str
    name: str
    started_at: datetime
    duration_ms: float
    failed: bool
    parts: list[str]
    spans: list[TraceSpan]
    logs: list[LogEntry]
    complete: bool = Field(description="False when older files may hold more of it")
