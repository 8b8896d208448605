"""Application Insights: what its ingestion endpoint gets, and that its counts stay true under sampling."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.adapters.telemetry.lane import LogLine
from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import RECORDER, Registry, Trace
from tests.support.collector import Collector, running_collector
from tests.unit.adapters.telemetry.made import CARRIER, TRACE, keeping, trace

azure = pytest.importorskip("dot_copilot.adapters.telemetry.azure")
KEY = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def endpoint() -> Iterator[Collector]:
    with running_collector() as found:
        yield found


def exporter(endpoint: Collector, registry: Registry | None = None) -> Any:
    text = f"InstrumentationKey={KEY};IngestionEndpoint={endpoint.url}/"
    return azure.AzureExporter(registry or Registry(), "api-1", "1.2.3", text)


def test_a_request_and_its_dependencies_arrive_under_one_operation(endpoint: Collector) -> None:
    assert exporter(endpoint).traces([trace(failed=True)])
    request, statement, call, step = endpoint.envelopes()
    assert request["name"] == "Microsoft.ApplicationInsights.Request"
    data = request["data"]["baseData"]
    assert (data["name"], data["responseCode"], data["success"]) == ("GET /api/v1/drivers", "500", False)
    assert data["properties"]["dot.carrier_id"] == CARRIER
    assert request["tags"]["ai.cloud.role"] == "dot-copilot.api"
    assert request["tags"]["ai.cloud.roleInstance"].endswith("/api-1")
    assert {one["tags"]["ai.operation.id"] for one in (request, statement, call, step)} == {TRACE}
    assert {one["data"]["baseType"] for one in (statement, call, step)} == {"RemoteDependencyData"}
    assert statement["tags"]["ai.operation.parentId"] == data["id"]


def test_the_sum_of_item_counts_is_the_number_of_requests(endpoint: Collector) -> None:
    """2,000 requests, 40 of them failed, at 10 %: what arrives counts for about 1,960 and exactly 40."""
    kept: list[Trace] = []
    with keeping(kept.append, ratio=0.1):
        for number in range(2000):
            made = RECORDER.begin("GET /", telemetry.SERVER)
            if number % 50 == 0:
                made.fail("500")
            RECORDER.finish(made)
    assert exporter(endpoint).traces(kept)
    counts: dict[bool, float] = {True: 0, False: 0}
    for envelope in endpoint.envelopes():
        counts[envelope["data"]["baseData"]["success"]] += 100 / envelope["sampleRate"]
    assert counts[False] == 40
    assert 1500 < counts[True] < 2400


def test_metrics_are_changes_of_our_own_instruments(endpoint: Collector) -> None:
    registry = Registry()
    calls = registry.counter("dot_calls_total", "Calls.", ("tool",)).labels("x")
    registry.histogram("http_server_request_duration_seconds", "Requests are there already.").labels().observe(1)
    waiting = registry.histogram("dot_wait_seconds", "Waiting.", bounds=(0.1, 1)).labels()
    sent = exporter(endpoint, registry)
    calls.add(3)
    waiting.observe(0.5)
    assert sent.metrics() == (True, 2)
    calls.add(2)
    assert sent.metrics() == (True, 1)
    found = [one["data"]["baseData"]["metrics"][0] for one in endpoint.envelopes()]
    told = [(one["name"], one["value"]) for one in found]
    assert told == [("dot_calls_total", 3), ("dot_wait_seconds", 0.5), ("dot_calls_total", 2)]
    assert (found[1]["count"], found[1]["min"], found[1]["max"]) == (1, 0.1, 1)


def test_warnings_and_errors_arrive_and_the_chatter_does_not(endpoint: Collector) -> None:
    lines = [
        LogLine(time.time_ns(), logging.INFO, "a", "chatter", "", "", "", 0, ""),
        LogLine(time.time_ns(), logging.WARNING, "a", "a part is slow", "", "", TRACE, 7, CARRIER),
        LogLine(time.time_ns(), logging.ERROR, "a", "it failed", "Traceback ...", "KeyError", TRACE, 7, ""),
    ]
    assert exporter(endpoint).logs(lines)
    warning, error = endpoint.envelopes()
    assert (warning["data"]["baseData"]["message"], warning["tags"]["ai.operation.id"]) == ("a part is slow", TRACE)
    assert error["data"]["baseData"]["exceptions"][0]["typeName"] == "KeyError"


@pytest.mark.parametrize("mood", ["down", "refuses", "silent"])
def test_an_endpoint_that_fails_costs_the_batch_and_a_bounded_time(mood: str) -> None:
    with running_collector(mood) as bad:  # type: ignore[arg-type]
        started = time.monotonic()
        assert not exporter(bad).traces([trace()])
        assert time.monotonic() - started < 7


def test_nothing_is_sent_anywhere_else(endpoint: Collector) -> None:
    """No statistics about the exporter itself, and no remote control."""
    made = exporter(endpoint)
    made.traces([trace()])
    assert {path for path, _ in endpoint.received} == {"/v2.1/track"}
    assert not made._spans._should_collect_stats()
    assert not made._spans._should_collect_customer_sdkstats()
    assert made._spans.storage is None
