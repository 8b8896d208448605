"""The append-only audit log: written in the transaction of what it records, hash-chained per carrier."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dot_copilot.core.database import Door


async def record(
    door: Door, action: str, subject_type: str, subject_id: UUID | str, details: Mapping[str, object] | None = None
) -> int:
    """Appends one entry, such as `evidence.recorded` on `driver` X; returns its number. Put no secret in `details`."""
    seq: int = await door.fetchval(
        "select app.audit($1, $2, $3, $4, $5, $6)",
        door.actor_id,
        door.via,
        action,
        subject_type,
        str(subject_id),
        dict(details or {}),
    )
    return seq
