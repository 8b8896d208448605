"""SQL of people. Each statement names the carrier; row-level security checks it again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from dot_copilot.core.caller import Role
from dot_copilot.core.database import Database, Door, Row
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.features.identity.errors import EmailTaken
from dot_copilot.features.identity.models import Account

_ACCOUNT = """select u.*, c.default_time_zone as time_zone from users u join carriers c on c.id = u.carrier_id
 where u.carrier_id = $1"""
_WRITABLE = (
    "id",
    "name",
    "role",
    "locale",
    "terminal_id",
    "more_terminals",
    "driver_id",
    "expires_on",
    "password_hash",
    "one_time_until",
    "disabled_at",
    "last_signed_in_at",
)


async def find_by_email(database: Database, email: str) -> tuple[UUID, UUID] | None:
    """The carrier and the id of whoever signs in with `email` (lower case)."""
    row = await database.lookup("select carrier_id, id from app.find_user($1)", email)
    return (row["carrier_id"], row["id"]) if row else None


async def find_here(door: Door, email: str) -> UUID | None:
    """The person of this carrier with that address."""
    user_id: UUID | None = await door.fetchval(
        "select id from users where carrier_id = $1 and email = lower($2)", door.carrier_id, email.strip()
    )
    return user_id


async def count_attempt(
    database: Database, address: bytes, now: datetime, *, most: int, minutes: int
) -> tuple[bool, datetime | None]:
    """Counts a sign-in attempt of an address (its SHA-256): whether it may go on, and until when the address is locked."""
    row = await database.lookup("select * from app.attempt_sign_in($1, $2, $3, $4)", address, now, most, minutes)
    assert row is not None
    return row["allowed"], row["locked_until"]


async def clear_attempts(database: Database, address: bytes) -> None:
    """Forgets the failures of an address, whatever becomes of a transaction."""
    await database.lookup("select app.clear_sign_in($1)", address)


async def unlock(door: Door, address: bytes) -> None:
    """Forgets the failures of an address, in the transaction."""
    await door.execute("select app.clear_sign_in($1)", address)


async def get(door: Door, user_id: UUID, *, lock: bool = False) -> Account | None:
    """One person, if it is one of this carrier."""
    row = await door.fetchrow(_ACCOUNT + " and u.id = $2" + (" for update of u" if lock else ""), door.carrier_id, user_id)
    return Account.of(row) if row else None


async def carrier(door: Door) -> Row:
    """`id`, `usdot`, `name` and `default_time_zone` of the carrier."""
    row = await door.fetchrow("select id, usdot, name, default_time_zone from carriers where id = $1", door.carrier_id)
    assert row is not None
    return row


async def page(door: Door, *, role: Role | None, q: str | None, after: list[Any] | None, limit: int) -> list[Account]:
    """People by name; `q` is found in names and addresses."""
    pattern = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" if q else None
    name, user_id = (after[0], UUID(after[1])) if after else (None, None)
    rows = await door.fetch(
        _ACCOUNT
        + """ and ($2::text is null or u.role = $2) and ($3::text is null or u.name ilike $3 or u.email ilike $3)
          and ($4::text is null or (lower(u.name), u.id) > (lower($4), $5::uuid)) order by lower(u.name), u.id limit $6""",
        door.carrier_id,
        role.value if role else None,
        pattern,
        name,
        user_id,
        limit,
    )
    return [Account.of(row) for row in rows]


async def insert(door: Door, email: str, values: dict[str, Any]) -> UUID:
    """A new person; `EmailTaken`, or `Invalid` for a terminal or driver that is not this carrier's."""
    columns = [column for column in _WRITABLE if column in values]
    marks = ", ".join(f"${number}" for number in range(3, 3 + len(columns)))
    sql = f"insert into users (carrier_id, email, {', '.join(columns)}) values ($1, $2, {marks}) returning id"  # noqa: S608 - our names
    try:
        user_id: UUID = await door.fetchval(sql, door.carrier_id, email, *(values[column] for column in columns))
    except asyncpg.UniqueViolationError:
        raise EmailTaken("Somebody signs in with this address already. Use another one.") from None
    except asyncpg.ForeignKeyViolationError as error:
        raise _unknown_place(error) from None
    return user_id


async def update(door: Door, user_id: UUID, values: dict[str, Any], *, bump: bool = False) -> None:
    """Writes columns of one person. `bump` makes every access token issued so far worthless."""
    columns = [column for column in _WRITABLE if column in values]
    sets = [f"{column} = ${number}" for number, column in enumerate(columns, 3)]
    if bump:
        sets.append("token_version = token_version + 1")
    if not sets:
        return
    sql = f"update users set {', '.join(sets)} where carrier_id = $1 and id = $2"  # noqa: S608 - our names
    try:
        await door.execute(sql, door.carrier_id, user_id, *(values[column] for column in columns))
    except asyncpg.ForeignKeyViolationError as error:
        raise _unknown_place(error) from None


async def unknown_terminals(door: Door, terminal_ids: list[UUID]) -> list[UUID]:
    """Those that the carrier does not have."""
    rows = await door.fetch("select id from terminals where carrier_id = $1 and id = any($2)", door.carrier_id, terminal_ids)
    known = {row["id"] for row in rows}
    return [terminal_id for terminal_id in terminal_ids if terminal_id not in known]


async def lock_active_admins(door: Door) -> list[Account]:
    """The administrators that can sign in, locked, so that two of them can't remove one another at once."""
    rows = await door.fetch(
        _ACCOUNT + " and u.role = 'admin' and u.disabled_at is null order by u.id for update of u", door.carrier_id
    )
    return [Account.of(row) for row in rows]


def _unknown_place(error: asyncpg.ForeignKeyViolationError) -> Invalid:
    field = "driver_id" if "driver" in (error.constraint_name or "") else "terminal_id"
    problem = f"There is no such {field.removesuffix('_id')} in this carrier."
    return Invalid(f"{problem} Nothing was saved.", errors=[FieldProblem(field=field, problem=problem)])
