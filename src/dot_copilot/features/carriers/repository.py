"""SQL on `carriers` and `terminals`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row

_TERMINAL = "id, name, code, city, state, time_zone"


async def find_carrier(database: Database, usdot: str) -> UUID | None:
    """The carrier with this USDOT number (role dot_worker)."""
    row = await database.lookup("select app.find_carrier($1) as id", usdot)
    return row["id"] if row else None


async def create_carrier(database: Database, usdot: str, name: str, time_zone: str) -> UUID:
    """Takes on a carrier (role dot_worker). `asyncpg.UniqueViolationError` when there is one with this number."""
    row = await database.lookup("select app.create_carrier($1, $2, $3) as id", usdot, name, time_zone)
    assert row is not None
    carrier_id: UUID = row["id"]
    return carrier_id


async def read_carrier(door: Door, *, lock: bool = False) -> Row:
    """The door's carrier; `lock` keeps others from changing it until this transaction ends."""
    sql = "select id, usdot, mc_number, name, default_time_zone, warning_days from carriers where id = $1"
    row = await door.fetchrow(sql + (" for no key update" if lock else ""), door.carrier_id)
    assert row is not None
    return row


async def write_carrier(door: Door, values: Mapping[str, Any]) -> None:
    """Writes the four members that can be changed."""
    await door.execute(
        "update carriers set name = $2, mc_number = $3, default_time_zone = $4, warning_days = $5 where id = $1",
        door.carrier_id,
        values["name"],
        values["mc_number"],
        values["default_time_zone"],
        values["warning_days"],
    )


async def page_of_terminals(door: Door, limit: int, after: list[Any] | None) -> list[Row]:
    """Up to `limit` terminals by name, after the key [lower name, id]."""
    name, terminal_id = after or (None, None)
    return await door.fetch(
        f"""select {_TERMINAL}, lower(name) as sort_key from terminals
             where carrier_id = $1 and ($2::text is null or (lower(name), id) > ($2, $3::uuid))
             order by lower(name), id limit $4""",  # noqa: S608 - a constant list of columns
        door.carrier_id,
        name,
        terminal_id,
        limit,
    )


async def read_terminal(door: Door, terminal_id: UUID, *, lock: bool = False) -> Row | None:
    """One terminal."""
    sql = f"select {_TERMINAL} from terminals where carrier_id = $1 and id = $2"  # noqa: S608 - as above
    return await door.fetchrow(sql + (" for no key update" if lock else ""), door.carrier_id, terminal_id)


async def find_terminal(door: Door, id_or_name: str) -> Row | None:
    """The terminal with this id, or of this name whatever its case."""
    return await door.fetchrow(
        f"""select {_TERMINAL} from terminals
             where carrier_id = $1 and (id::text = lower($2) or lower(name) = lower($2))
             order by id::text = lower($2) desc limit 1""",  # noqa: S608 - as above
        door.carrier_id,
        id_or_name.strip(),
    )


async def insert_terminal(door: Door, values: Mapping[str, Any]) -> UUID | None:
    """Adds a terminal; None when the carrier has one of this name."""
    created: UUID | None = await door.fetchval(
        """insert into terminals (carrier_id, name, code, city, state, time_zone) values ($1, $2, $3, $4, $5, $6)
           on conflict do nothing returning id""",
        door.carrier_id,
        values["name"],
        values.get("code"),
        values.get("city"),
        values.get("state"),
        values["time_zone"],
    )
    return created


async def write_terminal(door: Door, terminal_id: UUID, values: Mapping[str, Any]) -> bool:
    """Changes a terminal; False when another one has this name already."""
    taken = await door.fetchval(
        "select exists (select from terminals where carrier_id = $1 and lower(name) = lower($2) and id <> $3)",
        door.carrier_id,
        values["name"],
        terminal_id,
    )
    if taken:
        return False
    await door.execute(
        """update terminals set name = $3, code = $4, city = $5, state = $6, time_zone = $7
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        terminal_id,
        values["name"],
        values["code"],
        values["city"],
        values["state"],
        values["time_zone"],
    )
    return True


async def terminals_by_name(door: Door) -> dict[str, UUID]:
    """Every terminal: lower-case name to id."""
    rows = await door.fetch("select lower(name) as name, id from terminals where carrier_id = $1", door.carrier_id)
    return {row["name"]: row["id"] for row in rows}


async def ensure_terminals(door: Door, names: Iterable[str]) -> list[str]:
    """Adds the terminals that are not there yet, in the carrier's default time zone; returns the names added."""
    rows = await door.fetch(
        """insert into terminals (carrier_id, name, time_zone)
           select c.id, n.name, c.default_time_zone from carriers c, unnest($2::text[]) as n(name) where c.id = $1
           on conflict do nothing returning name""",
        door.carrier_id,
        sorted({name.lower(): name for name in names}.values()),
    )
    return [row["name"] for row in rows]


async def time_zones(door: Door) -> dict[UUID, str]:
    """The time zone of every terminal."""
    rows = await door.fetch("select id, time_zone from terminals where carrier_id = $1", door.carrier_id)
    return {row["id"]: row["time_zone"] for row in rows}
