"""The queries know metrics by name only, so names and labels are compared here with those the application declares."""

from __future__ import annotations

import re

import pytest

from dot_copilot.core.telemetry.instruments import Counter, Gauge, Histogram
from dot_copilot.core.telemetry.registry import REGISTRY
from infra.queries import queries
from tests.support.metrics import application_metrics

NAMES = sorted({name for query in queries().values() for name in re.findall(r'"((?:dot|db|http)_[a-z_]+)"', query.text)})
# What adapters/telemetry/azure.py sends as metrics: the rest is in Application Insights as requests and dependencies.
SENT = ("dot_", "db_client_connection_", "process_resident_memory")


@pytest.mark.parametrize("name", NAMES)
def test_a_metric_is_one_that_the_application_sends(name: str) -> None:
    assert name in application_metrics()
    assert name.startswith(SENT)


@pytest.mark.parametrize("name", [query.name for query in queries().values() if '"dot_' in query.text])
def test_properties_are_labels_of_the_metrics(name: str) -> None:
    text = queries()[name].text
    application_metrics()
    declared: set[str] = set()
    for metric in re.findall(r'"(dot_[a-z_]+)"', text):
        found = REGISTRY.find(metric)
        declared |= set(found.label_names) if found else set()
    assert set(re.findall(r"\bProperties\.(\w+)", text)) <= declared


def test_only_histograms_have_a_longest() -> None:
    """Azure's exporter gives no `Min` and `Max` for counters and gauges: asking for them finds nothing."""
    application_metrics()
    for query in queries().values():
        for part in re.split(r";\n", query.text):
            metrics = [REGISTRY.find(name) for name in re.findall(r'"(dot_[a-z_]+)"', part)]
            if re.search(r"\b(max\(Max\)|min\(Min\))", part):
                assert all(isinstance(metric, Histogram) for metric in metrics), query.name
            assert all(isinstance(metric, Counter | Gauge | Histogram) for metric in metrics), query.name
