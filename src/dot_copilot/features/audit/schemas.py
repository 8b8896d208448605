"""What the audit log looks like on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field


class Actor(BaseModel):
    """Who did it, as they are called today."""

    id: UUID
    name: str | None
    email: str | None


class Visitor(BaseModel):
    """An auditor who did it by way of a share, and has no account: the name is the one they gave, which nobody checked."""

    name: str | None
    organisation: str | None
    share_id: UUID
    share: str = Field(description="What the share is called")


class AuditEntry(BaseModel):
    """One entry. `hash` is the hex SHA-256 over the entry before and this one.

    `actor` is null for the system itself, and for whoever came by a share: `visitor` tells of them.
    """

    seq: int
    at: datetime
    actor: Actor | None
    visitor: Visitor | None
    via: str = Field(description="Through what: 'web', 'cli', 'job', or 'mcp:' and the name of an assistant's client")
    origin: str | None = Field(description="The network address it was done from, where a person's request did it")
    action: str
    subject_type: str
    subject_id: str
    details: dict[str, Any]
    hash: str


class AuditEntries(BaseModel):
    """A page, the newest first."""

    items: list[AuditEntry]
    next_cursor: str | None


class AuditVerification(BaseModel):
    """Whether the chain holds: `broken_at` is the number of the first entry that was changed, moved, or is missing."""

    ok: bool
    checked: int = Field(description="Entries whose hash was recomputed")
    broken_at: int | None
    problem: Literal["changed", "missing", "reordered"] | None
    last: str = Field(description="The last entry as '<number>:<hash>'; kept elsewhere, it later proves that nothing was changed")
