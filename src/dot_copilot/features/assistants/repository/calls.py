"""SQL of assistants' calls in the audit log."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.database import Door, Row


async def names(door: Door, user_ids: list[UUID]) -> dict[UUID, str]:
    """The present names of people of the carrier."""
    rows = await door.fetch("select id, name from users where carrier_id = $1 and id = any($2)", door.carrier_id, user_ids)
    return {row["id"]: row["name"] for row in rows}


async def page(door: Door, *, actor: UUID | None, before: int | None, limit: int) -> list[Row]:
    """Calls with the present name of who made them, the newest first."""
    return await door.fetch(
        """select a.seq, a.at, a.actor_id, u.name actor_name, a.via, a.subject_id, a.details
             from audit_log a left join users u on u.carrier_id = a.carrier_id and u.id = a.actor_id
            where a.carrier_id = $1 and a.action = 'assistant.call' and ($2::uuid is null or a.actor_id = $2)
              and ($3::bigint is null or a.seq < $3)
            order by a.seq desc limit $4""",
        door.carrier_id,
        actor,
        before,
        limit,
    )
