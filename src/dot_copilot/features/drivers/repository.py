"""SQL on `drivers`, `driver_profiles` and `employments`, one driver at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.drivers.models import DRIVER_COLUMNS, PROFILE_COLUMNS, DriverRef, Episode

_PROFILE = ", ".join(f"p.{name}" for name in PROFILE_COLUMNS)
# One statement for the whole driver. $3 bounds the terminals when it is not null.
_READ = f"""
select d.id, d.employee_id, d.first_name, d.last_name, d.date_of_birth, d.email, d.phone, d.version,
       d.terminal_id, t.name as terminal_name, t.time_zone,
       e.id as employment_id, e.hired_on, e.terminated_on, {_PROFILE}
  from drivers d
  join terminals t on t.carrier_id = d.carrier_id and t.id = d.terminal_id
  left join driver_profiles p on p.carrier_id = d.carrier_id and p.driver_id = d.id
  left join lateral (select id, hired_on, terminated_on from employments
                      where carrier_id = d.carrier_id and driver_id = d.id order by hired_on desc limit 1) e on true
 where d.carrier_id = $1 and d.id = $2 and ($3::uuid[] is null or d.terminal_id = any($3))"""  # noqa: S608 - constant columns
_WRITE_PROFILE = f"""
insert into driver_profiles (carrier_id, driver_id, {", ".join(PROFILE_COLUMNS)})
values ($1, $2, {", ".join(f"${place}" for place in range(3, 3 + len(PROFILE_COLUMNS)))})
on conflict (carrier_id, driver_id) do update set {", ".join(f"{name} = excluded.{name}" for name in PROFILE_COLUMNS)}
"""  # noqa: S608 - constant columns


async def read_driver(door: Door, driver_id: UUID, only_terminals: Sequence[UUID] | None = None) -> Row | None:
    """Driver, terminal, newest employment and profile in one row."""
    return await door.fetchrow(_READ, door.carrier_id, driver_id, only_terminals)


async def find_driver(door: Door, driver_id: UUID, only_terminals: Sequence[UUID] | None) -> DriverRef | None:
    """The driver if it exists (at one of `only_terminals`, when they are given)."""
    row = await door.fetchrow(
        """select d.id, d.terminal_id, t.time_zone from drivers d
             join terminals t on t.carrier_id = d.carrier_id and t.id = d.terminal_id
            where d.carrier_id = $1 and d.id = $2 and ($3::uuid[] is null or d.terminal_id = any($3))""",
        door.carrier_id,
        driver_id,
        only_terminals,
    )
    return DriverRef(*row) if row else None


async def find_drivers(door: Door, driver_ids: Sequence[UUID], only_terminals: Sequence[UUID] | None) -> set[UUID]:
    """Which of these drivers exist (at one of `only_terminals`, when they are given)."""
    rows = await door.fetch(
        "select id from drivers where carrier_id = $1 and id = any($2::uuid[]) and ($3::uuid[] is null or terminal_id = any($3))",
        door.carrier_id,
        driver_ids,
        only_terminals,
    )
    return {row["id"] for row in rows}


async def find_shared_driver(door: Door, driver_id: UUID, share_id: UUID) -> DriverRef | None:
    """The driver if the share holds it."""
    row = await door.fetchrow(
        """select d.id, d.terminal_id, t.time_zone from share_drivers s
             join drivers d on d.carrier_id = s.carrier_id and d.id = s.driver_id
             join terminals t on t.carrier_id = d.carrier_id and t.id = d.terminal_id
            where s.carrier_id = $1 and s.driver_id = $2 and s.share_id = $3""",
        door.carrier_id,
        driver_id,
        share_id,
    )
    return DriverRef(*row) if row else None


async def shared_drivers(door: Door, driver_ids: Sequence[UUID], share_id: UUID) -> set[UUID]:
    """Which of these drivers the share holds."""
    rows = await door.fetch(
        "select driver_id from share_drivers where carrier_id = $1 and driver_id = any($2::uuid[]) and share_id = $3",
        door.carrier_id,
        driver_ids,
        share_id,
    )
    return {row["driver_id"] for row in rows}


async def lock_driver(door: Door, driver_id: UUID) -> int:
    """Keeps others from changing the driver until this transaction ends; returns the version."""
    version: int = await door.fetchval(
        "select version from drivers where carrier_id = $1 and id = $2 for no key update", door.carrier_id, driver_id
    )
    return version


async def insert_driver(door: Door, values: Mapping[str, Any]) -> UUID | None:
    """Adds a driver; None when the employee id is taken."""
    created: UUID | None = await door.fetchval(
        """insert into drivers (carrier_id, employee_id, first_name, last_name, date_of_birth, email, phone, terminal_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (carrier_id, employee_id) do nothing returning id""",
        door.carrier_id,
        *(values[name] for name in DRIVER_COLUMNS),
    )
    return created


async def employee_id_taken(door: Door, employee_id: str, driver_id: UUID) -> bool:
    """Whether another driver than `driver_id` has it."""
    taken: bool = await door.fetchval(
        "select exists (select from drivers where carrier_id = $1 and employee_id = $2 and id <> $3)",
        door.carrier_id,
        employee_id,
        driver_id,
    )
    return taken


async def write_driver(door: Door, driver_id: UUID, values: Mapping[str, Any]) -> None:
    """Writes the driver's own members and the next version."""
    await door.execute(
        """update drivers set employee_id = $3, first_name = $4, last_name = $5, date_of_birth = $6, email = $7, phone = $8,
                  terminal_id = $9, version = version + 1, updated_at = now()
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        driver_id,
        *(values[name] for name in DRIVER_COLUMNS),
    )


async def touch_driver(door: Door, driver_id: UUID) -> None:
    """The next version: something that belongs to the driver changed."""
    await door.execute(
        "update drivers set version = version + 1, updated_at = now() where carrier_id = $1 and id = $2",
        door.carrier_id,
        driver_id,
    )


async def write_profile(door: Door, driver_id: UUID, facts: Mapping[str, Any]) -> None:
    """Writes every fact; what `facts` lacks is not known."""
    await door.execute(_WRITE_PROFILE, door.carrier_id, driver_id, *(facts.get(name) for name in PROFILE_COLUMNS))


async def list_employments(door: Door, driver_id: UUID) -> list[Episode]:
    """Newest first."""
    rows = await door.fetch(
        """select id, hired_on, terminated_on from employments
            where carrier_id = $1 and driver_id = $2 order by hired_on desc""",
        door.carrier_id,
        driver_id,
    )
    return [Episode(*row) for row in rows]


async def find_employment(door: Door, employment_id: UUID) -> UUID | None:
    """Whose employment it is."""
    driver_id: UUID | None = await door.fetchval(
        "select driver_id from employments where carrier_id = $1 and id = $2", door.carrier_id, employment_id
    )
    return driver_id


async def insert_employment(door: Door, driver_id: UUID, hired_on: date, terminated_on: date | None) -> UUID:
    """Adds an employment."""
    created: UUID = await door.fetchval(
        "insert into employments (carrier_id, driver_id, hired_on, terminated_on) values ($1, $2, $3, $4) returning id",
        door.carrier_id,
        driver_id,
        hired_on,
        terminated_on,
    )
    return created


async def write_employment(door: Door, employment_id: UUID, hired_on: date, terminated_on: date | None) -> None:
    """Writes both dates."""
    await door.execute(
        "update employments set hired_on = $3, terminated_on = $4 where carrier_id = $1 and id = $2",
        door.carrier_id,
        employment_id,
        hired_on,
        terminated_on,
    )
