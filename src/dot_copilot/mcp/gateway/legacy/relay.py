"""One request of a session, forwarded: to an HTTP upstream in its own session, or as messages to any other."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import orjson
from msgspec import UNSET, Struct, UnsetType

from dot_copilot.mcp.gateway.catalogue.supervisor import Supervisor
from dot_copilot.mcp.gateway.legacy.events import Rewriter
from dot_copilot.mcp.gateway.legacy.ids import Place
from dot_copilot.mcp.gateway.legacy.session import Session, Sessions
from dot_copilot.mcp.gateway.ports import Outcome, Verdict
from dot_copilot.mcp.gateway.upstreams.base import UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.http_answer import status_error
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire import asgi, sse
from dot_copilot.mcp.gateway.wire.jsonrpc import INTERNAL_ERROR, MessageId, dumps, error_bytes, result_bytes


class Ask(Struct):
    """One request under way."""

    id: MessageId
    method: str
    params: dict[str, Any]
    session: Session
    verdict: Verdict
    receive: asgi.Receive
    send: asgi.Send
    begun: bool = False
    resumable: bool = False
    told: bytes = b""  # the message that answered it, once it was sent

    async def event(self, data: bytes, event_id: bytes | None = None, retry: bytes | None = None, last: bool = False) -> None:
        """Sends one event, beginning the stream if need be."""
        if not self.begun:
            self.begun = True
            await asgi.begin(self.send, 200, sse.HEADERS)
        await asgi.more(self.send, sse.write(data, event_id, retry), last=last)

    async def ping(self) -> None:
        """Keeps an open stream awake."""
        if self.begun:
            await asgi.more(self.send, sse.PING)

    async def answer(self, body: bytes, event_id: bytes | None = None) -> None:
        """Sends the answer: as the stream's last event, or as JSON when there was nothing before it."""
        self.told = body
        if self.begun or event_id is not None:
            await self.event(body, event_id, last=True)
        else:
            await asgi.respond(self.send, 200, body)

    async def result(self, result: bytes) -> None:
        await self.answer(result_bytes(self.id, result))

    async def error(self, code: int, message: str, data: Any = None) -> None:
        await self.answer(error_bytes(self.id, code, message, data))

    async def failed(self, error: UpstreamError, name: str) -> None:
        await self.error(INTERNAL_ERROR, f"{name}: {error.text}", {"upstream": name, "reason": error.reason})


class HttpRelay:
    """Forwards to HTTP upstreams that speak the handshake eras."""

    def __init__(self, sessions: Sessions, supervisor: Supervisor) -> None:
        self._sessions, self._supervisor = sessions, supervisor

    async def forward(self, ask: Ask, upstream: HttpUpstream) -> Outcome:
        """Sends the request, and its answer back. Raises `UpstreamError`."""
        answer = await self._post(ask, upstream)
        rewriter = Rewriter(upstream.name, self._supervisor.changed)
        if answer.content_type == b"text/event-stream" and answer.status == 200:
            return await self._stream(ask, rewriter, answer, upstream.config.max_result_bytes)
        if answer.content_type != b"application/json" or answer.status in (401, 403) or answer.status >= 500:
            raise status_error(answer.status)
        outcome, body = _checked(ask, rewriter, answer.body)
        await ask.answer(body)
        return outcome

    async def _post(self, ask: Ask, upstream: HttpUpstream) -> Answer:
        body = dumps({"jsonrpc": "2.0", "id": ask.id, "method": ask.method, "params": ask.params})
        held = self._sessions.held(ask.session, upstream.name)
        answer = await upstream.post(await self._sessions.lines(ask.session, ask.verdict, upstream), body)
        if answer.status == 404 and held:
            # The upstream has forgotten its session, so the request did not run: a new session, and once more.
            answer.abandon()
            await self._sessions.heal(ask.session, ask.verdict, upstream, held)
            answer = await upstream.post(await self._sessions.lines(ask.session, ask.verdict, upstream), body)
        return answer

    async def _stream(self, ask: Ask, rewriter: Rewriter, answer: Answer, limit: int) -> Outcome:
        reader, place = sse.Reader(limit), Place(False, {})
        try:
            while (chunk := await answer.next()) is not None:
                for event in reader.feed(chunk):
                    outcome = await self._event(ask, rewriter, event, place)
                    if outcome is not None:
                        return outcome
        except sse.TooLarge:
            raise UpstreamError("too_large", f"The upstream's answer is larger than {limit} bytes.") from None
        finally:
            answer.abandon()
        if not ask.resumable:
            raise UpstreamError("broken", "The upstream ended its answer before the result. The call may have run.")
        # It closed the stream on purpose (SEP-1699): the client comes back with the last event's id.
        await asgi.more(ask.send, b"", last=True)
        return "ok"

    async def _event(self, ask: Ask, rewriter: Rewriter, event: sse.Event, place: Place) -> Outcome | None:
        if event.comment:
            await ask.ping()
            return None
        event_id = rewriter.event_id(event, place)
        ask.resumable = ask.resumable or event_id is not None
        if not event.data:
            if event_id is not None:
                await ask.event(b"", event_id, event.retry)
            return None
        frame = rewriter.frame(event.data)
        if frame.method is not UNSET:
            passed = rewriter.aside(event.data, frame)
            if passed is not None:
                await ask.event(passed, event_id, event.retry)
            return None
        outcome, body = _checked(ask, rewriter, event.data)
        await ask.answer(body, event_id)
        return outcome


class _Flag(Struct):
    isError: bool = False  # noqa: N815 - the wire's name


def _checked(ask: Ask, rewriter: Rewriter, data: bytes) -> tuple[Outcome, bytes]:
    """How the request ended, and its answer; an answer to another request is the upstream's failure."""
    frame = rewriter.frame(data)
    if not frame.answers or (frame.id != ask.id and not (frame.id is None and frame.error is not UNSET)):
        raise UpstreamError("broken", "The upstream answered another request than the one it was sent. The call may have run.")
    if not isinstance(frame.error, UnsetType):
        if frame.id is None:
            data = b'{"jsonrpc":"2.0","id":%b,"error":%b}' % (orjson.dumps(ask.id), bytes(frame.error))
        return "error", data
    if b'"isError"' not in data:
        return "ok", data
    assert not isinstance(frame.result, UnsetType)
    try:
        failed = msgspec.json.decode(frame.result, type=_Flag).isError
    except msgspec.MsgspecError:
        failed = False
    return ("tool_error" if failed else "ok"), data


class Waiting:
    """Requests that upstreams make through a stream of this process and that the client has not answered yet."""

    def __init__(self) -> None:
        self._futures: dict[tuple[bytes, str], asyncio.Future[dict[str, Any]]] = {}

    def expect(self, session: Session, wrapped: str) -> asyncio.Future[dict[str, Any]]:
        """A future of the client's answer."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._futures[(session.key, wrapped)] = future
        future.add_done_callback(lambda _: self._futures.pop((session.key, wrapped), None))
        return future

    def answer(self, session: Session, wrapped: str, message: dict[str, Any]) -> bool:
        """Gives the client's answer to whoever waits for it."""
        future = self._futures.get((session.key, wrapped))
        if future is None or future.done():
            return False
        future.set_result(message)
        return True
