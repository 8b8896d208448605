"""The figures of the map: what each path and each part did in the last minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dot_copilot.core.watching import Metrics, Sample
from dot_copilot.features.operations.repository.promql import QUESTION, combined, quantile, rate

_HTTP, _OUT = "http_server_request_duration_seconds", "http_client_request_duration_seconds"
_DB, _VALKEY, _MCP = (
    "db_client_operation_duration_seconds",
    "valkey_client_operation_duration_seconds",
    "dot_mcp_call_duration_seconds",
)
_BAD = 'http_response_status_code=~"5.."'
_OUT_BAD = 'http_response_status_code=~"0|5.."'
QUESTIONS: Mapping[str, str] = {
    "http": rate(_HTTP + "_count", "job"),
    "http_bad": rate(_HTTP + "_count", "job", _BAD),
    "http_p95": quantile(0.95, _HTTP, "job"),
    "door": rate("nginx_requests_total", "place, status"),
    "door_p95": quantile(0.95, "nginx_request_duration_seconds", "place"),
    "db": rate(_DB + "_count", "job"),
    "db_p95": quantile(0.95, _DB, "job"),
    "valkey": rate(_VALKEY + "_count", "job"),
    "valkey_p95": quantile(0.95, _VALKEY, "job"),
    "out": rate(_OUT + "_count", "job, server"),
    "out_bad": rate(_OUT + "_count", "job, server", _OUT_BAD),
    "out_p95": quantile(0.95, _OUT, "job, server"),
    "mcp": rate("dot_mcp_calls_total", "upstream, outcome"),
    "mcp_p95": quantile(0.95, _MCP, "upstream"),
    "jobs": rate("dot_jobs_total", "outcome"),
    "jobs_p95": quantile(0.95, "dot_job_duration_seconds", ""),
    "jobs_waiting": "sum(max by (task) (dot_jobs_waiting))",
    "oldest_job_s": "max(dot_job_oldest_age_seconds)",
    "up": "min by (job, part) (up)",
    "postgres_up": "min(pg_up)",
    "valkey_up": "min(redis_up)",
    "upstream_up": "max by (upstream) (dot_mcp_upstream_up)",
    "breaker_open": "max by (upstream) (dot_mcp_breaker_open)",
    "cpu": rate("dot_part_cpu_seconds_total", "part"),
    "memory": "max by (part) (dot_part_memory_bytes)",
    "own_cpu": rate("process_cpu_seconds_total", "part"),
    "own_memory": "max by (part) (process_resident_memory_bytes)",
    "active": "sum by (job) (http_server_active_requests)",
    "sessions": "sum(dot_mcp_sessions)",
    "connections": "sum(pg_stat_activity_count)",
    "connections_max": "max(pg_settings_max_connections)",
    "cache_bytes": "max(redis_memory_used_bytes)",
    "disk_free": "min(dot_home_disk_free_bytes)",
    "scraped": "count(up)",
    "scraped_up": "sum(up)",
}
_ASSISTANTS = frozenset({"mcp", "oauth"})
# A tool's own error is an answer; these are not.
_FAILED_CALLS = frozenset({"failed", "limited"})


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate per second, the share of it that went wrong, and the 95th percentile in milliseconds; None where unknown."""

    rate: float | None = None
    error_ratio: float | None = None
    p95_ms: float | None = None


NOTHING = Measure()


@dataclass(frozen=True, slots=True)
class Figures:
    """The answers, by question and labels."""

    samples: Mapping[str, list[Sample]] = field(default_factory=dict)

    def total(self, question: str, **labels: str) -> float | None:
        """The sum of the answers with these labels; None without any."""
        found = [s.value for s in self.samples.get(question, ()) if all(s.labels.get(n) == v for n, v in labels.items())]
        return sum(found) if found else None

    def total_where(self, question: str, fits: Callable[[Mapping[str, str]], bool]) -> float | None:
        """The same, for the answers whose labels fit."""
        found = [s.value for s in self.samples.get(question, ()) if fits(s.labels)]
        return sum(found) if found else None

    def by(self, question: str, label: str) -> dict[str, float]:
        """Answers by one label."""
        return {s.labels[label]: s.value for s in self.samples.get(question, ()) if label in s.labels}

    def measure(self, name: str, **labels: str) -> Measure:
        """What `name`, `name_bad` and `name_p95` say together."""
        rate_, p95 = self.total(name, **labels), self.total(name + "_p95", **labels)
        bad = self.total(name + "_bad", **labels)
        known_bad = rate_ is not None and name + "_bad" in QUESTIONS
        return Measure(rate_, _ratio(bad or 0.0, rate_) if known_bad else None, _ms(p95))

    def calls(self) -> dict[str, Measure]:
        """The paths of the drawing, by the name of their figure."""
        calls = {
            "pages": self._door(lambda place: place not in _ASSISTANTS, "api"),
            "assistants": self._door(lambda place: place in _ASSISTANTS, "mcp"),
            "door-api": self._door(lambda place: place in ("api", "oauth"), "api"),
            "door-gateway": self._door(lambda place: place == "mcp", "mcp"),
            "gateway-api": self._mcp("dot-copilot"),
            "gateway-github": self._mcp("github"),
        }
        for job in ("api", "worker", "gateway"):
            calls[f"{job}-postgres"] = self.measure("db", job=job)
            calls[f"{job}-valkey"] = self.measure("valkey", job=job)
            # A process that counts its requests and has none to a server has called it no time.
            quiet = NOTHING if self.total("out", job=job) is None else Measure(0.0, 0.0)
            for server in ("blob", "openbao"):
                measured = self.measure("out", job=job, server=server)
                calls[f"{job}-{server}"] = quiet if measured.rate is None else measured
        return calls

    def _door(self, wanted: Callable[[str], bool], slowest: str) -> Measure:
        rate_ = self.total_where("door", lambda labels: wanted(labels.get("place", "")))
        bad = self.total_where("door", lambda labels: wanted(labels.get("place", "")) and labels.get("status") == "5xx")
        return Measure(rate_, _ratio(bad or 0.0, rate_), _ms(self.total("door_p95", place=slowest)))

    def _mcp(self, upstream: str) -> Measure:
        rate_ = self.total("mcp", upstream=upstream)
        if rate_ is None and self.total("upstream_up", upstream=upstream) is not None:
            rate_ = 0.0  # the gateway counts its first call with its first call
        bad = self.total_where("mcp", lambda is_: is_.get("upstream") == upstream and is_.get("outcome") in _FAILED_CALLS)
        return Measure(rate_, _ratio(bad or 0.0, rate_), _ms(self.total("mcp_p95", upstream=upstream)))

    def jobs(self) -> Measure:
        """What the worker does."""
        rate_ = self.total("jobs")
        return Measure(rate_, _ratio(self.total("jobs", outcome="failed") or 0.0, rate_), _ms(self.total("jobs_p95")))


def _ratio(bad: float, all_: float | None) -> float | None:
    if all_ is None:
        return None
    return min(1.0, bad / all_) if all_ > 0 else 0.0


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000


async def read(metrics: Metrics) -> Figures:
    """All figures of the map; `SourceError` when Prometheus gives none."""
    samples: dict[str, list[Sample]] = {}
    for sample in await metrics.query(combined(QUESTIONS)):
        samples.setdefault(sample.labels.get(QUESTION, ""), []).append(sample)
    return Figures(samples)
