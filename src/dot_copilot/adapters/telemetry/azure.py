"""To Application Insights, with Azure's own exporter: `APPLICATIONINSIGHTS_CONNECTION_STRING` says where.

A request or dependency arrives with `sampleRate`, the per cent of its like that are sent: 10 for what the sampling chose, 100 for
failures and what was slow, of which everything is sent. `sum(itemCount)` in a query is then the true number of both together.
"""

from __future__ import annotations

import logging
import os

from dot_copilot.adapters.telemetry import otel
from dot_copilot.adapters.telemetry.lane import LogLine
from dot_copilot.adapters.telemetry.otel_metrics import Reader
from dot_copilot.core.telemetry import Registry, Trace

# Telemetry about telemetry, to addresses that nobody configured, and remote control of what is stored on our disk.
for _switch in (
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED",
    "APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED",
):
    os.environ.setdefault(_switch, "true")

from azure.monitor.opentelemetry.exporter import (  # noqa: E402 - it reads the switches when it is loaded
    AzureMonitorLogExporter,
    AzureMonitorMetricExporter,
    AzureMonitorTraceExporter,
)
from opentelemetry.sdk._logs.export import LogRecordExportResult  # noqa: E402
from opentelemetry.sdk.metrics.export import MetricExportResult  # noqa: E402
from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: E402

SAMPLE_RATE = "_MS.sampleRate"
_CONNECT, _READ = 3.0, 5.0
_LEAST_LEVEL = logging.WARNING
# Requests, statements and calls are there already as requests and dependencies; a copy of their figures would cost as much again.
_WANTED = ("dot_", "db_client_connection_", "process_resident_memory")


class AzureExporter:
    """Traces, warnings and errors, and our own metrics to one Application Insights component."""

    name, wants_logs = "azure", True

    def __init__(self, registry: Registry, part: str, version: str, connection_string: str) -> None:
        logging.getLogger("azure").setLevel(logging.CRITICAL)  # the lane says it once, not for each batch
        self._who = otel.resource(part, version)
        options = {
            "connection_string": connection_string,
            "disable_offline_storage": True,  # a full disk is worse than a gap, and the gap is counted
            "timeout": _CONNECT,
            "read_timeout": _READ,
            "retry_total": 1,
            "retry_read": 0,  # it took the batch, perhaps, and is slow: sending it again would make it slower
            "retry_backoff_max": 1,
        }
        self._spans = AzureMonitorTraceExporter(**options)
        self._logs = AzureMonitorLogExporter(**options)
        self._metrics = AzureMonitorMetricExporter(**options)
        self._reader = Reader(registry, self._who, delta=True, wanted=lambda name: name.startswith(_WANTED))

    def traces(self, traces: list[Trace]) -> bool:
        found = [span for trace in traces for span in otel.spans(trace, self._who, SAMPLE_RATE)]
        return self._spans.export(found) is SpanExportResult.SUCCESS

    def logs(self, lines: list[LogLine]) -> bool:
        found = [otel.record(line, self._who) for line in lines if line.level >= _LEAST_LEVEL]
        return not found or self._logs.export(found) is LogRecordExportResult.SUCCESS

    def metrics(self) -> tuple[bool, int]:
        data, points = self._reader.read()
        return self._metrics.export(data) is MetricExportResult.SUCCESS, points

    def close(self) -> None:
        """Nothing waits: what was not taken at once is dropped."""
