"""What a request's telemetry costs in itself, ours and OpenTelemetry's SDK's: `python -m bench.telemetry_sdk`."""

from __future__ import annotations

import time
from collections.abc import Callable

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import RECORDER, Registry
from dot_copilot.core.telemetry.statements import mark, told

STATEMENTS = 3
TURNS, ROUNDS = 5000, 7
SQL = "select id from drivers where carrier_id = $1"


class _Nowhere(SpanExporter):
    def export(self, spans: object) -> SpanExportResult:
        del spans
        return SpanExportResult.SUCCESS


def _ours() -> Callable[[], None]:
    RECORDER.sink, RECORDER.ratio = (lambda _: None), 0.1
    requests = Registry().histogram("dot_bench_seconds", "Requests.", ("route",)).labels("/x")

    def request() -> None:
        trace = RECORDER.begin("GET /x", telemetry.SERVER)
        before = telemetry.enter(trace)
        began = time.perf_counter_ns()
        told((began, began, began, began, began, 0, [mark(SQL, time.perf_counter_ns()) for _ in range(STATEMENTS)]))
        telemetry.leave(before)
        RECORDER.finish(trace)
        requests.observe(trace.seconds)

    return request


def _theirs(ratio: float) -> Callable[[], None]:
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(ratio)))
    provider.add_span_processor(BatchSpanProcessor(_Nowhere()))
    tracer = provider.get_tracer("bench")
    meter = MeterProvider([InMemoryMetricReader()]).get_meter("bench")
    requests = meter.create_histogram("http.server.request.duration", "s")
    statements = meter.create_histogram("db.client.operation.duration", "s")

    def request() -> None:
        began = time.perf_counter()
        with tracer.start_as_current_span("GET /x", kind=SpanKind.SERVER, attributes={"http.route": "/x"}) as root:
            for _ in range(STATEMENTS):
                start = time.perf_counter()
                with tracer.start_as_current_span(
                    "SELECT drivers", kind=SpanKind.CLIENT, attributes={"db.system.name": "postgresql"}
                ):
                    pass
                statements.record(time.perf_counter() - start, {"db.operation.name": "SELECT"})
            root.set_attribute("http.response.status_code", 200)
        requests.record(time.perf_counter() - began, {"http.route": "/x", "http.response.status_code": 200})

    return request


def measure(request: Callable[[], None]) -> float:
    """Microseconds of processor time a request, the least of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.process_time()
        for _ in range(TURNS):
            request()
        best = min(best, (time.process_time() - before) / TURNS * 1e6)
    return best


def main() -> str:
    """The three figures, as rows of a table."""
    rows = {
        "ours, 10 % kept": _ours(),
        "OpenTelemetry's SDK, 10 % sampled at the start": _theirs(0.1),
        "OpenTelemetry's SDK, all recorded (as deciding at the end needs)": _theirs(1.0),
    }
    return "\n".join(f"| {name} | {measure(request):.1f} us |" for name, request in rows.items())


if __name__ == "__main__":
    print(main())
