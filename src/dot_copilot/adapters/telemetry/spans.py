"""A kept trace as flat spans, which is what every exporter starts from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from dot_copilot.core.telemetry import Attributes, Trace

_MASK = (1 << 64) - 1
_STEP = 0x9E3779B97F4A7C15  # odd: multiples of it don't repeat within 64 bits


class FlatSpan(NamedTuple):
    """One span. `start` and `end` in nanoseconds since the epoch; `parent_id` 0 for none; `error`: why it failed, one word."""

    span_id: int
    parent_id: int
    name: str
    kind: str
    start: int
    end: int
    error: str | None
    attributes: Attributes


def flatten(trace: Trace) -> Iterator[FlatSpan]:
    """The root, then what is below it. Spans get the same ids each time they are asked for."""
    offset = time.time_ns() - time.perf_counter_ns()
    root = dict(trace.attributes or {})
    if trace.lost:
        root["dot.spans_dropped"] = trace.lost
    error = (trace.error or "error") if trace.failed else None
    yield FlatSpan(
        trace.root_id, trace.parent_id, trace.name, trace.kind, offset + trace.started, offset + trace.ended, error, root
    )
    for number, members in enumerate(trace.recorded, 1):
        name, kind, span_id, parent_id, started, ended, word, attributes = members
        yield FlatSpan(
            span_id or (trace.root_id + number * _STEP) & _MASK or 1,
            parent_id or trace.root_id,
            name,
            kind,
            offset + started,
            offset + ended,
            word,
            attributes or {},
        )
