"""A session of the handshake eras with an upstream: initialize, ask, close."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import Any, Protocol

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.upstreams.base import Exchange, Message, Reply, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http_answer import Aside, Last, messages_of, reply_of
from dot_copilot.mcp.gateway.upstreams.http_connection import Answer
from dot_copilot.mcp.gateway.wire.jsonrpc import HANDSHAKE, dumps

_CLIENT = {"name": "dot-copilot-gateway", "version": "1"}
_LONG = Timeouts(connect=2.0, first_byte=10.0, idle=120.0, total=3600.0)
_BRIEF = Timeouts(connect=2.0, first_byte=5.0, idle=5.0, total=5.0)


class Poster(Protocol):
    """What a session needs of its upstream."""

    async def post(self, lines: bytes, body: bytes, timeouts: Timeouts | None = None) -> Answer: ...

    async def other(self, method: bytes, lines: bytes, timeouts: Timeouts) -> Answer: ...


class LegacySession:
    """`id` is "" for upstreams that keep no sessions."""

    class Unknown(Exception):
        """The upstream does not know the session (404): the request did not run."""

    def __init__(self, upstream: Poster, session_id: str, version: str, credential: str | None, result: Message) -> None:
        self._upstream, self.id, self.version = upstream, session_id, version
        self.lines = session_lines(session_id, version, credential)
        capabilities = result.get("capabilities")
        self.capabilities: dict[str, Any] = capabilities if isinstance(capabilities, dict) else {}
        self.instructions = str(result.get("instructions") or "")
        info = result.get("serverInfo")
        self.server_info: dict[str, Any] = info if isinstance(info, dict) else {}
        self._ids = itertools.count(2)
        self._asides: list[Aside] = []
        self._ear: asyncio.Task[None] | None = None

    async def ask(self, method: str, params: Message) -> Reply:
        """A request without callbacks."""
        return await self.exchange(Exchange(method, params, timeouts=_BRIEF))

    async def exchange(self, request: Exchange) -> Reply:
        """One request; `LegacySession.Unknown` when the session is gone."""
        number = next(self._ids)
        params = {key: value for key, value in request.params.items() if key != "_meta"}
        meta = {key: value for key, value in request.params.get("_meta", {}).items() if "/" not in key}
        if meta:
            params["_meta"] = meta
        body = dumps({"jsonrpc": "2.0", "id": number, "method": request.method, "params": params})

        async def resume(last_event: bytes) -> Answer:
            return await self._get(request.timeouts or Timeouts(), last_event)

        aside = Aside(request, self._say)
        self._asides.append(aside)
        try:
            answer = await self._upstream.post(self.lines, body, request.timeouts)
            if answer.status == 404 and self.id:
                raise LegacySession.Unknown
            return await reply_of(answer, number, aside, resume)
        finally:
            self._asides.remove(aside)
            aside.close()

    async def _get(self, timeouts: Timeouts, last_event: bytes | None) -> Answer:
        lines = b"" if last_event is None else b"last-event-id: %b\r\n" % last_event
        return await self._upstream.other(b"GET", self.lines + lines, timeouts)

    async def listen(self) -> None:
        """Hear what the upstream asks outside of an answer, from now until `close`; nothing if it has no such stream."""
        answer = await self._get(_LONG, None)
        if answer.status != 200:
            answer.abandon()
        else:
            self._ear = asyncio.create_task(self._hear(answer), name="questions of an upstream")

    async def _hear(self, answer: Answer) -> None:
        last = Last()
        with contextlib.suppress(UpstreamError):
            while True:
                async with contextlib.aclosing(messages_of(answer, last)) as messages:
                    async for message in messages:
                        await self._heard(message)
                await asyncio.sleep(last.retry_s)
                answer = await self._get(_LONG, last.id)

    async def _heard(self, message: Message) -> None:
        """A question does not say why it is asked: while one request can be the reason, it is that one."""
        if "method" in message and "id" in message:
            able = [aside for aside in self._asides if aside.request.on_request is not None]
            await (able[0] if len(able) == 1 else Aside(Exchange("", {}), self._say)).take(message)

    async def _say(self, message: Message) -> None:
        """A notification, or an answer to what the upstream asked."""
        (await self._upstream.post(self.lines, dumps(message), _BRIEF)).abandon()

    def deafen(self) -> None:
        """Stop listening."""
        if self._ear is not None:
            self._ear.cancel()

    async def close(self) -> None:
        """Ends the session, as far as the upstream listens."""
        self.deafen()
        if self.id:
            try:
                (await self._upstream.other(b"DELETE", self.lines, _BRIEF)).abandon()
            except UpstreamError:
                return


def session_lines(session_id: str, version: str, credential: str | bytes | None) -> bytes:
    """The header lines of a request in a session."""
    lines = b"mcp-protocol-version: %b\r\n" % version.encode("ascii")
    if session_id:
        lines += b"mcp-session-id: %b\r\n" % session_id.encode("ascii")
    if credential:
        raw = credential.encode("ascii") if isinstance(credential, str) else credential
        lines += b"authorization: Bearer %b\r\n" % raw
    return lines


async def open_session(
    upstream: Poster,
    credential: str | None,
    capabilities: Message,
    timeouts: Timeouts,
    *,
    version: str = HANDSHAKE[-1],
    client: Message | None = None,
) -> LegacySession:
    """Initializes a session and tells the upstream that it is ready. Raises `UpstreamError`."""
    params = {"protocolVersion": version, "capabilities": capabilities, "clientInfo": client or _CLIENT}
    body = dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
    authorization = b"authorization: Bearer %b\r\n" % credential.encode("ascii") if credential else b""
    answer = await upstream.post(authorization, body, timeouts)
    session_id = answer.headers.get(b"mcp-session-id", b"").decode("latin-1")
    result = (await reply_of(answer, 1, Exchange("initialize", params))).result
    if result is None or result.get("protocolVersion") not in HANDSHAKE or not _usable(session_id):
        raise UpstreamError("broken", "The upstream refused to begin a session.")
    session = LegacySession(upstream, session_id, result["protocolVersion"], credential, result)
    ready = await upstream.post(session.lines, dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}), timeouts)
    ready.abandon()
    return session


def _usable(session_id: str) -> bool:
    """Visible ASCII of a length that still fits into the sealed id (2025-11-25, basic/transports)."""
    return len(session_id) <= 512 and all(0x21 <= ord(letter) <= 0x7E for letter in session_id)
