"""Tokens that carry what they allow: MessagePack sealed with HMAC-SHA256 (RFC 2104), in base64url (RFC 4648, 5)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Protocol, TypeVar

import msgspec

from dot_copilot.core.caller import Caller

_TAG = 32


class Bearing(Protocol):
    """What a token allows: whoever shows it acts as this caller, until the caller's `expires_at` (epoch seconds)."""

    @property
    def caller(self) -> Caller: ...


G = TypeVar("G", bound=Bearing)


def seal(key: bytes, purpose: str, grant: Bearing) -> str:
    """The token. One sealed for another `purpose` is none here."""
    payload = msgspec.msgpack.encode(grant)
    return base64.urlsafe_b64encode(_tag(key, purpose, payload) + payload).rstrip(b"=").decode()


def unseal(key: bytes, purpose: str, kind: type[G], token: str, now: float) -> G | None:
    """What the token allows; None when it is not ours, damaged, of another release's shape, or has run out."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        return None
    tag, payload = raw[:_TAG], raw[_TAG:]
    if not hmac.compare_digest(tag, _tag(key, purpose, payload)):
        return None
    try:
        grant = msgspec.msgpack.decode(payload, type=kind)
    except msgspec.DecodeError:
        return None
    return grant if grant.caller.expires_at > now else None


def _tag(key: bytes, purpose: str, payload: bytes) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\x00" + payload, hashlib.sha256)
