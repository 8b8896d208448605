"""The charts: a dozen subjects over time, and the last quarter of an hour of one part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dot_copilot.core.watching import Metrics, Series
from dot_copilot.features.operations.repository.promql import QUESTION, combined, quantile, rate

_HTTP, _DB = "http_server_request_duration_seconds", "db_client_operation_duration_seconds"
_API = 'job="api"'
Maker = Callable[[int], str]
Unit = Literal["per_second", "share", "milliseconds", "seconds", "count", "cores", "megabytes"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A chart. `lines` are questions by name, made for a window in seconds; `by` names the label that makes lines of one."""

    name: str
    unit: Unit
    lines: Mapping[str, Maker]
    by: str = ""


def _quantiles(histogram: str, where: str = "", shares: tuple[float, ...] = (0.5, 0.95, 0.99)) -> dict[str, Maker]:
    def maker(share: float) -> Maker:
        return lambda seconds: f"1000 * {quantile(share, histogram, '', where, seconds)}"

    return {f"p{share * 100:g}": maker(share) for share in shares}


def _share(bad: str) -> Maker:
    counter = _HTTP + "_count"

    def make(seconds: int) -> str:
        rates = f'sum(rate({counter}{{{_API}, http_response_status_code=~"{bad}"}}[{seconds}s]))'
        return f"({rates} or vector(0)) / (sum(rate({counter}{{{_API}}}[{seconds}s])) > 0)"

    return make


SUBJECTS = (
    Subject("requests", "per_second", {"": lambda s: rate("nginx_requests_total", "place", "", s)}, by="place"),
    Subject("errors", "share", {"4xx": _share("4.."), "5xx": _share("5..")}),
    Subject("latency", "milliseconds", _quantiles(_HTTP, _API)),
    Subject("database_latency", "milliseconds", _quantiles(_DB)),
    Subject(
        "database_connections",
        "count",
        {"used": lambda _: "sum(pg_stat_activity_count)", "max": lambda _: "max(pg_settings_max_connections)"},
    ),
    Subject("event_loop", "milliseconds", {"": lambda _: "1000 * max by (job) (dot_event_loop_lag_seconds)"}, by="job"),
    Subject("job_age", "seconds", {"oldest": lambda _: "max(dot_job_oldest_age_seconds)"}),
    Subject("jobs", "per_second", {"": lambda s: rate("dot_jobs_total", "outcome", "", s)}, by="outcome"),
    Subject("mcp_calls", "per_second", {"": lambda s: rate("dot_mcp_calls_total", "outcome", "", s)}, by="outcome"),
    Subject("mcp_latency", "milliseconds", _quantiles("dot_mcp_call_duration_seconds", "", (0.5, 0.95))),
    Subject("cpu", "cores", {"": lambda s: rate("dot_part_cpu_seconds_total", "part", "", s)}, by="part"),
    Subject("memory", "megabytes", {"": lambda _: "max by (part) (dot_part_memory_bytes) / 1e6"}, by="part"),
)


def _of_part(parts: str) -> tuple[Subject, ...]:
    """Charts of the processes whose names fit; `parts` is a pattern of our own making."""
    own = f'part=~"{parts}"'
    return (
        Subject("cpu", "cores", {"": lambda s: rate("dot_part_cpu_seconds_total", "part", own, s)}, by="part"),
        Subject("memory", "megabytes", {"": lambda _: f"max by (part) (dot_part_memory_bytes{{{own}}}) / 1e6"}, by="part"),
    )


async def subjects(metrics: Metrics, *, start: int, end: int, step: int) -> list[tuple[Subject, dict[str, Series]]]:
    """Every subject with its lines by name, even one without any; `SourceError` without Prometheus."""
    return await _read(metrics, SUBJECTS, start, end, step)


async def of_part(metrics: Metrics, place: str, *, start: int, end: int, step: int) -> list[tuple[Subject, dict[str, Series]]]:
    """CPU and memory of a place of the drawing; `place` is one of our own names, so it is safe in a question."""
    return await _read(metrics, _of_part(f"{place}(-[0-9]+)?"), start, end, step)


async def _read(
    metrics: Metrics, wanted: tuple[Subject, ...], start: int, end: int, step: int
) -> list[tuple[Subject, dict[str, Series]]]:
    # A rate needs several scrapes, and must not skip what happened between two points.
    window = max(60, step)
    questions = {f"{s.name}/{line}": f"({make(window)})" for s in wanted for line, make in s.lines.items()}
    found = await metrics.query_range(combined(questions), start=start, end=end, step=step)
    lines: dict[str, dict[str, Series]] = {subject.name: {} for subject in wanted}
    by = {subject.name: subject.by for subject in wanted}
    for series in found:
        subject, _, line = series.labels.get(QUESTION, "").partition("/")
        if subject in lines:
            lines[subject][line or series.labels.get(by[subject], "other")] = series
    return [(subject, lines[subject.name]) for subject in wanted]
