"""The observation window: nginx' own counters, looked at twice a second, and our own requests where nobody else makes any.

nginx counts every answer with its status and time in memory (`deploy/nginx/metrics.js`). Prometheus reads the same figures
every five seconds, which is too late for a release that fails every tenth request.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from dot_copilot.deploy.errors import StepFailedError
from dot_copilot.deploy.local.questions import ask
from dot_copilot.deploy.model import Figures, Limits

_LINE = re.compile(
    r'^nginx_(requests_total|request_duration_seconds_bucket)\{place="(\w+)",(?:status|le)="([^"]+)"\} (\d+)', re.MULTILINE
)
_TIMED = ("api", "oauth", "web")
"""Places whose answers end when they are ready; an assistant's stream is open for hours."""
_FOR_P99 = 4
"""Times as many requests as for errors: the slowest of a few says little."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counters of the door at one moment."""

    requests: int
    errors: int
    buckets: Mapping[float, int]

    def since(self, before: Counts) -> Figures:
        """What was answered between the two. A door that has started again begins at nothing."""
        if self.requests < before.requests:
            before = Counts(0, 0, {})
        slots = {edge: count - before.buckets.get(edge, 0) for edge, count in self.buckets.items()}
        return Figures(self.requests - before.requests, self.errors - before.errors, quantile(slots, 0.99))


def parse(text: str) -> Counts:
    """Counters from the door's metrics in Prometheus' format."""
    requests = errors = 0
    buckets: Counter[float] = Counter()
    for kind, place, label, value in _LINE.findall(text):
        if kind == "requests_total" and place != "other":
            requests += int(value)
            errors += int(value) if label == "5xx" else 0
        elif kind != "requests_total" and place in _TIMED:
            buckets[float(label.replace("+Inf", "inf"))] += int(value)
    return Counts(requests, errors, buckets)


def quantile(buckets: Mapping[float, int], share: float) -> float | None:
    """Seconds that `share` of the answers took at most, between the edges of its bucket; None of nothing."""
    edges = sorted(buckets)
    total = buckets[edges[-1]] if edges else 0
    if total <= 0:
        return None
    wanted, lower, below = share * total, 0.0, 0
    for edge in edges:
        if buckets[edge] >= wanted:
            if edge == float("inf"):
                return lower
            return lower + (edge - lower) * (wanted - below) / max(1, buckets[edge] - below)
        lower, below = edge, buckets[edge]
    return lower


async def counts(port: int) -> Counts:
    """The door's counters now; StepFailedError if it does not tell."""
    said = await ask(port, "/metrics")
    if said.status != 200:
        raise StepFailedError(f"nginx does not tell its figures: {said.status or said.body.decode(errors='replace')}")
    return parse(said.body.decode())


def judge(seen: Figures, limits: Limits, before: Figures) -> str:
    """Why it is not good enough, in one sentence; empty if it is."""
    tolerated = max(limits.errors, 2 * before.error_share)
    if seen.requests >= limits.least and seen.error_share > tolerated:
        return f"{seen.errors} of {seen.requests} requests failed ({seen.error_share:.1%}); {tolerated:.1%} is the limit"
    slowest = max(limits.p99_s, limits.slower * (before.p99_s or 0))
    if seen.requests >= limits.least * _FOR_P99 and seen.p99_s is not None and seen.p99_s > slowest:
        return f"one request in a hundred took more than {seen.p99_s:.2f} s; {slowest:.2f} s is the limit"
    return ""
