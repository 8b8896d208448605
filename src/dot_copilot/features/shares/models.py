"""Plain values of this feature."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.caller import Caller, Role


class NewShare(Struct, frozen=True):
    """A share about to be made. Of link and code only hashes are kept."""

    id: UUID
    title: str
    email: str | None
    link_hash: bytes
    code_hash: bytes
    sph: bool
    packet_id: UUID | None
    expires_at: datetime
    drivers: list[UUID]


class Visitor(Struct, frozen=True):
    """An auditor who is signed in to a share, and from where the request came."""

    carrier_id: UUID
    session_id: UUID
    share_id: UUID
    name: str
    organisation: str
    expires_at: datetime
    sph: bool
    packet_id: UUID | None
    carrier: str
    title: str
    address: str | None

    @property
    def caller(self) -> Caller:
        """The auditor as services know who asks; bound to the share wherever reach is decided."""
        return Caller(
            session_id=self.session_id,
            user_id=self.session_id,
            carrier_id=self.carrier_id,
            role=Role.AUDITOR,
            token_version=0,
            expires_at=int(self.expires_at.timestamp()),
            via=f"share:{self.share_id}",
            share_id=self.share_id,
        )


class NewSession(Struct, frozen=True):
    """Somebody who has shown link and code."""

    token_hash: bytes
    name: str
    organisation: str
    address: str | None
    user_agent: str | None
