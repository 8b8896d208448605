"""Links that open one document for a short while without a token: sealed with HMAC-SHA256, revoked with the session."""

from __future__ import annotations

import base64
import hashlib
import hmac
from uuid import UUID

import msgspec

from dot_copilot.core.caller import Caller
from dot_copilot.features.documents.errors import LinkInvalid

SECONDS = 300
_TAG = 32
_PURPOSE = b"document-link\x00"


class Grant(msgspec.Struct, array_like=True, frozen=True):
    """What a link allows: this caller to read this document. `caller.expires_at` is the link's own end."""

    document_id: UUID
    caller: Caller


def seal(key: bytes, document_id: UUID, caller: Caller, expires_at: int) -> str:
    """The token of a link. Who opens it acts with the caller's session and reach, until `expires_at`."""
    granted = Grant(document_id, msgspec.structs.replace(caller, expires_at=expires_at, via="link"))
    payload = msgspec.msgpack.encode(granted)
    return base64.urlsafe_b64encode(_tag(key, payload) + payload).rstrip(b"=").decode()


def unseal(key: bytes, token: str, now: float) -> Grant:
    """What the token allows; `LinkInvalid` when it is not ours, damaged, or has run out."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except ValueError:
        raise LinkInvalid from None
    tag, payload = raw[:_TAG], raw[_TAG:]
    if not hmac.compare_digest(tag, _tag(key, payload)):
        raise LinkInvalid
    granted = msgspec.msgpack.decode(payload, type=Grant)
    if granted.caller.expires_at <= now:
        raise LinkInvalid
    return granted


def _tag(key: bytes, payload: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + payload, hashlib.sha256).digest()
