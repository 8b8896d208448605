"""SQL of attached GitHub tokens; the tokens themselves are in the secret store."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row


async def read(door: Door, user_id: UUID) -> Row | None:
    """`login`, `checked` and `attached_at` of a token that is stored."""
    return await door.fetchrow(
        "select login, checked, attached_at from github_tokens where carrier_id = $1 and user_id = $2 and stored",
        door.carrier_id,
        user_id,
    )


async def begin(door: Door, user_id: UUID, now: datetime) -> None:
    """From now on the secret is on its way in or out, and nobody knows what is stored."""
    await door.execute(
        """insert into github_tokens (carrier_id, user_id, checked, stored, attached_at) values ($1, $2, false, false, $3)
           on conflict (carrier_id, user_id) do update set stored = false, attached_at = excluded.attached_at""",
        door.carrier_id,
        user_id,
        now,
    )


async def finish(door: Door, user_id: UUID, login: str | None, *, checked: bool, now: datetime) -> None:
    """The secret is stored."""
    await door.execute(
        """update github_tokens set stored = true, login = $3, checked = $4, attached_at = $5
            where carrier_id = $1 and user_id = $2""",
        door.carrier_id,
        user_id,
        login,
        checked,
        now,
    )


async def remove(door: Door, user_id: UUID) -> None:
    """The secret is gone."""
    await door.execute("delete from github_tokens where carrier_id = $1 and user_id = $2", door.carrier_id, user_id)


async def abandoned(door: Door, after: timedelta) -> list[UUID]:
    """People whose secret has been on its way for longer than `after`: the process that moved it has died."""
    rows = await door.fetch(
        """select user_id from github_tokens where carrier_id = $1 and not stored and attached_at < now() - $2::interval
              for update skip locked""",
        door.carrier_id,
        after,
    )
    return [row["user_id"] for row in rows]


async def carrier_ids(database: Database) -> list[UUID]:
    """Every carrier; the worker alone may ask."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
