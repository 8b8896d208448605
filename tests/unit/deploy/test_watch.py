"""What the observation window makes of nginx' counters."""

from __future__ import annotations

import pytest

from dot_copilot.deploy.local.watch import Counts, judge, parse, quantile
from dot_copilot.deploy.model import Figures, Limits

METRICS = """\
nginx_requests_total{place="api",status="2xx"} 90
nginx_requests_total{place="api",status="5xx"} 10
nginx_requests_total{place="mcp",status="2xx"} 5
nginx_requests_total{place="other",status="5xx"} 7
nginx_request_duration_seconds_bucket{place="api",le="0.005"} 50
nginx_request_duration_seconds_bucket{place="api",le="0.01"} 100
nginx_request_duration_seconds_bucket{place="api",le="+Inf"} 100
nginx_request_duration_seconds_bucket{place="mcp",le="0.005"} 0
nginx_request_duration_seconds_bucket{place="mcp",le="+Inf"} 5
"""
CALM = Figures(1000, 0, 0.1)
LIMITS = Limits(errors=0.01, p99_s=0.5, slower=3, least=50)


def test_probes_are_nobodys_requests_and_streams_have_no_duration() -> None:
    counts = parse(METRICS)
    assert (counts.requests, counts.errors) == (105, 10)
    assert counts.buckets == {0.005: 50, 0.01: 100, float("inf"): 100}


def test_only_what_was_answered_since_counts() -> None:
    first = parse(METRICS)
    now = Counts(205, 12, {0.005: 150, 0.01: 200, float("inf"): 200})
    seen = now.since(first)
    assert (seen.requests, seen.errors) == (100, 2)
    assert seen.p99_s == pytest.approx(0.00495)


def test_a_door_that_started_again_begins_at_nothing() -> None:
    assert Counts(10, 1, {0.005: 10, float("inf"): 10}).since(parse(METRICS)).requests == 10


@pytest.mark.parametrize(
    ("buckets", "seconds"),
    [
        ({}, None),
        ({0.1: 0, float("inf"): 0}, None),
        ({0.1: 100, 1: 100, float("inf"): 100}, 0.099),
        ({0.1: 0, float("inf"): 9}, 0.1),
    ],
)
def test_quantile(buckets: dict[float, int], seconds: float | None) -> None:
    assert quantile(buckets, 0.99) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("seen", "before", "sentence"),
    [
        (Figures(1000, 10, 0.2), CALM, ""),
        (Figures(1000, 11, 0.2), CALM, "11 of 1000 requests failed (1.1%); 1.0% is the limit"),
        (Figures(49, 49, 0.2), CALM, ""),
        (Figures(1000, 30, 0.2), Figures(1000, 20, 0.1), ""),
        (Figures(1000, 0, 0.6), CALM, "one request in a hundred took more than 0.60 s; 0.50 s is the limit"),
        (Figures(1000, 0, 0.6), Figures(1000, 0, 0.3), ""),
        (Figures(150, 0, 3.0), CALM, ""),
    ],
    ids=["at the limit", "errors", "too few to judge", "it was no better before", "slow", "slow before too", "too few for a p99"],
)
def test_judgement(seen: Figures, before: Figures, sentence: str) -> None:
    assert judge(seen, LIMITS, before) == sentence


def test_what_was_slow_before_excuses_twice_of_it_and_no_more() -> None:
    """A p99 of 1.2 s was once measured beside a build; it must not let answers of three seconds pass."""
    before = Figures(400, 0, 1.2)
    assert judge(Figures(400, 0, 2.3), Limits(), before) == ""
    assert judge(Figures(400, 0, 2.6), Limits(), before) == "one request in a hundred took more than 2.60 s; 2.40 s is the limit"
