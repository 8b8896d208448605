"""Whose token is this, and does it still hold? Remembered for ten seconds, while somebody would tell us otherwise."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

import msgspec

from dot_copilot.core.caller import Caller
from dot_copilot.core.errors import Unauthorized, Unavailable
from dot_copilot.core.tokens import OAUTH_TYPE, KeyRing, UnknownKey
from dot_copilot.mcp.gateway.ports import Refused, Verdict

MOST_SECONDS = 10.0
"""How long a verdict holds without asking PostgreSQL again, even while the feed says nothing."""
_RENEW_AFTER = 5.0
_CACHE_LIMIT, _SWEEP_FROM = 20_000, 256
_NO_TOKEN = "Connect to this server first: it needs an access token, sent as 'Authorization: Bearer <token>'."  # noqa: S105

_NOT_FOR_US = "The access token is damaged, or it was not issued for this server. Connect again."
_UNSURE = "The gateway cannot check the sign-in just now. Nothing was done; try again in a moment."


class Registry(Protocol):
    """Asks PostgreSQL whether a session stands; raises `OSError` (or a subclass) when nobody answers."""

    async def standing(self, session: UUID, version: int) -> bool: ...


class Presence(Protocol):
    """Learns, before a verdict is used, what the policy must know of the person without waiting."""

    def knows(self, caller: Caller) -> bool: ...

    async def learn(self, caller: Caller) -> None: ...


class _Held:
    """A verdict and when PostgreSQL last confirmed it (monotonic seconds; 0 = it must be asked)."""

    __slots__ = ("confirmed_at", "verdict")

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        self.confirmed_at = 0.0


class Verdicts:
    """The `Gatekeeper`.

    `keys` verifies access tokens for this gateway's audience; `listening` says whether news of ended sessions reaches us.
    Without it each request asks PostgreSQL; without either the answer is 503, never yes.
    """

    def __init__(
        self,
        keys: KeyRing,
        registry: Registry,
        listening: Callable[[], bool],
        *,
        presence: Presence | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys, self._registry, self._listening, self._presence = keys, registry, listening, presence
        self._clock, self._monotonic = clock, monotonic
        self._held: dict[bytes, _Held] = {}
        self._news = 0  # rises with each message about ended sessions
        self._asking: dict[bytes, asyncio.Task[None]] = {}
        self._sweep_at = _SWEEP_FROM

    def known(self, authorization: bytes) -> Verdict | None:
        """The cached verdict, if it may be used as it is; no await."""
        held = self._held.get(hashlib.sha256(authorization[7:]).digest())
        if held is None or authorization[:7].lower() != b"bearer " or not self._listening():
            return None
        age = self._monotonic() - held.confirmed_at
        if age >= MOST_SECONDS or held.verdict.caller.expires_at <= self._clock():
            return None
        if self._presence is not None and not self._presence.knows(held.verdict.caller):
            return None
        if age >= _RENEW_AFTER and held.verdict.token_id not in self._asking:
            self._ask_in_background(held)
        return held.verdict

    async def admit(self, authorization: bytes) -> Verdict:
        """The verdict on a header value, asking whoever must be asked; raises `Refused`."""
        held = await self._learned(authorization)
        caller = held.verdict.caller
        if caller.expires_at <= self._clock():
            self._held.pop(held.verdict.token_id, None)
            raise Refused(401, "invalid_token", "The access token has expired. Use the refresh token, or connect again.")
        fresh = self._listening() and self._monotonic() - held.confirmed_at < MOST_SECONDS
        if not fresh:
            await self._confirm(held)
        if self._presence is not None and not self._presence.knows(caller):
            await self._presence.learn(caller)
        return held.verdict

    def forget(self, data: bytes | None) -> None:
        """A message of `signals.ENDED`: those sessions' verdicts are asked for again. None or "*" = all of them."""
        self._news += 1
        sessions: set[str] | None = None
        if data is not None:
            try:
                sessions = set(msgspec.json.decode(data, type=list[str]))
            except msgspec.MsgspecError:
                sessions = None  # unreadable: forgetting too much is the safe side
        if sessions is None or "*" in sessions:
            self._held.clear()
            return
        for token_id in [key for key, held in self._held.items() if str(held.verdict.caller.session_id) in sessions]:
            del self._held[token_id]

    async def _learned(self, authorization: bytes) -> _Held:
        try:
            return await self._keys.known(lambda: self._find(authorization))
        except Unauthorized:
            raise Refused(401, "invalid_token", _NOT_FOR_US) from None
        except Unavailable:
            raise Refused(503, "temporarily_unavailable", _UNSURE) from None

    def _find(self, authorization: bytes) -> _Held:
        if not authorization:
            raise Refused(401, "", _NO_TOKEN)
        scheme, _, token = authorization.partition(b" ")
        token = token.strip()
        if scheme.lower() != b"bearer" or not token:
            raise Refused(401, "", _NO_TOKEN)
        token_id = hashlib.sha256(token).digest()
        held = self._held.get(token_id)
        if held is None:
            held = _Held(self._read(token, token_id))
            if len(self._held) >= self._sweep_at:
                self._sweep()
            self._held[token_id] = held
        return held

    def _sweep(self) -> None:
        """Drops tokens that have expired, and the oldest if there are still too many; the next time at twice what is left."""
        now = self._clock()
        self._held = {key: held for key, held in self._held.items() if held.verdict.caller.expires_at > now}
        while len(self._held) >= _CACHE_LIMIT:
            self._held.pop(next(iter(self._held)))
        self._sweep_at = min(_CACHE_LIMIT, max(_SWEEP_FROM, 2 * len(self._held)))

    def _read(self, token: bytes, token_id: bytes) -> Verdict:
        try:
            caller, claims = self._keys.read(token.decode("ascii"), typ=OAUTH_TYPE)
            scopes, client_id = str(claims["scope"]), str(claims["client_id"])
        except UnknownKey:
            raise  # it may be newer than what we know
        except (Unauthorized, UnicodeDecodeError, KeyError):
            raise Refused(401, "invalid_token", _NOT_FOR_US) from None
        name = caller.via.partition(":")[2] or client_id
        return Verdict(caller=caller, client_id=client_id, client_name=name, scopes=frozenset(scopes.split()), token_id=token_id)

    async def _confirm(self, held: _Held) -> None:
        """Asks PostgreSQL; remembers a yes unless news arrived meanwhile, which the answer may not have known."""
        caller, news = held.verdict.caller, self._news
        try:
            stands = await self._registry.standing(caller.session_id, caller.token_version)
        except OSError:
            raise Refused(503, "temporarily_unavailable", _UNSURE) from None
        if not stands:
            self._held.pop(held.verdict.token_id, None)
            raise Refused(401, "invalid_token", "This connection has ended. Connect again.")
        if news == self._news:
            held.confirmed_at = self._monotonic()
            self._held[held.verdict.token_id] = held

    def _ask_in_background(self, held: _Held) -> None:
        """Renews a verdict before it runs out, so that a busy client never waits for PostgreSQL."""

        async def ask() -> None:
            try:
                await self._confirm(held)
            except Refused:
                pass  # a later request meets the same refusal and reports it
            finally:
                self._asking.pop(held.verdict.token_id, None)

        self._asking[held.verdict.token_id] = asyncio.create_task(ask())
