"""How a call in the fast lane is followed: what `core.telemetry.asgi` does for others, at a fifth of its cost.

There is no task and so no context to keep a trace in. Until its end a call has only its ids and times; a trace is made if it is
to be kept. Of sampled calls at most twenty a second are, for a gateway answers more than an exporter should have to write.
"""

from __future__ import annotations

import re
from itertools import count as count_from
from random import getrandbits
from time import perf_counter, perf_counter_ns
from typing import Final
from uuid import UUID

from dot_copilot.core.telemetry import (
    CLIENT,
    RECORDER,
    SERVER,
    Attributes,
    Parent,
    Span,
    Trace,
    parse,
)
from dot_copilot.core.telemetry.context import usual
from dot_copilot.core.telemetry.recorder import HASH_BITS
from dot_copilot.core.telemetry.standard import HTTP_ACTIVE, HTTP_CLIENT, HTTP_SERVER
from dot_copilot.mcp.gateway.wire.headers import Headers

ROUTE: Final = "/mcp"
MOST_SAMPLED_PER_SECOND: Final = 20
SLOW_NS: Final = 1_000_000_000
_next: Final = count_from(getrandbits(62) + 1).__next__
"""Ids of spans: no two of this process are the same, and two processes hardly ever meet."""
ACTIVE: Final = HTTP_ACTIVE.labels()
_TRACEPARENT: Final = b"traceparent"
_PARENT: Final = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-9a-f]").fullmatch


class Followed:
    """One call. Times are of `perf_counter_ns`; 0: it has not come to that. `asked`: the status of the upstream's answer.

    `own_id` names the span of the gateway's request to the upstream, whose parent is the call's root.
    """

    # What a call begins with is the class's: most of it never changes, and fourteen slots would have to be filled for each.
    sent = answered = ended = asked = status = 0
    sampled = whole = kept = False
    parent_id = b""
    made: Trace | None = None

    def __init__(self, headers: Headers, started: int, upstream: str) -> None:
        self.started, self.upstream, self.own_id = started, upstream, _next()
        said = headers.get(_TRACEPARENT, b"")
        trace_id = usual(said)
        if trace_id:
            self.trace_id, self.parent_id = trace_id, said[36:52]
        elif _PARENT(said) is not None:
            self.trace_id, self.parent_id = said[3:35], said[36:52]
            if said[54] & 1 and RECORDER.sink is not None:
                self._as_the_caller_wants(said, headers)
                return
        else:
            self.trace_id = b"%032x" % (getrandbits(127) + 1)
        # As `Recorder.begin` decides: the hash of bytes is that of the same text.
        if hash(self.trace_id) & HASH_BITS < RECORDER.ratio * HASH_BITS and RECORDER.sink is not None:
            self.sampled = _budget.take()

    def _as_the_caller_wants(self, said: bytes, headers: Headers) -> None:
        outside = b"x-forwarded-for" in headers
        trace = RECORDER.begin("", SERVER, parse(said, b"" if outside else headers.get(b"tracestate", b"")), outside=outside)
        self.sampled, self.whole = trace.sampled and _budget.take(), trace.whole

    @property
    def line(self) -> bytes:
        """The header line by which the upstream continues the trace."""
        line = b"traceparent: 00-%b-%016x-%b\r\n" % (self.trace_id, self.own_id, b"01" if self.sampled else b"00")
        return line + b"tracestate: dot=1\r\n" if self.whole else line

    def trace(self) -> Trace:
        """The call as a trace that is not finished yet, for what goes on in a task."""
        if self.made is None:
            parent = Parent(self.trace_id.decode(), int(self.parent_id, 16), sampled=False) if self.parent_id else None
            self.made = trace = Trace(f"POST {ROUTE}", SERVER, parent, sampled=self.sampled)
            trace.trace_id, trace.whole = self.trace_id.decode(), self.whole
            trace.rate = 1.0 if self.whole else RECORDER.ratio or 1.0
            trace.started = self.started
        return self.made

    def finish(self, tool: str, carrier: UUID, error: str | None) -> None:
        """Counts a call that is not like most; keeps its trace if it was sampled, has failed (`error`: why) or was slow."""
        if RECORDER.sink is not None:
            self._keep(tool, carrier, error)
        answered = HTTP_SERVER.labels("POST", ROUTE, str(self.status))
        answered.observe((self.ended - self.started) / 1e9, self.trace_id.decode() if self.kept else None)
        if self.sent:
            asked = HTTP_CLIENT.labels(self.upstream, str(self.asked))
            asked.observe(((self.answered if self.asked else self.ended) - self.sent) / 1e9)

    def _keep(self, tool: str, carrier: UUID, error: str | None) -> None:
        trace = self.trace()
        if error is not None or self.status >= 500:
            trace.fail(error or str(self.status))
        if self.sent:
            ended = self.answered if self.asked else perf_counter_ns()
            asked: Attributes = {"http.request.method": "POST", "dot.server": self.upstream}
            asked["http.response.status_code"] = self.asked
            trace.add(Span(f"POST {self.upstream}", CLIENT, self.own_id, trace.root_id, self.sent, ended, error, asked))
        trace.carrier_id = carrier
        # The words of OpenTelemetry's conventions for HTTP and for MCP.
        trace.note(
            http__request__method="POST",
            http__route=ROUTE,
            http__response__status_code=self.status,
            mcp__method__name="tools/call",
            gen_ai__tool__name=tool,
            dot__upstream=self.upstream,
        )
        self.kept = RECORDER.wanted(trace)
        if self.kept:
            RECORDER.keep(trace)


BOUNDS: Final = HTTP_SERVER.bounds
ANSWERED: Final = HTTP_SERVER.labels("POST", ROUTE, "200")
"""What nearly every call goes to; the lane adds to it by itself, as it does to its upstream's `asked`."""


class _Budget:
    """A bucket of sampled calls."""

    def __init__(self) -> None:
        self._left, self._at = float(MOST_SAMPLED_PER_SECOND), perf_counter()

    def take(self) -> bool:
        now = perf_counter()
        self._left = min(float(MOST_SAMPLED_PER_SECOND), self._left + (now - self._at) * MOST_SAMPLED_PER_SECOND)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


_budget = _Budget()
