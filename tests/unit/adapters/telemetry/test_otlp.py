"""OTLP: what a collector gets."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from dot_copilot.adapters.telemetry.lane import Lane, LogLine
from dot_copilot.adapters.telemetry.log_handler import LaneHandler
from dot_copilot.adapters.telemetry.otlp import OtlpExporter
from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import Registry
from tests.support.collector import Collector, running_collector
from tests.unit.adapters.telemetry.made import CARRIER, TRACE, trace


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with running_collector() as found:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.url)
        yield found


def exporter(registry: Registry | None = None, timeout: float = 2) -> OtlpExporter:
    return OtlpExporter(registry or Registry(), "api-1", "1.2.3", timeout=timeout)


def test_spans_arrive_with_their_place_and_who_we_are(collector: Collector) -> None:
    assert exporter().traces([trace(failed=True)])
    request = ExportTraceServiceRequest.FromString(collector.bodies("/v1/traces")[0])
    (resource,) = request.resource_spans
    told = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert (told["service.name"], told["service.version"]) == ("api", "1.2.3")
    assert told["service.instance.id"].endswith("/api-1")
    root, statement, call, step = resource.scope_spans[0].spans
    assert root.trace_id.hex() == TRACE
    assert root.parent_span_id.hex() == "00f067aa0ba902b7"
    assert (root.kind, root.status.code) == (2, 2)
    assert statement.parent_span_id == step.parent_span_id == root.span_id
    assert call.parent_span_id == step.span_id
    assert {one.key: one.value.string_value for one in root.attributes}["dot.carrier_id"] == CARRIER


def test_metrics_arrive_as_they_are_cumulative(collector: Collector) -> None:
    registry = Registry()
    registry.counter("dot_calls_total", "Calls.", ("tool",)).add("x", amount=3)
    registry.gauge("dot_sessions", "Sessions.").labels().set(2.5)
    registry.histogram("dot_wait_seconds", "Waiting.", bounds=(0.1, 1)).labels().observe(0.5)
    sent = exporter(registry)
    for _ in range(2):
        assert sent.metrics() == (True, 3)
    request = ExportMetricsServiceRequest.FromString(collector.bodies("/v1/metrics")[1])
    calls, sessions, wait = request.resource_metrics[0].scope_metrics[0].metrics
    assert (calls.name, calls.sum.is_monotonic, calls.sum.data_points[0].as_double) == ("dot_calls_total", True, 3)
    assert sessions.gauge.data_points[0].as_double == 2.5
    assert (wait.unit, list(wait.histogram.data_points[0].bucket_counts)) == ("s", [0, 1, 0])


def test_log_lines_arrive_with_their_trace(collector: Collector) -> None:
    lane = Lane(exporter(), pause=0.01)
    lane.start()
    log = logging.getLogger("dot_copilot.test")
    handler = LaneHandler([lane])
    log.addHandler(handler)
    with telemetry.tracing("request") as one:
        telemetry.set_carrier(CARRIER)
        log.warning("a part is %s", "slow")
    log.removeHandler(handler)
    (body, *_) = collector.wait("/v1/logs")
    lane.stop(time.monotonic() + 2)
    record = ExportLogsServiceRequest.FromString(body).resource_logs[0].scope_logs[0].log_records[0]
    assert (record.body.string_value, record.trace_id.hex()) == ("a part is slow", one.trace_id)
    assert {pair.key: pair.value.string_value for pair in record.attributes}["dot.carrier_id"] == CARRIER


@pytest.mark.parametrize("mood", ["down", "refuses", "silent"])
def test_a_collector_that_fails_costs_the_batch_and_a_bounded_time(mood: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_collector(mood) as bad:  # type: ignore[arg-type]
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", bad.url)
        one = exporter(timeout=0.5)
        started = time.monotonic()
        assert not one.traces([trace()])
        assert not one.logs([LogLine(0, 20, "x", "message", "", "", "", 0, "")])
        assert time.monotonic() - started < 4
        one.close()
