"""Sessions without a table: the session id is the session, sealed. Any gateway process serves any session."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from typing import Any

import msgspec
import orjson
from msgspec import Struct, field

from dot_copilot.mcp.gateway.config import Timeouts
from dot_copilot.mcp.gateway.ports import Guard, Verdict
from dot_copilot.mcp.gateway.routing.access import credential_for
from dot_copilot.mcp.gateway.upstreams.base import Upstream, UpstreamError
from dot_copilot.mcp.gateway.upstreams.http import HttpUpstream
from dot_copilot.mcp.gateway.upstreams.http_session import LegacySession, open_session, session_lines
from dot_copilot.mcp.gateway.wire.seal import NotOurs, Sealer

logger = logging.getLogger(__name__)

_OPEN = Timeouts(connect=2.0, first_byte=5.0, idle=5.0, total=8.0)
_REMEMBERED = 10_000
_RECENT_S = 300.0


class Session(Struct):
    """What a session is: the negotiated version, what the client can do, and the sessions opened upstream for it.

    An upstream's session id is "" when it keeps none. `key`, the id's SHA-256, names the session.
    """

    version: str
    capabilities: dict[str, Any]
    client: dict[str, Any]
    upstream: dict[str, str] = field(default_factory=dict)
    key: bytes = b""


class Sessions:
    """Opens, seals, and heals sessions."""

    def __init__(self, guard: Guard, upstreams: list[Upstream], sealer: Sealer) -> None:
        self._guard, self._sealer = guard, sealer
        self.http = {one.config.name: one for one in upstreams if isinstance(one, HttpUpstream)}
        self._healed: OrderedDict[tuple[bytes, str], str] = OrderedDict()
        self._seen: OrderedDict[bytes, float] = OrderedDict()
        self._opening: dict[tuple[bytes, str], asyncio.Lock] = {}

    @property
    def recent(self) -> int:
        """How many sessions have asked this process something in the last five minutes."""
        since = time.monotonic() - _RECENT_S
        return sum(1 for at in self._seen.values() if at > since)

    # -- the sealed id ----------------------------------------------------------------------------------------------------

    def seal(self, session: Session, verdict: Verdict) -> str:
        """The session's id: visible ASCII, bound to the person and the client."""
        payload = [session.version, session.capabilities, session.client, session.upstream]
        return self._sealer.seal(msgspec.msgpack.encode(payload), _bound(verdict))

    def open(self, session_id: bytes, verdict: Verdict) -> Session | None:
        """The session of an id; None if it is unknown: forged, another person's, too old, or ended."""
        key = hashlib.sha256(session_id).digest()
        if self._guard.endings.has(key):
            return None
        try:
            payload = self._sealer.open(session_id.decode("latin-1"), _bound(verdict))
        except NotOurs:
            return None
        version, capabilities, client, upstream = msgspec.msgpack.decode(payload)
        self._seen.pop(key, None)
        self._seen[key] = time.monotonic()
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return Session(version, capabilities, client, upstream, key)

    # -- upstream's sessions ------------------------------------------------------------------------------------------------

    async def begin(self, verdict: Verdict, version: str, params: dict[str, Any]) -> tuple[Session, list[LegacySession]]:
        """A new session, with a session at every upstream that can be reached. The others are tried again when needed."""
        capabilities, client = params.get("capabilities"), params.get("clientInfo")
        session = Session(
            version, capabilities if isinstance(capabilities, dict) else {}, client if isinstance(client, dict) else {}
        )
        await asyncio.gather(*(one.settle() for one in self.http.values()))
        asked = [one for one in self.http.values() if one.era != "modern"]
        opened = await asyncio.gather(*(self._open(one, verdict, session) for one in asked), return_exceptions=True)
        begun = []
        for upstream, result in zip(asked, opened, strict=True):
            if isinstance(result, LegacySession):
                session.upstream[upstream.name] = result.id
                begun.append(result)
            else:
                logger.info("no session with %s: %s", upstream.name, result)
        return session, begun

    async def _open(self, upstream: HttpUpstream, verdict: Verdict, session: Session) -> LegacySession:
        credential = await credential_for(self._guard, verdict, upstream.config.credential)
        client = session.client or None
        return await open_session(upstream, credential, session.capabilities, _OPEN, version=session.version, client=client)

    async def lines(self, session: Session, verdict: Verdict, upstream: HttpUpstream) -> bytes:
        """The header lines of a request in the upstream's session; opens one if there is none. Raises `UpstreamError`."""
        place = (session.key, upstream.name)
        held = self._healed.get(place, session.upstream.get(upstream.name))
        if held is None:
            held = await self.heal(session, verdict, upstream, None)
        credential = await credential_for(self._guard, verdict, upstream.config.credential)
        return session_lines(held, session.version, credential)

    async def heal(self, session: Session, verdict: Verdict, upstream: HttpUpstream, gone: str | None) -> str:
        """A new session at an upstream that has forgotten the one named `gone`; once, however many requests find out."""
        place = (session.key, upstream.name)
        lock = self._opening.setdefault(place, asyncio.Lock())
        try:
            async with lock:
                held = self._healed.get(place)
                if held is not None and held != gone:
                    return held
                held = self._healed[place] = (await self._open(upstream, verdict, session)).id
                if len(self._healed) > _REMEMBERED:
                    self._healed.popitem(last=False)
                return held
        finally:
            if not lock.locked():
                self._opening.pop(place, None)

    def held(self, session: Session, name: str) -> str | None:
        """The id of the session held at an upstream, if any."""
        return self._healed.get((session.key, name), session.upstream.get(name))

    async def end(self, session: Session, verdict: Verdict) -> None:
        """Ends the session at every gateway and every upstream."""
        await self._guard.endings.add(session.key)
        await asyncio.gather(*(self._close(session, verdict, one) for one in self.http.values()), return_exceptions=True)

    async def _close(self, session: Session, verdict: Verdict, upstream: HttpUpstream) -> None:
        if self.held(session, upstream.name):
            try:
                answer = await upstream.other(b"DELETE", await self.lines(session, verdict, upstream), _OPEN)
                answer.abandon()
            except UpstreamError as error:
                logger.info("the session at %s was not closed: %s", upstream.name, error.text)


def _bound(verdict: Verdict) -> bytes:
    caller = verdict.caller
    return orjson.dumps(["session", str(caller.user_id), str(caller.carrier_id), verdict.client_id])
