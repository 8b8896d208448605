"""Telemetry as the application sees it: instruments to count with, and traces to follow a request by. No I/O, no dependency.

    CALLS = telemetry.counter("dot_mcp_calls_total", "Calls of tools.", ("upstream", "outcome"))
    GITHUB_OK = CALLS.labels("github", "ok")            # bound once, added to often
    GITHUB_OK.add()

    with telemetry.span("github issues", telemetry.CLIENT, {"server.address": "api.github.com"}) as one:
        await client.get(url, headers=one.outgoing)     # the other side continues the trace

What is kept goes to the sink of `RECORDER`; `adapters.telemetry` is what sets one, and what serves the instruments.
"""

from __future__ import annotations

from dot_copilot.core.telemetry.context import HEADER, Parent, parse, parse_carried, parse_text
from dot_copilot.core.telemetry.instruments import (
    SECONDS,
    SHORT_SECONDS,
    Counter,
    CounterSeries,
    Gauge,
    GaugeSeries,
    Histogram,
    HistogramSeries,
)
from dot_copilot.core.telemetry.recorder import DROPPED, EXPORTED, RECORDER, Recorder, Sink, enter, leave, tracing
from dot_copilot.core.telemetry.registry import REGISTRY, Registry, counter, gauge, histogram, on_collect
from dot_copilot.core.telemetry.trace import (
    CLIENT,
    CONSUMER,
    INTERNAL,
    PRODUCER,
    SERVER,
    Attributes,
    Span,
    Trace,
    carry,
    current,
    current_span_id,
    leaf,
    outgoing,
    set_carrier,
    span,
)

__all__ = [
    "CLIENT",
    "CONSUMER",
    "DROPPED",
    "EXPORTED",
    "HEADER",
    "INTERNAL",
    "PRODUCER",
    "RECORDER",
    "REGISTRY",
    "SECONDS",
    "SERVER",
    "SHORT_SECONDS",
    "Attributes",
    "Counter",
    "CounterSeries",
    "Gauge",
    "GaugeSeries",
    "Histogram",
    "HistogramSeries",
    "Parent",
    "Recorder",
    "Registry",
    "Sink",
    "Span",
    "Trace",
    "carry",
    "counter",
    "current",
    "current_span_id",
    "enter",
    "gauge",
    "histogram",
    "leaf",
    "leave",
    "on_collect",
    "outgoing",
    "parse",
    "parse_carried",
    "parse_text",
    "set_carrier",
    "span",
    "tracing",
]
