"""SQL on `evidence_keys`: evidence a client sends again because no answer reached it is recorded once, and told again.

The key is the client's, a UUID it made for this piece of evidence, and counts for the person who sends it.
"""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.database import Door


async def earlier(door: Door, key: UUID) -> UUID | None:
    """The evidence this person has recorded under `key`."""
    found: UUID | None = await door.fetchval(
        "select evidence_id from evidence_keys where carrier_id = $1 and user_id = $2 and sent_key = $3",
        door.carrier_id,
        door.actor_id,
        key,
    )
    return found


async def claim(door: Door, key: UUID) -> bool:
    """Takes the key for this transaction; False if another one has used it. Waits for one that is about to."""
    taken = await door.fetchval(
        "insert into evidence_keys (carrier_id, user_id, sent_key) values ($1, $2, $3) on conflict do nothing returning true",
        door.carrier_id,
        door.actor_id,
        key,
    )
    return taken is not None


async def settle(door: Door, key: UUID, evidence_id: UUID) -> None:
    """Says what was recorded under the key."""
    await door.execute(
        "update evidence_keys set evidence_id = $4 where carrier_id = $1 and user_id = $2 and sent_key = $3",
        door.carrier_id,
        door.actor_id,
        key,
        evidence_id,
    )
