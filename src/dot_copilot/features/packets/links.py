"""Links that download one file of a packet for a short while: bound to the person, and dead with the person's session."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

import msgspec

from dot_copilot.core.caller import Caller
from dot_copilot.features.packets.errors import PacketLinkInvalid

SECONDS = 300
_TAG = 32
_PURPOSE = b"packet-link\x00"


class Grant(msgspec.Struct, array_like=True, frozen=True):
    """What a link allows: this caller to fetch the archive, the manifest (`what`), or one driver's PDF of this packet."""

    packet_id: UUID
    what: str
    driver_id: UUID | None
    caller: Caller


def seal(key: bytes, grant: Grant, expires_at: int) -> str:
    """The token of a link; who opens it acts with the caller's session and reach until `expires_at` (epoch seconds)."""
    caller = msgspec.structs.replace(grant.caller, expires_at=expires_at, via="link")
    payload = msgspec.msgpack.encode(msgspec.structs.replace(grant, caller=caller))
    return base64.urlsafe_b64encode(_tag(key, payload) + payload).rstrip(b"=").decode()


def unseal(key: bytes, token: str, now: float) -> Grant:
    """What the token allows; `PacketLinkInvalid` when it is not ours, damaged, or has run out."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raise PacketLinkInvalid from None
    tag, payload = raw[:_TAG], raw[_TAG:]
    if not hmac.compare_digest(tag, _tag(key, payload)):
        raise PacketLinkInvalid
    granted = msgspec.msgpack.decode(payload, type=Grant)
    if granted.caller.expires_at <= now:
        raise PacketLinkInvalid
    return granted


def _tag(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + payload, hashlib.sha256).digest()
