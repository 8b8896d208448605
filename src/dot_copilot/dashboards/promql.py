"""Pieces of PromQL that several dashboards ask with, so that one thing is counted one way everywhere."""

from __future__ import annotations

REQUESTS = "http_server_request_duration_seconds"
NOW = "5m"
"""Numbers of the first row look back this far; graphs as far as `$__rate_interval` says, which follows the zoom."""
STEP = "$__rate_interval"


def rate(metric: str, where: str = "", *, by: str = "", over: str = STEP) -> str:
    """How much a counter rises a second, summed `by` labels."""
    return f"sum{_by(by)} (rate({metric}{_where(where)}[{over}]))"


def quantile(share: float, histogram: str, where: str = "", *, by: str = "", over: str = STEP) -> str:
    """The value below which a `share` of a histogram's observations lie."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({histogram}_bucket{_where(where)}[{over}])))"


def share(part: str, whole: str) -> str:
    """A part of the whole from 0 to 1. Without a part it is 0; without a whole there is nothing to say, and 0 is said."""
    return f"(({part}) or vector(0)) / (({whole}) > 0) or vector(0)"


def failing(where: str, *, over: str = NOW) -> str:
    """The share of requests that we failed (5xx): what people did wrong (4xx) is no failure of ours."""
    failed = rate(f"{REQUESTS}_count", f'{where}, http_response_status_code=~"5.."', over=over)
    return share(failed, rate(f"{REQUESTS}_count", where, over=over))


def or_nothing(expr: str, label: str, word: str) -> str:
    """The series of an expression; or, where there are none, one of 0 whose label says so: an empty table looks broken."""
    return f'{expr} or (label_replace(vector(0), "{label}", "{word}", "", "") unless on () ({expr}))'


def or_zero(expr: str) -> str:
    """A number that is 0 while nothing was counted yet."""
    return f"({expr}) or vector(0)"


def _by(labels: str) -> str:
    return f" by ({labels})" if labels else ""


def _where(matchers: str) -> str:
    return f"{{{matchers}}}" if matchers else ""
