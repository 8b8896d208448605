"""SQL of passkeys. The door before sign-in knows a credential, not yet a carrier; it finds one row at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.identity.errors import PasskeyKnown


async def find(database: Database, credential_id: bytes) -> tuple[UUID, UUID] | None:
    """The carrier and the person of a credential."""
    row = await database.lookup("select carrier_id, user_id from app.find_passkey($1)", credential_id)
    return (row["carrier_id"], row["user_id"]) if row else None


async def spend_challenge(database: Database, challenge_hash: bytes, until: datetime) -> bool:
    """True the first time, whatever becomes of the answer to it."""
    row = await database.lookup("select app.spend_challenge($1, $2) as first", challenge_hash, until)
    assert row is not None
    return bool(row["first"])


async def spend_challenge_here(door: Door, challenge_hash: bytes, until: datetime) -> bool:
    """The same in the transaction of what the answer does."""
    return bool(await door.fetchval("select app.spend_challenge($1, $2)", challenge_hash, until))


async def of_person(door: Door, user_id: UUID) -> list[Row]:
    """A person's passkeys, the oldest first."""
    return await door.fetch(
        "select * from passkeys where carrier_id = $1 and user_id = $2 order by created_at, id", door.carrier_id, user_id
    )


async def count(door: Door, user_id: UUID) -> int:
    """How many passkeys a person has."""
    number: int = await door.fetchval(
        "select count(*) from passkeys where carrier_id = $1 and user_id = $2", door.carrier_id, user_id
    )
    return number


async def lock(door: Door, user_id: UUID, credential_id: bytes) -> Row | None:
    """One passkey of a person; answers of one authenticator are taken one after another."""
    return await door.fetchrow(
        "select * from passkeys where carrier_id = $1 and user_id = $2 and credential_id = $3 for update",
        door.carrier_id,
        user_id,
        credential_id,
    )


async def insert(
    door: Door, user_id: UUID, name: str, *, key: tuple[bytes, bytes, int], transports: Sequence[str], now: datetime
) -> Row:
    """A new passkey; `key` is the credential's id, its public key (COSE) and its counter. `PasskeyKnown` if it is not new."""
    try:
        row = await door.fetchrow(
            """insert into passkeys (carrier_id, user_id, name, credential_id, public_key, sign_count, transports, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8) returning *""",
            door.carrier_id,
            user_id,
            name,
            *key,
            list(transports),
            now,
        )
    except asyncpg.UniqueViolationError:
        raise PasskeyKnown("This passkey was added before. Nothing was changed.") from None
    assert row is not None
    return row


async def used(door: Door, passkey_id: UUID, sign_count: int, now: datetime) -> None:
    """Notes the use and the counter."""
    await door.execute(
        "update passkeys set sign_count = $3, last_used_at = $4 where carrier_id = $1 and id = $2",
        door.carrier_id,
        passkey_id,
        sign_count,
        now,
    )


async def rename(door: Door, user_id: UUID, passkey_id: UUID, name: str) -> Row | None:
    """Another name; None if it is not the person's."""
    return await door.fetchrow(
        "update passkeys set name = $4 where carrier_id = $1 and user_id = $2 and id = $3 returning *",
        door.carrier_id,
        user_id,
        passkey_id,
        name,
    )


async def remove(door: Door, user_id: UUID, passkey_id: UUID) -> Row | None:
    """Takes a passkey away; None if it is not the person's."""
    return await door.fetchrow(
        "delete from passkeys where carrier_id = $1 and user_id = $2 and id = $3 returning *",
        door.carrier_id,
        user_id,
        passkey_id,
    )


async def remove_all(door: Door, user_id: UUID) -> int:
    """Takes all of a person's away; returns how many."""
    tag = await door.execute("delete from passkeys where carrier_id = $1 and user_id = $2", door.carrier_id, user_id)
    return int(tag.split()[1])
