"""Pieces of PromQL, and how the tests read names out of them."""

from __future__ import annotations

from dot_copilot.dashboards import promql
from tests.support.metrics import metrics_in


def test_pieces() -> None:
    assert promql.rate("a_total") == "sum (rate(a_total[$__rate_interval]))"
    assert promql.rate("a_total", 'b="c"', by="d, e", over="5m") == 'sum by (d, e) (rate(a_total{b="c"}[5m]))'
    assert (
        promql.quantile(0.95, "took_seconds", by="route", over="5m")
        == "histogram_quantile(0.95, sum by (le, route) (rate(took_seconds_bucket[5m])))"
    )


def test_a_share_without_a_part_or_a_whole_is_nothing() -> None:
    assert promql.share("sum(a)", "sum(b)") == "((sum(a)) or vector(0)) / ((sum(b)) > 0) or vector(0)"


def test_nothing_has_a_word() -> None:
    assert promql.or_nothing("a", "name", "none") == 'a or (label_replace(vector(0), "name", "none", "", "") unless on () (a))'


def test_names_are_read_out_of_expressions() -> None:
    assert metrics_in('sum by (le, route) (rate(took_seconds_bucket{job=~"a|b"}[5m])) > 1e3') == {"took_seconds_bucket"}
    assert metrics_in('label_replace(vector(0), "x", "y", "", "") unless on () (ALERTS{a="b"})') == {"ALERTS"}
    assert metrics_in("time() - max(job:beat:max5m) / on (part) group_left (job) up") == {"job:beat:max5m", "up"} | {"job"}
