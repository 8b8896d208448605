"""Our traces, log lines and instruments in OpenTelemetry's data model, which its exporters and Azure's take.

Imported only where one of them is configured: the SDK takes a third of a second to load.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags, set_span_in_context
from opentelemetry.trace.span import NonRecordingSpan

from dot_copilot.adapters.telemetry.lane import LogLine
from dot_copilot.adapters.telemetry.spans import FlatSpan, flatten
from dot_copilot.core.telemetry import Trace

SCOPE = InstrumentationScope("dot_copilot")
_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_SEVERITIES = [
    (logging.CRITICAL, SeverityNumber.FATAL),
    (logging.ERROR, SeverityNumber.ERROR),
    (logging.WARNING, SeverityNumber.WARN),
    (logging.INFO, SeverityNumber.INFO),
]


def resource(part: str, version: str) -> Resource:
    """Who we are: the role (`service.name`) is what the part is one of, `api` of `api-1`; the instance is this one."""
    role = part.rstrip("0123456789").rstrip("-")
    return Resource(
        {
            "service.name": role or part,
            "service.namespace": "dot-copilot",
            "service.instance.id": os.environ.get("WEBSITE_INSTANCE_ID", f"{socket.gethostname()}/{part}")[:128],
            "service.version": version,
        }
    )


def spans(trace: Trace, who: Resource, rate_attribute: str | None = None) -> Iterator[ReadableSpan]:
    """The spans of a kept trace. `rate_attribute`: where to note of how many per cent of its like a span is one."""
    trace_id = int(trace.trace_id, 16)
    for span in flatten(trace):
        yield _span(trace, trace_id, span, who, rate_attribute)


def _span(trace: Trace, trace_id: int, span: FlatSpan, who: Resource, rate_attribute: str | None) -> ReadableSpan:
    attributes = dict(span.attributes)
    if span.error is not None:
        attributes["error.type"] = span.error
    if trace.carrier_id is not None:
        attributes["dot.carrier_id"] = str(trace.carrier_id)
    if rate_attribute is not None:
        attributes[rate_attribute] = trace.rate * 100
    parent = SpanContext(trace_id, span.parent_id, is_remote=span.span_id == trace.root_id, trace_flags=_SAMPLED)
    return ReadableSpan(
        name=span.name,
        context=SpanContext(trace_id, span.span_id, is_remote=False, trace_flags=_SAMPLED),
        parent=parent if span.parent_id else None,
        resource=who,
        attributes=attributes,
        kind=_KINDS[span.kind],
        status=Status(StatusCode.UNSET) if span.error is None else Status(StatusCode.ERROR),
        start_time=span.start,
        end_time=span.end,
        instrumentation_scope=SCOPE,
    )


def record(line: LogLine, who: Resource) -> ReadableLogRecord:
    """A log line. An exception is told by class and traceback, without its message: that can hold anything."""
    attributes: dict[str, str | int | float | bool] = {"dot.logger": line.logger}
    if line.carrier_id:
        attributes["dot.carrier_id"] = line.carrier_id
    if line.traceback:
        attributes |= {"exception.type": line.error, "exception.stacktrace": line.traceback}
    trace_id = int(line.trace_id, 16) if line.trace_id else 0
    place = NonRecordingSpan(SpanContext(trace_id, line.span_id, is_remote=False, trace_flags=_SAMPLED))
    return ReadableLogRecord(
        LogRecord(
            timestamp=line.at,
            observed_timestamp=line.at,
            context=set_span_in_context(place),
            severity_number=next((number for level, number in _SEVERITIES if line.level >= level), SeverityNumber.DEBUG),
            severity_text=logging.getLevelName(line.level),
            body=line.message,
            attributes=attributes,
        ),
        who,
        InstrumentationScope(line.logger),
    )
