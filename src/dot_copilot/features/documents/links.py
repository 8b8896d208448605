"""Links that open one document for a short while without a token; revoked with the session."""

from __future__ import annotations

from uuid import UUID

import msgspec

from dot_copilot.core import sealed
from dot_copilot.core.caller import Caller
from dot_copilot.features.documents.errors import LinkInvalid

SECONDS = 300
_PURPOSE = "document-link"


class Grant(msgspec.Struct, array_like=True, frozen=True):
    """What a link allows: this caller to read this document. `caller.expires_at` is the link's own end."""

    document_id: UUID
    caller: Caller


def seal(key: bytes, document_id: UUID, caller: Caller, expires_at: int) -> str:
    """The token of a link. Who opens it acts with the caller's session and reach, until `expires_at`."""
    return sealed.seal(key, _PURPOSE, Grant(document_id, msgspec.structs.replace(caller, expires_at=expires_at, via="link")))


def unseal(key: bytes, token: str, now: float) -> Grant:
    """What the token allows; `LinkInvalid` when it is not ours, damaged, or has run out."""
    granted = sealed.unseal(key, _PURPOSE, Grant, token, now)
    if granted is None:
        raise LinkInvalid
    return granted
