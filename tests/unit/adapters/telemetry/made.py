"""Kept traces for tests of exporters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import RECORDER, Parent, Sink, Trace

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CARRIER = "7b1f1f7e-7c7e-4a5e-9a53-2f6a1f0c9d11"


@contextmanager
def keeping(sink: Sink, ratio: float = 1.0) -> Iterator[None]:
    """Has the process's recorder give what it keeps to `sink`."""
    before = RECORDER.ratio, RECORDER.sink
    RECORDER.ratio, RECORDER.sink = ratio, sink
    try:
        yield
    finally:
        RECORDER.ratio, RECORDER.sink = before


def trace(*, failed: bool = False, ratio: float = 1.0) -> Trace:
    """A request with one statement, one call below a step, and its carrier."""
    kept: list[Trace] = []
    with keeping(kept.append, ratio):
        made = RECORDER.begin("GET /api/v1/drivers", telemetry.SERVER, Parent(TRACE, 0xF067AA0BA902B7, sampled=True))
        before = telemetry.enter(made)
        telemetry.leaf("SELECT drivers", telemetry.CLIENT, made.started, attributes={"db.system.name": "postgresql"})
        with telemetry.span("step"):
            telemetry.leaf("GET blob", telemetry.CLIENT, made.started, "TimeoutError")
        telemetry.set_carrier(CARRIER)
        made.note(**{"http.request.method": "GET", "http.route": "/api/v1/drivers"})
        made.note(**{"http.response.status_code": 500 if failed else 200})
        if failed:
            made.fail("500")
        telemetry.leave(before)
        assert RECORDER.finish(made)
    (found,) = kept
    return found


@pytest.fixture
def request_trace() -> Trace:
    return trace()
