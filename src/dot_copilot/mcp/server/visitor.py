"""Who calls a tool: the person behind the gateway's token, the scopes they consented to, and the API token of the same person."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import msgspec

from dot_copilot.core.caller import Caller
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.tokens import OAUTH_TYPE, KeyRing

_MOST_KNOWN = 2_000


class Visitor(msgspec.Struct, frozen=True, eq=False):
    """A person with one assistant.

    `authorization` is what the API is shown: a token of its own audience, never the one received.
    """

    caller: Caller
    scopes: frozenset[str]
    authorization: bytes


class Visitors:
    """Reads the gateway's tokens (RFC 9068, audience `INTERNAL_AUDIENCE`) and issues the API's for the same caller."""

    def __init__(self, gateway_keys: KeyRing, api_keys: KeyRing, clock: Callable[[], float] = time.time) -> None:
        self._gateway_keys, self._api_keys, self._clock = gateway_keys, api_keys, clock
        self._known: dict[bytes, Visitor] = {}

    def of(self, headers: Sequence[tuple[bytes, bytes]]) -> Visitor:
        """The visitor of a request; `Unauthorized` without a good token of our audience."""
        sent = next((value for name, value in headers if name == b"authorization"), b"")
        visitor = self._known.get(sent)
        if visitor is None:
            visitor = self._read(sent)
            if len(self._known) >= _MOST_KNOWN:
                self._forget_expired()
            self._known[sent] = visitor
        if visitor.caller.expires_at <= self._clock():
            self._known.pop(sent, None)
            raise Unauthorized("The gateway's token has run out.")
        return visitor

    def forget(self) -> None:
        """Reads every token anew: a key was retired, or another signs."""
        self._known.clear()

    def _forget_expired(self) -> None:
        """Gateway tokens live for two minutes, so most that are known are of no use; all go when all are fresh."""
        now = self._clock()
        known = {sent: visitor for sent, visitor in self._known.items() if visitor.caller.expires_at > now}
        self._known = known if len(known) < _MOST_KNOWN else {}

    def _read(self, sent: bytes) -> Visitor:
        scheme, _, token = sent.partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise Unauthorized("Send the gateway's token as 'Bearer <token>'.")
        caller, claims = self._gateway_keys.read(token.strip().decode("latin-1"), typ=OAUTH_TYPE)
        authorization = f"Bearer {self._api_keys.issue(caller)}".encode()
        return Visitor(caller, frozenset(str(claims.get("scope", "")).split()), authorization)
