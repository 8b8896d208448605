"""The outermost layer: a trace, figures and an id for each request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dot_copilot.core import telemetry
from dot_copilot.core.telemetry import RECORDER, Trace, asgi
from dot_copilot.core.telemetry.standard import HTTP_ACTIVE, HTTP_SERVER

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = (b"traceparent", f"00-{TRACE}-{SPAN}-01".encode())


@pytest.fixture
def kept() -> Iterator[list[Trace]]:
    before = RECORDER.ratio, RECORDER.sink
    found: list[Trace] = []
    RECORDER.ratio, RECORDER.sink = 1.0, found.append
    yield found
    RECORDER.ratio, RECORDER.sink = before


def application(status: int = 200, *, route: str | None = "/things/{id}", error: Exception | None = None) -> asgi.Traced:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if route:
            scope[asgi.ROUTE] = route
        if error:
            raise error
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"x"})

    return asgi.Traced(app)


async def ask(app: asgi.Application, *headers: tuple[bytes, bytes], path: str = "/things/Ana", method: str = "GET") -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    await app({"type": "http", "method": method, "path": path, "headers": list(headers)}, receive, send)
    return sent


def count(*labels: str) -> int:
    return HTTP_SERVER.labels(*labels).count


@pytest.mark.asyncio
async def test_a_request_becomes_a_trace_named_by_its_template(kept: list[Trace]) -> None:
    before = count("GET", "/things/{id}", "200")
    sent = await ask(application(), PARENT)
    (trace,) = kept
    assert (trace.name, trace.trace_id, trace.parent_id) == ("GET /things/{id}", TRACE, int(SPAN, 16))
    assert trace.attributes == {"http.request.method": "GET", "http.route": "/things/{id}", "http.response.status_code": 200}
    assert dict(sent[0]["headers"])[b"x-request-id"] == TRACE.encode()
    assert count("GET", "/things/{id}", "200") == before + 1
    assert any(one and one.trace_id == TRACE for one in HTTP_SERVER.labels("GET", "/things/{id}", "200").exemplars)
    assert HTTP_ACTIVE.labels().value == 0
    assert telemetry.current() is None


@pytest.mark.asyncio
async def test_without_a_parent_or_with_a_wrong_one_it_gets_an_id_of_its_own(kept: list[Trace]) -> None:
    await ask(application())
    await ask(application(), (b"traceparent", b"00-zz-zz-01"))
    assert len({trace.trace_id for trace in kept}) == 2
    assert all(trace.parent_id == 0 for trace in kept)


@pytest.mark.asyncio
async def test_paths_methods_and_what_no_route_answers_make_no_series(kept: list[Trace]) -> None:
    app = application(404, route=None)
    before = len(list(HTTP_SERVER.series()))
    for number in range(100):
        await ask(app, path=f"/drivers/{number}/Ana-Ruiz", method=f"M{number}")
    assert len(list(HTTP_SERVER.series())) <= before + 1
    assert {trace.name for trace in kept} == {"_OTHER unmatched"}


@pytest.mark.asyncio
async def test_server_errors_fail_the_trace_and_clients_errors_do_not(kept: list[Trace]) -> None:
    await ask(application(404))
    await ask(application(503))
    with pytest.raises(RuntimeError):
        await ask(application(error=RuntimeError("Ana")))
    assert [(trace.failed, trace.error) for trace in kept] == [(False, None), (True, "503"), (True, "RuntimeError")]
    assert count("GET", "/things/{id}", "500") > 0


@pytest.mark.asyncio
async def test_probes_are_neither_counted_nor_followed(kept: list[Trace]) -> None:
    await ask(application(503), path="/readyz")
    assert kept == []


@pytest.mark.asyncio
async def test_a_call_of_the_process_to_itself_is_a_span_of_the_request(kept: list[Trace]) -> None:
    inner = application(500, route="/inner/{id}")

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        scope[asgi.ROUTE] = "/outer"
        await ask(inner, path="/inner/Ana")
        await send({"type": "http.response.start", "status": 200, "headers": []})

    before = count("GET", "/inner/{id}", "500")
    await ask(asgi.Traced(outer))
    (trace,) = kept
    assert trace.failed
    assert [(span.name, span.error) for span in trace.spans] == [("GET /inner/{id}", "500")]
    assert count("GET", "/inner/{id}", "500") == before


@pytest.mark.asyncio
async def test_what_comes_through_nginx_is_from_outside(kept: list[Trace]) -> None:
    RECORDER.ratio = 0.0
    for _ in range(200):
        await ask(application(), PARENT, (b"x-forwarded-for", b"203.0.113.9"), (b"tracestate", b"dot=1"))
    assert len(kept) < 20
    before = len(kept)
    for _ in range(200):
        await ask(application(), PARENT)
    assert len(kept) == before + 200


@pytest.mark.asyncio
async def test_whoever_answers_for_exceptions_is_asked_once_and_only_before_the_first_word(kept: list[Trace]) -> None:
    async def failed(error: Exception, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": type(error).__name__.encode()})

    async def breaks(scope: Any, receive: Any, send: Any) -> None:
        scope[asgi.ROUTE] = "/breaks"
        if scope["path"] == "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("Ana")

    app = asgi.Traced(breaks, failed=failed)
    answers: list[list[Any]] = []
    for path in ("/early", "/late"):
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        with pytest.raises(RuntimeError):
            await app({"type": "http", "method": "GET", "path": path, "headers": [PARENT]}, receive, send)
        answers.append(sent)
    early, late = answers
    assert (early[0]["status"], early[1]["body"], dict(early[0]["headers"])[b"x-request-id"]) == (
        503,
        b"RuntimeError",
        TRACE.encode(),
    )
    assert [message["type"] for message in late] == ["http.response.start"]
    assert [(trace.failed, trace.error) for trace in kept] == [(True, "RuntimeError")] * 2


@pytest.mark.asyncio
async def test_what_nginx_announces_and_nobody_keeps_has_its_id_and_is_counted(kept: list[Trace]) -> None:
    RECORDER.ratio = 0.0
    before = count("GET", "/things/{id}", "200")
    sent = await ask(application(), (b"traceparent", f"00-{TRACE}-{SPAN}-00".encode()), (b"x-forwarded-for", b"203.0.113.9"))
    assert dict(sent[0]["headers"])[b"x-request-id"] == TRACE.encode()
    assert (kept, count("GET", "/things/{id}", "200")) == ([], before + 1)
    with pytest.raises(RuntimeError):
        await ask(application(error=RuntimeError()), (b"traceparent", f"00-{TRACE}-{SPAN}-00".encode()))
    (trace,) = kept
    assert (trace.trace_id, trace.parent_id, trace.failed, trace.rate) == (TRACE, int(SPAN, 16), True, 1.0)
