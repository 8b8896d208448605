"""The outermost layer of an HTTP process: a trace, the request metrics and `X-Request-Id` for each request.

It knows ASGI alone, and costs about 10 microseconds. Routes are known by their template (`/api/v1/drivers/{driver_id}`): a raw
path would give each driver a series of its own, and put ids and names into telemetry.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from dot_copilot.core.telemetry.context import Parent, parse
from dot_copilot.core.telemetry.instruments import HistogramSeries
from dot_copilot.core.telemetry.recorder import RECORDER, enter, leave
from dot_copilot.core.telemetry.standard import HTTP_ACTIVE, HTTP_SERVER, METHODS
from dot_copilot.core.telemetry.trace import INTERNAL, SERVER, Trace, current, span

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
ROUTE = "dot_copilot.route"
"""A key of the ASGI scope: the template, set by whoever answers without the router."""
UNMATCHED = "unmatched"
_PROBES = frozenset({"/healthz", "/readyz"})  # asked every second by supervisors: neither work nor worth following
_ACTIVE = HTTP_ACTIVE.labels()


def route_of(scope: Scope) -> str:
    """The template that was set as `ROUTE`."""
    return str(scope.get(ROUTE, UNMATCHED))


class Traced:
    """ASGI middleware. `route`: tells the template from the scope, once the request has been answered."""

    def __init__(self, app: Application, route: Callable[[Scope], str] = route_of) -> None:
        self._app, self._route = app, route
        self._series: dict[tuple[str, str, int], HistogramSeries] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _PROBES:
            await self._app(scope, receive, send)
        elif current() is not None:
            await self._inside(scope, receive, send)
        else:
            await self._from_outside(scope, receive, send)

    async def _from_outside(self, scope: Scope, receive: Receive, send: Send) -> None:
        parent, outside = _caller(scope)
        trace = RECORDER.begin("", SERVER, parent, outside=outside)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", trace.trace_id.encode())]
            await send(message)

        before = enter(trace)
        _ACTIVE.value += 1
        try:
            await self._app(scope, receive, answer)
        except Exception as error:
            trace.fail(error)
            status = status or 500  # what the HTTP server answers by itself
            raise
        finally:
            _ACTIVE.value -= 1
            leave(before)
            self._finish(scope, trace, status)

    def _finish(self, scope: Scope, trace: Trace, status: int) -> None:
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        route = self._route(scope)
        if status >= 500 and not trace.failed:
            trace.fail(str(status))
        kept = RECORDER.wanted(trace)
        if kept:
            trace.name = f"{method} {route}"
            trace.note(**{"http.request.method": method, "http.route": route, "http.response.status_code": status})
            RECORDER.keep(trace)
        key = (method, route, status)
        series = self._series.get(key)
        if series is None:
            # Status 0: the client went away before there was an answer.
            series = self._series[key] = HTTP_SERVER.labels(method, route, str(status))
        series.observe(trace.seconds, trace.trace_id if kept else None)

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
            finally:
                one.name = f"{scope['method']} {self._route(scope)}"
                one.attributes = {"http.response.status_code": status}
                trace = current()
                if status >= 500 and trace is not None:
                    one.error = str(status)
                    trace.fail(one.error)


def _caller(scope: Scope) -> tuple[Parent | None, bool]:
    """The parent in the headers, and whether it comes from outside: whoever is let in by nginx is announced by it."""
    sent = state = b""
    outside = False
    for name, value in scope["headers"]:
        if name == b"traceparent":
            sent = value
        elif name == b"x-forwarded-for":
            outside = True
        elif name == b"tracestate":
            state = value
    return (parse(sent, b"" if outside else state) if sent else None), outside
