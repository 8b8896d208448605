"""SQL of second factors, of the roles that need one, and of when a session was confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dot_copilot.core.database import Door, Row

_CONFIRMED = "select * from totp_factors where carrier_id = $1 and user_id = $2 and confirmed_at is not null"


async def totp(door: Door, user_id: UUID, *, lock: bool = False) -> Row | None:
    """The person's code generator, if one is confirmed."""
    return await door.fetchrow(
        _CONFIRMED + (" for update" if lock else ""),
        door.carrier_id,
        user_id,
    )


async def begun(door: Door, user_id: UUID) -> Row | None:
    """The newest one that waits for its first code."""
    return await door.fetchrow(
        """select * from totp_factors where carrier_id = $1 and user_id = $2 and confirmed_at is null
            order by created_at desc limit 1 for update""",
        door.carrier_id,
        user_id,
    )


async def begin(door: Door, user_id: UUID, factor_id: UUID, now: datetime) -> list[UUID]:
    """A generator to be confirmed, instead of those begun before; returns those."""
    rows = await door.fetch(
        "delete from totp_factors where carrier_id = $1 and user_id = $2 and confirmed_at is null returning id",
        door.carrier_id,
        user_id,
    )
    await door.execute(
        "insert into totp_factors (carrier_id, user_id, id, created_at) values ($1, $2, $3, $4)",
        door.carrier_id,
        user_id,
        factor_id,
        now,
    )
    return [row["id"] for row in rows]


async def confirm(door: Door, user_id: UUID, factor_id: UUID, step: int, now: datetime) -> list[UUID]:
    """The generator counts from now on, instead of the one before; returns that."""
    rows = await door.fetch(
        "delete from totp_factors where carrier_id = $1 and user_id = $2 and id <> $3 returning id",
        door.carrier_id,
        user_id,
        factor_id,
    )
    await door.execute(
        "update totp_factors set confirmed_at = $4, last_step = $5 where carrier_id = $1 and user_id = $2 and id = $3",
        door.carrier_id,
        user_id,
        factor_id,
        now,
        step,
    )
    return [row["id"] for row in rows]


async def spend_step(door: Door, user_id: UUID, factor_id: UUID, step: int) -> bool:
    """Takes a code; False when it, or a later one, was taken before."""
    tag = await door.execute(
        "update totp_factors set last_step = $4 where carrier_id = $1 and user_id = $2 and id = $3 and last_step < $4",
        door.carrier_id,
        user_id,
        factor_id,
        step,
    )
    return tag.endswith(" 1")


async def remove_totp(door: Door, user_id: UUID) -> list[UUID]:
    """Removes generators and recovery codes; returns the generators."""
    rows = await door.fetch(
        "delete from totp_factors where carrier_id = $1 and user_id = $2 returning id", door.carrier_id, user_id
    )
    await door.execute("delete from recovery_codes where carrier_id = $1 and user_id = $2", door.carrier_id, user_id)
    return [row["id"] for row in rows]


async def replace_codes(door: Door, user_id: UUID, hashes: Sequence[bytes]) -> None:
    """New recovery codes instead of the old ones."""
    await door.execute("delete from recovery_codes where carrier_id = $1 and user_id = $2", door.carrier_id, user_id)
    await door.execute(
        "insert into recovery_codes (carrier_id, user_id, code_hash) select $1, $2, unnest($3::bytea[])",
        door.carrier_id,
        user_id,
        hashes,
    )


async def spend_code(door: Door, user_id: UUID, code_hash: bytes, now: datetime) -> bool:
    """Takes a recovery code; False when there is no such one, or it was taken before."""
    tag = await door.execute(
        """update recovery_codes set used_at = $4
            where carrier_id = $1 and user_id = $2 and code_hash = $3 and used_at is null""",
        door.carrier_id,
        user_id,
        code_hash,
        now,
    )
    return tag.endswith(" 1")


async def codes_left(door: Door, user_id: UUID) -> int:
    """How many recovery codes are good."""
    left: int = await door.fetchval(
        "select count(*) from recovery_codes where carrier_id = $1 and user_id = $2 and used_at is null",
        door.carrier_id,
        user_id,
    )
    return left


async def required_roles(door: Door) -> list[str]:
    """The roles that the carrier lets in with a second factor only."""
    roles: list[str] = await door.fetchval("select second_factor_roles from carriers where id = $1", door.carrier_id)
    return roles


async def require(door: Door, roles: Sequence[str]) -> None:
    """Sets them."""
    await door.execute("update carriers set second_factor_roles = $2 where id = $1", door.carrier_id, roles)


async def confirmed_at(door: Door, session_id: UUID) -> datetime | None:
    """When the person of a session showed who they are."""
    at: datetime | None = await door.fetchval(
        "select coalesce(confirmed_at, created_at) from sessions where carrier_id = $1 and id = $2", door.carrier_id, session_id
    )
    return at


async def confirm_session(door: Door, session_id: UUID, now: datetime) -> None:
    """They have, now."""
    await door.execute(
        "update sessions set confirmed_at = $3 where carrier_id = $1 and id = $2", door.carrier_id, session_id, now
    )
