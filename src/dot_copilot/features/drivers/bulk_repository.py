"""SQL on drivers by the thousand: for the roster import (additions and updates) and for projections (facts).

A door's tables refuse COPY (row-level security), so sets of rows travel as arrays. What an import does not know never
clears what is recorded: null means "leave it".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.drivers.models import (
    PROFILE_COLUMNS,
    DriverUpsert,
    EmploymentUpsert,
    Episode,
    ProfileUpsert,
    Upserted,
)

_UPSERT_DRIVERS = """
with wanted as (
  select i.employee_id, i.first_name, i.last_name, i.date_of_birth, i.email, i.phone,
         coalesce(i.terminal_id, d.terminal_id, $9) as terminal_id, d.id as present_id
    from unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::text[], $7::text[], $8::uuid[])
         as i(employee_id, first_name, last_name, date_of_birth, email, phone, terminal_id)
    left join drivers d on d.carrier_id = $1 and d.employee_id = i.employee_id
), written as (
  insert into drivers as d (carrier_id, employee_id, first_name, last_name, date_of_birth, email, phone, terminal_id)
  select $1, employee_id, first_name, last_name, date_of_birth, email, phone, terminal_id from wanted
  on conflict (carrier_id, employee_id) do update
     set first_name = excluded.first_name, last_name = excluded.last_name,
         date_of_birth = coalesce(excluded.date_of_birth, d.date_of_birth),
         email = coalesce(excluded.email, d.email), phone = coalesce(excluded.phone, d.phone),
         terminal_id = excluded.terminal_id, version = d.version + 1, updated_at = now()
   where (d.first_name, d.last_name, d.terminal_id)
         is distinct from (excluded.first_name, excluded.last_name, excluded.terminal_id)
      or coalesce(excluded.date_of_birth, d.date_of_birth) is distinct from d.date_of_birth
      or coalesce(excluded.email, d.email) is distinct from d.email
      or coalesce(excluded.phone, d.phone) is distinct from d.phone
  returning id, employee_id
)
select w.employee_id, coalesce(r.id, w.present_id) as id, w.present_id is null as created, r.id is not null as changed
  from wanted w left join written r using (employee_id)"""
_CHANGED_FACTS = " or ".join(f"coalesce(excluded.{name}, p.{name}) is distinct from p.{name}" for name in PROFILE_COLUMNS)
_UPSERT_PROFILES = f"""
insert into driver_profiles as p (carrier_id, driver_id, {", ".join(PROFILE_COLUMNS)})
select $1, driver_id, {", ".join(PROFILE_COLUMNS)} from jsonb_populate_recordset(null::driver_profiles, $2)
on conflict (carrier_id, driver_id) do update
   set {", ".join(f"{name} = coalesce(excluded.{name}, p.{name})" for name in PROFILE_COLUMNS)}
 where {_CHANGED_FACTS}
returning driver_id"""  # noqa: S608 - constant columns
_FACTS = f"""
select d.id, d.employee_id, d.first_name, d.last_name, d.terminal_id, e.hired_on, e.terminated_on,
       {", ".join(f"p.{name}" for name in PROFILE_COLUMNS)}
  from drivers d
  left join driver_profiles p on p.carrier_id = d.carrier_id and p.driver_id = d.id
  left join lateral (select array_agg(hired_on order by hired_on) as hired_on,
                            array_agg(terminated_on order by hired_on) as terminated_on
                       from employments where carrier_id = d.carrier_id and driver_id = d.id) e on true
 where d.carrier_id = $1 and d.id = any($2::uuid[])"""  # noqa: S608 - constant columns


async def upsert_drivers(door: Door, drivers: Sequence[DriverUpsert], default_terminal: UUID | None) -> dict[str, Upserted]:
    """Adds drivers and brings known ones up to date, in one statement; the result is keyed by employee id.

    Employee ids must be unique among `drivers`. A new driver without a terminal goes to `default_terminal`.
    """
    rows = await door.fetch(
        _UPSERT_DRIVERS,
        door.carrier_id,
        [driver.employee_id for driver in drivers],
        [driver.first_name for driver in drivers],
        [driver.last_name for driver in drivers],
        [driver.date_of_birth for driver in drivers],
        [driver.email for driver in drivers],
        [driver.phone for driver in drivers],
        [driver.terminal_id for driver in drivers],
        default_terminal,
    )
    return {row["employee_id"]: Upserted(row["id"], row["created"], row["changed"]) for row in rows}


async def upsert_profiles(door: Door, profiles: Sequence[ProfileUpsert]) -> set[UUID]:
    """Adds known facts to profiles, in one statement; returns whose changed (or began)."""
    rows = await door.fetch(_UPSERT_PROFILES, door.carrier_id, [{"driver_id": p.driver_id, **p.facts} for p in profiles])
    return {row["driver_id"] for row in rows}


async def upsert_employments(door: Door, employments: Sequence[EmploymentUpsert]) -> set[UUID]:
    """Adds employments, and terminations to known ones, in one statement; returns whose changed.

    The caller has looked for overlaps (`employments_of`, `models.overlapping`); (driver, hire date) is unique.
    """
    rows = await door.fetch(
        """insert into employments as e (carrier_id, driver_id, hired_on, terminated_on)
           select $1, * from unnest($2::uuid[], $3::date[], $4::date[])
           on conflict (carrier_id, driver_id, hired_on) do update set terminated_on = excluded.terminated_on
            where excluded.terminated_on is not null and e.terminated_on is distinct from excluded.terminated_on
           returning driver_id""",
        door.carrier_id,
        [employment.driver_id for employment in employments],
        [employment.hired_on for employment in employments],
        [employment.terminated_on for employment in employments],
    )
    return {row["driver_id"] for row in rows}


async def touch_drivers(door: Door, driver_ids: Sequence[UUID]) -> None:
    """The next version of drivers whose profile or employments changed."""
    await door.execute(
        "update drivers set version = version + 1, updated_at = now() where carrier_id = $1 and id = any($2::uuid[])",
        door.carrier_id,
        driver_ids,
    )


async def ids_by_employee_id(door: Door, employee_ids: Sequence[str]) -> dict[str, UUID]:
    """Which of these employee ids are known, and whose they are."""
    rows = await door.fetch(
        "select employee_id, id from drivers where carrier_id = $1 and employee_id = any($2::text[])",
        door.carrier_id,
        employee_ids,
    )
    return {row["employee_id"]: row["id"] for row in rows}


async def employments_of(door: Door, driver_ids: Sequence[UUID]) -> dict[UUID, list[Episode]]:
    """The employments of many drivers, oldest first."""
    rows = await door.fetch(
        """select driver_id, id, hired_on, terminated_on from employments
            where carrier_id = $1 and driver_id = any($2::uuid[]) order by driver_id, hired_on""",
        door.carrier_id,
        driver_ids,
    )
    found: dict[UUID, list[Episode]] = defaultdict(list)
    for driver_id, *episode in rows:
        found[driver_id].append(Episode(*episode))
    return found


async def facts_of(door: Door, driver_ids: Sequence[UUID]) -> list[Row]:
    """What decides the requirements of these drivers, in one statement.

    Columns: id, employee_id, first_name, last_name, terminal_id, hired_on and terminated_on (arrays of equal length,
    oldest first; both null without an employment), then `PROFILE_COLUMNS` (null: not known).
    """
    return await door.fetch(_FACTS, door.carrier_id, driver_ids)


async def page_of_ids(door: Door, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of all drivers of the carrier in order, for going through them in batches."""
    rows = await door.fetch(
        "select id from drivers where carrier_id = $1 and ($2::uuid is null or id > $2) order by id limit $3",
        door.carrier_id,
        after,
        limit,
    )
    return [row["id"] for row in rows]
