"""SQL of codes and connections. Only SHA-256 hashes of codes are stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.assistants.models import Code, OAuthClient, Standing

_CONNECTION = "select k.id, k.user_id, k.client_id, k.client_name, k.scopes, k.session_id from connections k"


async def add_code(door: Door, code_hash: bytes, code: Code) -> None:
    """A code for the signed-in person."""
    await door.execute(
        """insert into oauth_codes (carrier_id, code_hash, user_id, client_id, redirect_uri, code_challenge, scopes, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        door.carrier_id,
        code_hash,
        code.user_id,
        code.client_id,
        code.redirect_uri,
        code.code_challenge,
        code.scopes,
        code.expires_at,
    )


async def find_code(database: Database, code_hash: bytes) -> tuple[UUID, UUID] | None:
    """The carrier and the person of a code that was once issued."""
    row = await database.lookup("select carrier_id, user_id from app.find_oauth_code($1)", code_hash)
    return (row["carrier_id"], row["user_id"]) if row else None


async def lock_code(door: Door, code_hash: bytes) -> Code | None:
    """The code, locked: of two that come at once one is the first."""
    row = await door.fetchrow(
        """select user_id, client_id, redirect_uri, code_challenge, scopes, expires_at, used_at, session_id from oauth_codes
            where carrier_id = $1 and code_hash = $2 for update""",
        door.carrier_id,
        code_hash,
    )
    return Code.of(row) if row else None


async def use_code(door: Door, code_hash: bytes, session_id: UUID, now: datetime) -> None:
    """Notes which session the code opened."""
    await door.execute(
        "update oauth_codes set used_at = $3, session_id = $4 where carrier_id = $1 and code_hash = $2",
        door.carrier_id,
        code_hash,
        now,
        session_id,
    )


async def connect(door: Door, user_id: UUID, client: OAuthClient, scopes: list[str], session_id: UUID) -> Standing:
    """A new connection."""
    row = await door.fetchrow(
        """insert into connections (carrier_id, user_id, client_id, client_name, scopes, session_id)
           values ($1, $2, $3, $4, $5, $6) returning id, user_id, client_id, client_name, scopes, session_id""",
        door.carrier_id,
        user_id,
        client.id,
        client.name,
        scopes,
        session_id,
    )
    return Standing.of(row)


async def by_refresh_token(door: Door, token_hash: bytes) -> Standing | None:
    """The connection that a refresh token, good or not, belongs to."""
    row = await door.fetchrow(
        _CONNECTION
        + """ join refresh_tokens t on t.carrier_id = k.carrier_id and t.session_id = k.session_id
              where k.carrier_id = $1 and t.token_hash = $2""",
        door.carrier_id,
        token_hash,
    )
    return Standing.of(row) if row else None


async def by_session(door: Door, session_id: UUID) -> Standing | None:
    """The connection of a session."""
    row = await door.fetchrow(_CONNECTION + " where k.carrier_id = $1 and k.session_id = $2", door.carrier_id, session_id)
    return Standing.of(row) if row else None


async def of_client(door: Door, user_id: UUID, client_id: str) -> list[Standing]:
    """The connections of one person through one client whose session stands."""
    rows = await door.fetch(
        _CONNECTION
        + """ join sessions s on s.carrier_id = k.carrier_id and s.id = k.session_id
              where k.carrier_id = $1 and k.user_id = $2 and k.client_id = $3 and s.revoked_at is null
                and s.expires_at > now()""",
        door.carrier_id,
        user_id,
        client_id,
    )
    return [Standing.of(row) for row in rows]


async def by_id(door: Door, connection_id: UUID) -> Standing | None:
    """One connection of the carrier."""
    row = await door.fetchrow(_CONNECTION + " where k.carrier_id = $1 and k.id = $2", door.carrier_id, connection_id)
    return Standing.of(row) if row else None


async def standing(door: Door, user_id: UUID | None) -> list[Row]:
    """The connections whose session stands, of one person or of all, the newest first."""
    return await door.fetch(
        """select k.id, k.client_name, k.client_id, k.scopes, k.created_at, k.last_used_at, u.id user_id, u.name user_name
             from connections k join sessions s on s.carrier_id = k.carrier_id and s.id = k.session_id
             join users u on u.carrier_id = k.carrier_id and u.id = k.user_id
            where k.carrier_id = $1 and ($2::uuid is null or k.user_id = $2) and s.revoked_at is null and s.expires_at > now()
              and u.disabled_at is null
            order by k.created_at desc, k.id limit 500""",
        door.carrier_id,
        user_id,
    )
