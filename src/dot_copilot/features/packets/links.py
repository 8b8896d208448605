"""Links that download one file of a packet for a short while: bound to the person, and dead with the person's session."""

from __future__ import annotations

from uuid import UUID

import msgspec

from dot_copilot.core import sealed
from dot_copilot.core.caller import Caller
from dot_copilot.features.packets.errors import PacketLinkInvalid

SECONDS = 300
_PURPOSE = "packet-link"


class Grant(msgspec.Struct, array_like=True, frozen=True):
    """What a link allows: this caller to fetch the archive, the manifest (`what`), or one driver's PDF of this packet."""

    packet_id: UUID
    what: str
    driver_id: UUID | None
    caller: Caller


def seal(key: bytes, grant: Grant, expires_at: int) -> str:
    """The token of a link; who opens it acts with the caller's session and reach until `expires_at` (epoch seconds)."""
    caller = msgspec.structs.replace(grant.caller, expires_at=expires_at, via="link")
    return sealed.seal(key, _PURPOSE, msgspec.structs.replace(grant, caller=caller))


def unseal(key: bytes, token: str, now: float) -> Grant:
    """What the token allows; `PacketLinkInvalid` when it is not ours, damaged, or has run out."""
    granted = sealed.unseal(key, _PURPOSE, Grant, token, now)
    if granted is None:
        raise PacketLinkInvalid
    return granted
