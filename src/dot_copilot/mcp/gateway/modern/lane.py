"""The fast lane: a `tools/call` of revision 2026-07-28 that has arrived whole, to an upstream over HTTP, without a task.

It takes a call only if every check says yes without waiting. Everything else, and every refusal, is left to the endpoint,
which checks anew: there is one place that says no. Calls that arrive in one turn of the event loop are put on record by
one write, and only then leave for their upstreams.
"""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_left
from time import perf_counter_ns
from typing import Final

import orjson

from dot_copilot.core import telemetry
from dot_copilot.mcp.gateway import figures
from dot_copilot.mcp.gateway.catalogue.catalogue import Catalogue
from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.config import GatewayConfig
from dot_copilot.mcp.gateway.definitions import Kind
from dot_copilot.mcp.gateway.guard.origins import Doors
from dot_copilot.mcp.gateway.modern.calls import Calls, request_lines
from dot_copilot.mcp.gateway.modern.flight import Flight, Line
from dot_copilot.mcp.gateway.modern.following import ACTIVE, ANSWERED, BOUNDS, SLOW_NS, Followed
from dot_copilot.mcp.gateway.modern.ladder import check_envelope, check_shape
from dot_copilot.mcp.gateway.modern.relay import Call, failure, outcome_of
from dot_copilot.mcp.gateway.modern.state import STATE
from dot_copilot.mcp.gateway.ports import Guard, Outcome, Refused, Verdict
from dot_copilot.mcp.gateway.routing.access import raw_arguments
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream, authorization_line
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import asgi
from dot_copilot.mcp.gateway.wire import headers as h
from dot_copilot.mcp.gateway.wire.jsonrpc import INTERNAL_ERROR, INVALID_REQUEST, MODERN, RpcError, error_bytes

logger = logging.getLogger(__name__)

METHOD: Final = "tools/call"
_METHOD: Final = METHOD.encode()
_VERSION: Final = MODERN[-1].encode()
_FAILURES: Final = frozenset({"error", "timeout"})
_FAILED: Final = "The gateway failed. The call may have run."


class Lane:
    """One process's fast lane."""

    def __init__(self, config: GatewayConfig, doors: Doors, guard: Guard, catalogue: Catalogue, calls: Calls) -> None:
        self._most_bytes, self._doors, self._guard = config.max_body_bytes, doors, guard
        self._catalogue, self._calls = catalogue, calls
        self._waiting: list[Flight] = []
        self._due = False

    def take(self, line: Line, fields: list[asgi.Pair], body: bytes) -> Flight | None:
        """The call of a POST to the endpoint, begun; None if somebody else must serve it, and then nothing has happened.

        `fields` have lower-case names. The flight answers through `line`, in a later turn of the event loop.
        """
        started = perf_counter_ns()
        headers = dict(fields)
        if headers.get(h.METHOD) != _METHOD or headers.get(h.PROTOCOL_VERSION) != _VERSION or len(headers) != len(fields):
            return None
        if len(body) > self._most_bytes or self._doors.refusal(headers.get(b"host", b""), headers.get(b"origin", b"")):
            return None
        verdict = self._guard.gatekeeper.known(headers.get(b"authorization", b""))
        if verdict is None or not h.accepts(headers, b"application/json") or not h.accepts(headers, b"text/event-stream"):
            return None
        call = _read(headers, body, verdict)
        entry = None if call is None else self._entry(call)
        if call is None or entry is None or not self._guard.limits.take_at_once(verdict, entry.tool):
            return None
        offered = entry.offered
        followed = Followed(headers, started, offered.upstream)
        arguments = raw_arguments(call.params.get("arguments"))
        try:
            log = self._guard.calls.enter(verdict, offered.upstream, offered.name, arguments, followed.trace_id)
        except Refused:
            return None
        call.params["name"] = offered.name
        flight = Flight(self, line, call, entry, log, followed=followed)
        ACTIVE.value += 1
        self._waiting.append(flight)
        self._soon()
        return flight

    def _entry(self, call: Call) -> Entry | None:
        """What is called, if this person may call it and it can be done here."""
        name = call.params.get("name")
        entry = self._catalogue.entries[Kind.TOOL].get(name) if isinstance(name, str) else None
        if entry is None or "tools" not in self._catalogue.capabilities or STATE in call.params:
            return None
        upstream = entry.upstream
        # Exactly this class: upstreams with an authorization of their own send a request more than once.
        if type(upstream) is not HttpUpstream or upstream.era == "legacy":
            return None
        if upstream.config.credential not in ("none", "internal"):
            return None
        return entry if self._guard.policy.refusal(call.verdict, entry.offered) is None else None

    # -- the turn's end ------------------------------------------------------------------------------------------------------

    def _soon(self) -> None:
        """At the end of this turn of the event loop: what was entered goes on record, and then on its way."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        self._due = False
        waiting, self._waiting = self._waiting, []
        try:
            self._guard.calls.write()
        except Refused as error:
            for flight in waiting:
                self._refuse(flight, error)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, these calls are answered and the process goes on
            for flight in waiting:
                self._crash(flight, error)
            return
        for flight in waiting:
            try:
                self._send(flight)
            except UpstreamError as error:
                self._fail(flight, error)
            except Exception as error:  # noqa: BLE001
                self._crash(flight, error)

    def _send(self, flight: Flight) -> None:
        if flight.gone:
            self._end(flight, 0, "cancelled")
            return
        call, upstream, followed = flight.call, flight.upstream, flight.followed
        credential = self._guard.credentials.internal(call.verdict) if upstream.config.credential == "internal" else None
        lines = request_lines(call, authorization_line(credential))
        body = orjson.dumps({"jsonrpc": "2.0", "id": call.id, "method": call.method, "params": call.params})
        followed.sent = perf_counter_ns()
        flight.connection = upstream.post_at_once(lines + followed.line, body, flight.told)
        if flight.connection is None:
            flight.task = asyncio.get_running_loop().create_task(self._dial(flight, lines, body))

    async def _dial(self, flight: Flight, lines: bytes, body: bytes) -> None:
        """Sends a call for which no connection was idle."""
        flight.followed.sent = 0  # `post` has a span of its own
        before = telemetry.enter(flight.followed.trace())
        try:
            self._settle(flight, await flight.upstream.post(lines, body))
        except UpstreamError as error:
            self._fail(flight, error)
        except asyncio.CancelledError:
            self._end(flight, 0, "cancelled")
            if not flight.gone:
                raise
        except Exception as problem:  # noqa: BLE001
            self._crash(flight, problem)
        finally:
            telemetry.leave(before)

    # -- the answer ----------------------------------------------------------------------------------------------------------

    def told(self, flight: Flight, answer: Answer | None, error: UpstreamError | None) -> None:
        """The upstream has answered, or will not. Never raises."""
        try:
            flight.upstream.judge(answer, error)
            if answer is not None:
                flight.followed.answered, flight.followed.asked = perf_counter_ns(), answer.status
            if flight.gone:
                return
            if answer is not None:
                self._settle(flight, answer)
            elif error is not None:
                self._fail(flight, error)
        except UpstreamError as problem:
            self._fail(flight, problem)
        except Exception as problem:  # noqa: BLE001
            self._crash(flight, problem)

    def left(self, flight: Flight) -> None:
        """The client has gone, which cancels its call; the upstream sees its own client leave."""
        if flight.task is not None:
            flight.task.cancel()
        elif flight.connection is not None:
            flight.connection.close()
            self._end(flight, 0, "cancelled")

    def _settle(self, flight: Flight, answer: Answer) -> None:
        """Answers the client; a stream goes on as an ordinary request. Raises `UpstreamError`."""
        call = flight.call
        if answer.content_type == b"text/event-stream" and answer.status == 200:

            async def rest(_scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
                call.receive, call.send = receive, send
                before = telemetry.enter(flight.followed.trace())
                try:
                    await self._calls.go_on(call, flight.entry, flight.log, answer)
                finally:
                    telemetry.leave(before)
                    self._followed(flight, 200, failed=False)
                    self._soon()

            flight.line.hand_over(flight, rest)
            return
        outcome, body = self._calls.relay.whole(call, flight.entry, answer)
        flight.line.respond(flight, answer.status, body)
        self._end(flight, answer.status, outcome, answer=body)

    def _fail(self, flight: Flight, error: UpstreamError) -> None:
        flight.line.respond(flight, 200, failure(flight.call, error, flight.upstream.name))
        self._end(flight, 200, outcome_of(error), error.text)

    def _refuse(self, flight: Flight, error: Refused) -> None:
        """The call cannot be put on record, so it is not made."""
        body = error_bytes(None, INVALID_REQUEST, error.description)
        flight.line.respond(flight, error.status, body, [(b"retry-after", b"2")])
        self._followed(flight, error.status, failed=True)

    def _crash(self, flight: Flight, error: Exception) -> None:
        before = telemetry.enter(flight.followed.trace())
        logger.error("a request failed", exc_info=error)
        telemetry.leave(before)
        if not flight.response_complete:
            flight.line.respond(flight, 500, error_bytes(None, INTERNAL_ERROR, _FAILED))
        self._end(flight, 500, "error", _FAILED)

    def _end(self, flight: Flight, status: int, outcome: Outcome, detail: str | None = None, answer: bytes = b"") -> None:
        flight.log.end(outcome, detail, answer)
        self._followed(flight, status, detail is not None and outcome in _FAILURES)
        self._soon()

    def _followed(self, flight: Flight, status: int, failed: bool) -> None:
        """The call has been answered with this status, or (0) its client has left."""
        followed = flight.followed
        ended = perf_counter_ns()
        took = ended - followed.started
        ACTIVE.value -= 1
        if failed or followed.sampled or followed.asked != 200 or status != 200 or followed.made is not None or took > SLOW_NS:
            followed.status, followed.ended = status, ended
            offered, carrier = flight.entry.offered, flight.call.verdict.caller.carrier_id
            followed.finish(figures.label(offered.upstream, offered.name), carrier, "failed" if failed else None)
            return
        # `observe` without its calls: this is done for each call.
        seconds, asked = took / 1e9, flight.upstream.asked
        ANSWERED.counts[bisect_left(BOUNDS, seconds)] += 1
        ANSWERED.sum += seconds
        seconds = (followed.answered - followed.sent) / 1e9
        asked.counts[bisect_left(BOUNDS, seconds)] += 1
        asked.sum += seconds


def _read(headers: h.Headers, body: bytes, verdict: Verdict) -> Call | None:
    """The request of a body, if nothing about it is wrong."""
    try:
        message = orjson.loads(body)
        if not check_shape(message):
            return None
        params = check_envelope(message, headers)
    except (orjson.JSONDecodeError, RpcError):
        return None
    return Call(message["id"], METHOD, params, headers, verdict)
