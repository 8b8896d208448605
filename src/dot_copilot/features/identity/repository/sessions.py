"""SQL of sessions and refresh tokens. Only SHA-256 hashes of tokens are stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.core.signals import announce_ended
from dot_copilot.features.identity.models import Account, Client, RefreshState


async def find_token(database: Database, token_hash: bytes) -> tuple[UUID, UUID] | None:
    """The carrier and the person of a refresh token that was once issued."""
    row = await database.lookup("select carrier_id, user_id from app.find_refresh_token($1)", token_hash)
    return (row["carrier_id"], row["user_id"]) if row else None


async def start(door: Door, user_id: UUID, client: Client, now: datetime, expires_at: datetime) -> UUID:
    """A new session."""
    session_id: UUID = await door.fetchval(
        """insert into sessions (carrier_id, user_id, via, user_agent, address, created_at, refreshed_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $6, $7) returning id""",
        door.carrier_id,
        user_id,
        door.via,
        client.user_agent,
        client.address,
        now,
        expires_at,
    )
    return session_id


async def add_token(door: Door, session_id: UUID, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
    """Another refresh token of a session."""
    await door.execute(
        "insert into refresh_tokens (carrier_id, token_hash, session_id, issued_at, expires_at) values ($1, $2, $3, $4, $5)",
        door.carrier_id,
        token_hash,
        session_id,
        now,
        expires_at,
    )


async def lock_by_token(door: Door, token_hash: bytes) -> RefreshState | None:
    """The token, its session (locked: refreshes of one session happen one after another) and its person."""
    row = await door.fetchrow(
        """select s.id session_id from refresh_tokens t join sessions s on s.carrier_id = t.carrier_id and s.id = t.session_id
            where t.carrier_id = $1 and t.token_hash = $2 for update of s""",
        door.carrier_id,
        token_hash,
    )
    if row is None:
        return None
    # Read after the lock is held: a statement sees what was committed before it began.
    row = await door.fetchrow(
        """select u.*, c.default_time_zone as time_zone, t.used_at, s.id session_id, s.created_at session_created_at,
                  s.expires_at session_expires_at, s.revoked_at, s.via
             from refresh_tokens t join sessions s on s.carrier_id = t.carrier_id and s.id = t.session_id
             join users u on u.carrier_id = s.carrier_id and u.id = s.user_id join carriers c on c.id = u.carrier_id
            where t.carrier_id = $1 and t.token_hash = $2""",
        door.carrier_id,
        token_hash,
    )
    assert row is not None
    names = ("session_id", "session_created_at", "session_expires_at", "revoked_at", "via", "used_at")
    return RefreshState(account=Account.of(row), **{name: row[name] for name in names})


async def replace_tokens(door: Door, session_id: UUID, token_hash: bytes, now: datetime, spare_after: datetime) -> None:
    """Marks a token as replaced, and with it all others of its session but those issued after `spare_after`."""
    await door.execute(
        """update refresh_tokens set used_at = $4 where carrier_id = $1 and session_id = $2 and used_at is null
              and (token_hash = $3 or issued_at <= $5)""",
        door.carrier_id,
        session_id,
        token_hash,
        now,
        spare_after,
    )


async def extend(door: Door, session_id: UUID, client: Client, now: datetime, expires_at: datetime) -> None:
    """Moves the end of a session, and notes where it was last seen."""
    await door.execute(
        """update sessions set refreshed_at = $3, expires_at = $4, address = $5, user_agent = $6
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        session_id,
        now,
        expires_at,
        client.address,
        client.user_agent,
    )


async def revoke(door: Door, session_id: UUID, reason: str, *, user_id: UUID | None = None) -> bool:
    """Ends one session, of `user_id` if that is given; False when there was none to end."""
    rows = await door.fetch(
        """update sessions set revoked_at = now(), revoked_reason = $3
            where carrier_id = $1 and id = $2 and revoked_at is null and ($4::uuid is null or user_id = $4) returning id, via""",
        door.carrier_id,
        session_id,
        reason,
        user_id,
    )
    announce_ended(door, ((row["id"], row["via"]) for row in rows))
    return len(rows) == 1


async def revoke_all(door: Door, user_id: UUID, reason: str, *, keep: UUID | None = None) -> int:
    """Ends the sessions of a person, all but `keep`; returns how many stood."""
    rows = await door.fetch(
        """update sessions set revoked_at = now(), revoked_reason = $3
            where carrier_id = $1 and user_id = $2 and revoked_at is null and expires_at > now() and id is distinct from $4
            returning id, via""",
        door.carrier_id,
        user_id,
        reason,
        keep,
    )
    announce_ended(door, ((row["id"], row["via"]) for row in rows))
    return len(rows)


async def tell_outdated(door: Door, user_id: UUID) -> None:
    """Makes other processes ask again what the person may do, after `token_version` was raised."""
    announce_ended(door, ((row["id"], row["via"]) for row in await standing(door, user_id)))


async def standing(door: Door, user_id: UUID) -> list[Row]:
    """The sessions of a person that stand, the newest first."""
    return await door.fetch(
        """select id, via, user_agent, address, created_at, refreshed_at, expires_at from sessions
            where carrier_id = $1 and user_id = $2 and revoked_at is null and expires_at > now()
            order by created_at desc limit 200""",
        door.carrier_id,
        user_id,
    )


async def carrier_ids(database: Database) -> list[UUID]:
    """Every carrier; the worker alone may ask."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]


async def delete_ended(door: Door, kept: timedelta) -> int:
    """Deletes sessions that ended longer than `kept` ago, and their tokens; returns how many."""
    tag = await door.execute(
        """with ended as (select id from sessions
                           where carrier_id = $1 and coalesce(revoked_at, expires_at) < now() - $2::interval),
                tokens as (delete from refresh_tokens where carrier_id = $1 and session_id in (select id from ended))
           delete from sessions where carrier_id = $1 and id in (select id from ended)""",
        door.carrier_id,
        kept,
    )
    return int(tag.split()[1])
