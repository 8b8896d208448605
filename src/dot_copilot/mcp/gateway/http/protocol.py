"""uvicorn's HTTP/1.1 protocol with a fast lane: a request that has arrived whole may be answered without an ASGI cycle.

uvicorn (httptools underneath) keeps everything that is hard about HTTP: bodies in pieces, pipelining, `Expect`, upgrades,
backpressure, chunked answers. Only a plain POST to the endpoint whose head and body came with one read is offered to the
lane; what the lane does not take goes on as if there were none.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from dot_copilot.core.whole_writes import WholeWrites
from dot_copilot.mcp.gateway.http.idle import Idle
from dot_copilot.mcp.gateway.modern.flight import App, Flight
from dot_copilot.mcp.gateway.modern.lane import Lane
from dot_copilot.mcp.gateway.wire import asgi

logger = logging.getLogger(__name__)

ENDPOINT: Final = b"/mcp"
MOST_HEAD_BYTES: Final = 64 * 1024
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"  # RFC 6585, 5
)
_WHOLE: Final = b"%bcontent-length: %d\r\ncontent-type: application/json\r\nx-request-id: %b\r\n%b\r\n%b"
_CLOSE: Final = b"connection: close\r\n"


class LaneProtocol(HttpToolsProtocol):
    """One connection of a client. `lane` gives the fast lane, once there is one."""

    def __init__(self, *, lane: Callable[[], Lane | None], idle: Idle, **given: Any) -> None:
        super().__init__(**given)
        self._lane, self._idle = lane, idle
        self._flight: Flight | None = None
        self._handed: RequestResponseCycle | None = None
        self._pieces: list[bytes] | None = None  # the body of a request that the lane may get
        self._in_head = False
        self._head_bytes = 0
        self.rests_since = self.loop.time()

    @property
    def rests(self) -> bool:
        """Whether no request is being served."""
        return self._flight is None and (self.cycle is None or self.cycle.response_complete)

    # -- asyncio.Protocol ------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast(Any, WholeWrites(transport, self.loop)))
        self._idle.connections = self.connections
        self._idle.watch(self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        flight, self._flight = self._flight, None
        if isinstance(self.cycle, Flight):  # also one that has been answered: uvicorn would look for what a flight has not
            self.cycle = cast(Any, None)
        if self._handed is not None and not self._handed.response_complete:
            self._handed.disconnected = True
            self._handed.message_event.set()
        super().connection_lost(exc)
        if flight is not None:
            flight.leave()

    def data_received(self, data: bytes) -> None:
        if self._in_head:  # it began with an earlier read
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)
        if self._pieces is not None:  # its body is still on the way
            self._go_the_long_way()

    # -- httptools -------------------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        # The scope is made when somebody needs it: see _go_the_long_way.
        self.url, self.headers, self.expect_100_continue = b"", [], False
        self._in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        parser = self.parser
        if (
            self.url == ENDPOINT
            and self.rests
            and not self.expect_100_continue
            and not self.flow.write_paused
            and parser.get_method() == b"POST"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
        ):
            self._pieces = []
        else:
            self._begin_cycle()

    def on_body(self, body: bytes) -> None:
        if self._pieces is None:
            super().on_body(body)
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        pieces = self._pieces
        if pieces is None:
            super().on_message_complete()
            return
        flight = self._offer(pieces[0] if len(pieces) == 1 else b"".join(pieces))
        if flight is None:
            self._go_the_long_way()
            super().on_message_complete()
        else:
            self._pieces = None
            self._flight = flight
            self.cycle = cast(Any, flight)

    def _offer(self, body: bytes) -> Flight | None:
        lane = self._lane()
        try:
            return None if lane is None else lane.take(self, self.headers, body)
        except Exception:
            # Out of here it would be taken for bad HTTP; the long way meets the same trouble, and knows how to answer.
            logger.exception("the fast lane failed")
            return None

    def _go_the_long_way(self) -> None:
        """Begins an ASGI cycle for a request that the lane does not take, with as much of its body as has come."""
        pieces, self._pieces = self._pieces or [], None
        if self.transport.is_closing():
            return
        self._begin_cycle()
        for piece in pieces:
            super().on_body(piece)

    def _begin_cycle(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.scope["headers"] = self.headers = headers
        super().on_headers_complete()

    # -- answers -----------------------------------------------------------------------------------------------------------

    def respond(self, flight: Flight, status: int, body: bytes, headers: Iterable[asgi.Pair] = ()) -> None:
        """See `flight.Line`: head and body in one write."""
        flight.response_complete = True
        if self._flight is not flight:
            return
        self._flight = None
        if self.transport.is_closing():
            return
        more = b"".join([b"%b: %b\r\n" % pair for pair in (*self.server_state.default_headers, *headers)])
        if not flight.keep_alive:
            more += _CLOSE
        self.transport.write(_WHOLE % (STATUS_LINE[status], len(body), flight.followed.trace_id, more, body))
        if not flight.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def hand_over(self, flight: Flight, app: App) -> None:
        """See `flight.Line`: the answer is a stream."""
        if self._flight is not flight:
            return
        self._flight = None
        scope: Any = {"type": "http", "http_version": "1.1", "method": "POST", "client": self.client}
        scope |= {"path": ENDPOINT.decode(), "query_string": b""}
        cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=[*self.server_state.default_headers, (b"x-request-id", flight.followed.trace_id)],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=flight.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.more_body = False
        flight.response_complete = True
        self._handed = cycle
        if self.cycle is cast(Any, flight):  # else another request waits behind this one
            self.cycle = cycle
        self._start_asgi_task(cycle, cast(Any, app))

    def on_response_complete(self) -> None:
        """As uvicorn's, but idle connections are looked after by one timer for all."""
        self.server_state.total_requests += 1
        self.rests_since = self.loop.time()
        self._handed = None
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
