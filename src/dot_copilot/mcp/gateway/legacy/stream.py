"""The GET stream of a session: the streams of all its upstreams in one, and the gateway's own news."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import orjson
from msgspec import UNSET, Struct

from dot_copilot.mcp.gateway import streams
from dot_copilot.mcp.gateway.catalogue.supervisor import Supervisor
from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.hub import Hub
from dot_copilot.mcp.gateway.legacy.events import Rewriter
from dot_copilot.mcp.gateway.legacy.ids import Place
from dot_copilot.mcp.gateway.legacy.session import Session, Sessions
from dot_copilot.mcp.gateway.ports import Verdict
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.http_answer import MAX_EVENT
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import asgi, sse

logger = logging.getLogger(__name__)

_STANDING = Timeouts(connect=2.0, first_byte=10.0, idle=90.0, total=3600.0)
_LAST_RETRY = 15.0


class Standing(Struct):
    """One open GET stream."""

    session: Session
    verdict: Verdict
    place: Place
    queue: streams.Outgoing


class StandingStreams:
    """Serves GET streams. `Last-Event-ID` is the place in every upstream's stream; each goes on from its own."""

    def __init__(self, sessions: Sessions, supervisor: Supervisor, hub: Hub) -> None:
        self._sessions, self._supervisor, self._hub = sessions, supervisor, hub

    async def serve(
        self,
        receive: asgi.Receive,
        send: asgi.Send,
        session: Session,
        verdict: Verdict,
        *,
        place: Place | None,
        alive: Callable[[], Awaitable[bool]],
    ) -> None:
        """Until the client leaves, its sign-in ends, or the process stops."""
        one = Standing(session, verdict, place or Place(True, {}), asyncio.Queue(streams.QUEUE))
        with self._hub.subscribed() as news:
            tasks = [asyncio.create_task(self._follow(one, upstream)) for upstream in self._followed(one)]
            if one.place.standing:
                tasks.append(asyncio.create_task(_news(news, one.queue)))
            else:
                tasks = [asyncio.create_task(_then_end(tasks, one.queue))]
            try:
                await asgi.begin(send, 200, sse.HEADERS)
                await asgi.more(send, sse.PING)
                await streams.serve(receive, send, one.queue, alive)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def _followed(self, one: Standing) -> list[HttpUpstream]:
        """The upstreams of a stream: all with a session, or the one whose answer is resumed."""
        wanted = one.session.upstream if one.place.standing else one.place.last
        return [upstream for name, upstream in self._sessions.http.items() if name in wanted]

    async def _follow(self, one: Standing, upstream: HttpUpstream) -> None:
        """One upstream's stream; begun again where it broke. Ends when the upstream has no such stream."""
        rewriter, wait = Rewriter(upstream.name, self._supervisor.changed), 0.5
        while True:
            try:
                lines = await self._sessions.lines(one.session, one.verdict, upstream)
                last = one.place.last.get(upstream.name)
                if last is not None:
                    lines += b"last-event-id: %b\r\n" % last.encode("ascii")
                answer = await upstream.other(b"GET", lines, _STANDING)
                if answer.status in (404, 405) or (answer.status != 200 and not one.place.standing):
                    answer.abandon()
                    return
                if await self._read(one, rewriter, answer):
                    return
                wait = 0.5
            except UpstreamError as error:
                logger.debug("stream of %s: %s", upstream.name, error.text)
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LAST_RETRY)

    async def _read(self, one: Standing, rewriter: Rewriter, answer: Answer) -> bool:
        """Passes a stream on to its end; whether the request it belongs to has been answered."""
        if answer.status != 200 or answer.content_type != b"text/event-stream":
            answer.abandon()
            raise UpstreamError("broken", f"HTTP {answer.status}")
        reader = sse.Reader(MAX_EVENT)
        try:
            while (chunk := await answer.next()) is not None:
                for event in reader.feed(chunk):
                    if not event.comment and self._event(one, rewriter, event):
                        return True
        except sse.TooLarge:
            raise UpstreamError("too_large", "an event is too large") from None
        finally:
            answer.abandon()
        return False

    def _event(self, one: Standing, rewriter: Rewriter, event: sse.Event) -> bool:
        event_id = rewriter.event_id(event, one.place)
        if not event.data:
            if event_id is not None:
                streams.put(one.queue, sse.write(b"", event_id, event.retry))
            return False
        frame = rewriter.frame(event.data)
        if frame.method is UNSET:
            if one.place.standing:  # answers belong to their requests' streams, unless one is resumed
                return False
            streams.put(one.queue, sse.write(event.data, event_id))
            return True
        passed = rewriter.aside(event.data, frame)
        if passed is not None:
            streams.put(one.queue, sse.write(passed, event_id, event.retry))
        return False


async def _news(news: asyncio.Queue[str | None], queue: streams.Outgoing) -> None:
    while (method := await news.get()) is not None:
        streams.put(queue, sse.write(orjson.dumps({"jsonrpc": "2.0", "method": method})))
    streams.put(queue, None)


async def _then_end(tasks: list[asyncio.Task[None]], queue: streams.Outgoing) -> None:
    """Ends the client's stream once the resumed answer has come."""
    try:
        await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for task in tasks:
            task.cancel()
    streams.put(queue, None)
