"""The outermost layer of an HTTP process: a trace, the request metrics and `X-Request-Id` for each request.

It knows ASGI alone. Routes are known by their template (`/api/v1/drivers/{driver_id}`): a raw path would give each driver a
series of its own, and put ids and names into telemetry.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from time import perf_counter_ns
from typing import Any

from dot_copilot.core.telemetry.context import parse, usual
from dot_copilot.core.telemetry.instruments import HistogramSeries
from dot_copilot.core.telemetry.recorder import HASH_BITS, RECORDER
from dot_copilot.core.telemetry.standard import HTTP_ACTIVE, HTTP_SERVER, METHODS
from dot_copilot.core.telemetry.trace import INTERNAL, SERVER, Attributes, Trace, _trace, current, span

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Failed = Callable[[Exception, Scope, Receive, Send], Awaitable[None]]
ROUTE = "dot_copilot.route"
"""A key of the ASGI scope: the template, set by whoever answers without the router."""
UNMATCHED = "unmatched"
_PROBES = frozenset({"/healthz", "/readyz"})  # asked every second by supervisors: neither work nor worth following
_ACTIVE = HTTP_ACTIVE.labels()
_GONE: list[Any] = []


async def _unanswered(_error: Exception, _scope: Scope, _receive: Receive, _send: Send) -> None:
    """Leaves the answer to the HTTP server."""


def route_of(scope: Scope) -> str:
    """The template that was set as `ROUTE`."""
    return str(scope.get(ROUTE, UNMATCHED))


class Traced:
    """ASGI middleware. `route`: tells the template from the scope, once the request has been answered.

    `failed`: answers for an exception that nothing has been sent for; the exception goes on to the HTTP server all the same.
    """

    def __init__(self, app: Application, route: Callable[[Scope], str] = route_of, failed: Failed | None = None) -> None:
        self._app, self._route, self._failed = app, route, failed or _unanswered
        self._series: dict[tuple[str, int, str], HistogramSeries] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
            return
        if _trace.get() is not None:
            await self._inside(scope, receive, send)
            return
        # What the recorder would do for nearly every request is written out, here and in `_end`.
        for name, value in scope["headers"]:
            if name == b"traceparent":
                request_id = usual(value)
                break
        else:
            request_id = b""
        if request_id:
            sampled = hash(request_id) & HASH_BITS < RECORDER.bound and RECORDER.sink is not None
            trace = Trace("", SERVER, None, sampled, value)
            trace.rate = RECORDER.share
            RECORDER.begun += 1
        else:
            trace = _begin(scope["headers"])
            request_id = trace.trace_id.encode()
        status = 0

        def answer(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id)]
            return send(message)

        _trace.set(trace)
        _ACTIVE.value += 1
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            trace.fail(error)
            if not status:
                await self._failed(error, scope, receive, answer)
            status = status or 500  # what the HTTP server answers by itself
            raise
        finally:
            _ACTIVE.value -= 1
            _trace.set(None)
            self._end(scope, trace, status)

    def _end(self, scope: Scope, trace: Trace, status: int) -> None:
        trace.room = 0
        trace.ended = ended = perf_counter_ns()
        took = ended - trace.started
        method, route = scope["method"], scope[ROUTE] if ROUTE in scope else self._route(scope)
        series = self._series.get((route, status, method)) or self._bind(method, route, status)
        if trace.sampled or trace.failed or status >= 500 or took > trace.slow_after:
            _special(trace, series, method, route, status)
        else:
            seconds = took / 1e9
            series.counts[bisect_left(series.bounds, seconds)] += 1  # `observe`
            series.sum += seconds
            trace.recorded = _GONE  # who goes on in this context, as a timer of the connection does, keeps the trace alive
        if ended >= RECORDER.due:
            RECORDER.look_up(ended)

    def _bind(self, method: str, route: str, status: int) -> HistogramSeries:
        """The series of such requests. Status 0: the client went away before there was an answer."""
        if method not in METHODS:
            return HTTP_SERVER.labels("_OTHER", route, str(status))
        found = self._series[route, status, method] = HTTP_SERVER.labels(method, route, str(status))
        return found

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A call of this process to itself: a span below the request that makes it, and no request of its own."""
        with span("", INTERNAL) as one:
            status = 0

            async def answer(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await self._app(scope, receive, answer)
            except Exception as error:
                if not status:
                    await self._failed(error, scope, receive, answer)
                raise
            finally:
                one.name = f"{scope['method']} {self._route(scope)}"
                one.attributes = {"http.response.status_code": status}
                trace = current()
                if status >= 500 and trace is not None:
                    one.error = str(status)
                    trace.fail(one.error)


def _special(trace: Trace, series: HistogramSeries, method: str, route: str, status: int) -> None:
    """Counts a request that was not like most, and keeps its trace if it is to be."""
    if status >= 500 and not trace.failed:
        trace.fail(str(status))
    seconds = trace.seconds
    if not RECORDER.wanted(trace):
        series.observe(seconds)
        return
    method = method if method in METHODS else "_OTHER"
    trace.name = f"{method} {route}"
    said: Attributes = {"http.request.method": method, "http.route": route, "http.response.status_code": status}
    trace.note(**said)
    RECORDER.keep(trace)
    series.observe(seconds, trace.trace_id)


def _begin(headers: Iterable[tuple[bytes, bytes]]) -> Trace:
    """The trace of a request, below the one in its headers. Whoever nginx let in is announced by it, and so from outside."""
    sent = state = b""
    outside = False
    for name, value in headers:
        if name == b"traceparent":
            sent = value
        elif name == b"x-forwarded-for":
            outside = True
        elif name == b"tracestate":
            state = value
    parent = parse(sent, b"" if outside else state) if sent else None
    return RECORDER.begin("", SERVER, parent, outside=outside)
