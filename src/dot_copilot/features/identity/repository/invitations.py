"""SQL of invitations and password resets. Only SHA-256 hashes of links are stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.features.identity.errors import InvitationOpen

_COLUMNS = ("name", "role", "locale", "terminal_id", "more_terminals", "driver_id", "expires_on")
_READ = """select i.*, m.state as mail_state, m.problem as mail_problem, m.id as mail_id from invitations i
  left join mail_outbox m on m.carrier_id = i.carrier_id and m.occasion = 'invitation:' || i.id || ':' || i.round
 where i.carrier_id = $1 and i.accepted_at is null and i.revoked_at is null"""


async def find(database: Database, token_hash: bytes) -> tuple[UUID, UUID] | None:
    """The carrier and the id of an invitation that is open, by its link."""
    row = await database.lookup("select carrier_id, id from app.find_invitation($1)", token_hash)
    return (row["carrier_id"], row["id"]) if row else None


async def insert(
    door: Door, invitation_id: UUID, email: str, values: dict[str, Any], *, token_hash: bytes, until: datetime
) -> None:
    """A new invitation; `InvitationOpen`, or `Invalid` for a terminal or driver that is not the carrier's."""
    try:
        await door.execute(
            """insert into invitations (carrier_id, id, email, token_hash, link_until, invited_by, name, role, locale,
                 terminal_id, more_terminals, driver_id, expires_on)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
            door.carrier_id,
            invitation_id,
            email,
            token_hash,
            until,
            door.actor_id,
            *(values[name] for name in _COLUMNS),
        )
    except asyncpg.UniqueViolationError:
        raise InvitationOpen("Send the invitation that waits again, or take it back first.") from None
    except asyncpg.ForeignKeyViolationError as error:
        field = "driver_id" if "driver" in (error.constraint_name or "") else "terminal_id"
        problem = f"There is no such {field.removesuffix('_id')} in this carrier."
        raise Invalid(f"{problem} Nobody was invited.", errors=[FieldProblem(field=field, problem=problem)]) from None


async def open_ones(door: Door) -> list[Row]:
    """Invitations that wait, the newest first, each with what became of its mail."""
    return await door.fetch(_READ + " order by i.created_at desc, i.id limit 200", door.carrier_id)


async def get(door: Door, invitation_id: UUID, *, lock: bool = False) -> Row | None:
    """One that waits."""
    return await door.fetchrow(_READ + " and i.id = $2" + (" for update of i" if lock else ""), door.carrier_id, invitation_id)


async def renew(door: Door, invitation_id: UUID, *, round_: int, token_hash: bytes, until: datetime) -> None:
    """Another link; the one before is worthless."""
    await door.execute(
        "update invitations set round = $3, token_hash = $4, link_until = $5 where carrier_id = $1 and id = $2",
        door.carrier_id,
        invitation_id,
        round_,
        token_hash,
        until,
    )


async def close(door: Door, invitation_id: UUID, column: str, now: datetime) -> None:
    """`column`: accepted_at or revoked_at."""
    assert column in ("accepted_at", "revoked_at")
    await door.execute(
        f"update invitations set {column} = $3 where carrier_id = $1 and id = $2",  # noqa: S608 - our names
        door.carrier_id,
        invitation_id,
        now,
    )


async def find_reset(database: Database, token_hash: bytes) -> tuple[UUID, UUID] | None:
    """The carrier and the person of a reset that is open, by its link."""
    row = await database.lookup("select carrier_id, user_id from app.find_reset($1)", token_hash)
    return (row["carrier_id"], row["user_id"]) if row else None


async def add_reset(door: Door, reset_id: UUID, user_id: UUID, *, token_hash: bytes, until: datetime) -> None:
    """Another reset of a person."""
    await door.execute(
        "insert into password_resets (carrier_id, id, user_id, token_hash, link_until) values ($1, $2, $3, $4, $5)",
        door.carrier_id,
        reset_id,
        user_id,
        token_hash,
        until,
    )


async def open_reset(door: Door, token_hash: bytes) -> Row | None:
    """The reset of a link, locked, if it is open."""
    return await door.fetchrow(
        "select * from password_resets where carrier_id = $1 and token_hash = $2 and closed_at is null for update",
        door.carrier_id,
        token_hash,
    )


async def close_resets(door: Door, user_id: UUID, now: datetime) -> None:
    """Makes every link of a person worthless."""
    await door.execute(
        "update password_resets set closed_at = $3 where carrier_id = $1 and user_id = $2 and closed_at is null",
        door.carrier_id,
        user_id,
        now,
    )
