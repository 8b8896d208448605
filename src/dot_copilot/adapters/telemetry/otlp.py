"""To any collector that speaks OTLP over HTTP: `OTEL_EXPORTER_OTLP_ENDPOINT` and its relatives say where and how."""

from __future__ import annotations

import logging

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.metrics.export import MetricExportResult
from opentelemetry.sdk.trace.export import SpanExportResult

from dot_copilot.adapters.telemetry import otel
from dot_copilot.adapters.telemetry.lane import LogLine
from dot_copilot.adapters.telemetry.otel_metrics import Reader
from dot_copilot.core.telemetry import Registry, Trace

_TIMEOUT = 5.0  # seconds for a batch, repeated tries included


class OtlpExporter:
    """Traces, logs and metrics to one collector."""

    name, wants_logs = "otlp", True

    def __init__(self, registry: Registry, part: str, version: str, *, timeout: float = _TIMEOUT) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # the lane says it once, not for each batch
        self._who = otel.resource(part, version)
        self._spans = OTLPSpanExporter(timeout=timeout)
        self._logs = OTLPLogExporter(timeout=timeout)
        self._metrics = OTLPMetricExporter(timeout=timeout)
        self._reader = Reader(registry, self._who, delta=False)

    def traces(self, traces: list[Trace]) -> bool:
        found = [span for trace in traces for span in otel.spans(trace, self._who)]
        return self._spans.export(found) is SpanExportResult.SUCCESS

    def logs(self, lines: list[LogLine]) -> bool:
        return self._logs.export([otel.record(line, self._who) for line in lines]) is LogRecordExportResult.SUCCESS

    def metrics(self) -> tuple[bool, int]:
        data, points = self._reader.read()
        return self._metrics.export(data) is MetricExportResult.SUCCESS, points

    def close(self) -> None:
        """Ends what is waiting for another try."""
        for exporter in (self._spans, self._logs, self._metrics):
            exporter.shutdown()
