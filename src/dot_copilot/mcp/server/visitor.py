"""Who calls a tool: the person behind the gateway's token, the scopes they consented to, and the API token of the same person."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence

import msgspec

from dot_copilot.core.caller import Caller
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.tokens import KeyRing

AUDIENCE = "dot-copilot-mcp"
_CACHE_LIMIT = 20_000


class Visitor(msgspec.Struct, frozen=True, eq=False):
    """A person with one assistant.

    `authorization` is what the API is shown: a token of its own audience, never the one received.
    """

    caller: Caller
    scopes: frozenset[str]
    authorization: bytes


class _Claims(msgspec.Struct):
    scope: str = ""


class Visitors:
    """Reads the gateway's tokens (RFC 9068 claims, audience `dot-copilot-mcp`) and issues the API's for the same caller."""

    def __init__(self, gateway_keys: KeyRing, api_keys: KeyRing) -> None:
        self._gateway_keys, self._api_keys = gateway_keys, api_keys
        self._known: dict[str, Visitor] = {}

    def of(self, headers: Sequence[tuple[bytes, bytes]]) -> Visitor:
        """The visitor of a request; `Unauthorized` without a good token of our audience."""
        sent = next((value for name, value in headers if name == b"authorization"), b"")
        scheme, _, raw = sent.partition(b" ")
        if scheme.lower() != b"bearer" or not raw:
            raise Unauthorized("Send the gateway's token as 'Bearer <token>'.")
        token = raw.strip().decode("latin-1")
        caller = self._gateway_keys.verify(token, time.time())  # it remembers good tokens, and looks at the expiry each time
        visitor = self._known.get(token)
        if visitor is None:
            visitor = self._read(token, caller)
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            self._known[token] = visitor
        return visitor

    def _read(self, token: str, caller: Caller) -> Visitor:
        payload = token.split(".")[1]  # verified a moment ago
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Claims)
        authorization = f"Bearer {self._api_keys.issue(caller)}".encode()
        return Visitor(caller, frozenset(claims.scope.split()), authorization)
