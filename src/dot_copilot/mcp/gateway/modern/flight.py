"""A call in the fast lane, between its client and its upstream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Protocol

from dot_copilot.mcp.gateway.catalogue.entries import Entry
from dot_copilot.mcp.gateway.modern.following import Followed
from dot_copilot.mcp.gateway.modern.relay import Call
from dot_copilot.mcp.gateway.ports import CallEntry
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer, Connection
from dot_copilot.mcp.gateway.wire import asgi

if TYPE_CHECKING:
    from dot_copilot.mcp.gateway.modern.lane import Lane

App = Callable[[asgi.Scope, asgi.Receive, asgi.Send], Awaitable[None]]


class Line(Protocol):
    """The client's connection, as the lane sees it."""

    def respond(self, flight: Flight, status: int, body: bytes, headers: Iterable[asgi.Pair] = ()) -> None:
        """Sends the whole answer; nothing if the client has gone."""
        ...

    def hand_over(self, flight: Flight, app: App) -> None:
        """Lets `app` answer the request in a task of its own."""
        ...


class Flight:
    """`response_complete` and `keep_alive` are what uvicorn asks of a request under way."""

    __slots__ = (
        "call",
        "connection",
        "entry",
        "followed",
        "gone",
        "keep_alive",
        "lane",
        "line",
        "log",
        "response_complete",
        "task",
        "upstream",
    )

    def __init__(self, lane: Lane, line: Line, call: Call, entry: Entry, log: CallEntry, *, followed: Followed) -> None:
        assert isinstance(entry.upstream, HttpUpstream)
        self.lane, self.line, self.call, self.entry, self.log = lane, line, call, entry, log
        self.upstream, self.followed = entry.upstream, followed
        self.connection: Connection | None = None
        self.task: asyncio.Task[None] | None = None
        self.gone = self.response_complete = False
        self.keep_alive = True

    def told(self, answer: Answer | None, error: UpstreamError | None) -> None:
        """See `http_connection.Told`."""
        self.lane.told(self, answer, error)

    def leave(self) -> None:
        """The client has gone before it was answered."""
        self.gone = True
        self.lane.left(self)
