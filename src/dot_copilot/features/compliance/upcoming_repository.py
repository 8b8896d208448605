"""SQL on what falls due, and on the projected standing of a few drivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row

from .projection_codes import BITS, CURRENT, MAY_DRIVE, day_number

# $2 terminals, $3 their days, $4 how many days ahead, $5 a requirement or null,
# $6 and $7 the first and the last due date looked at.
_FROM = """
  from due_dates d join unnest($2::uuid[], $3::date[]) as t(id, day) on t.id = d.terminal_id
 where d.carrier_id = $1 and d.due_on between $6::date and $7::date and d.due_on between t.day and t.day + $4::int
   and d.from_day <= t.day and d.until_day >= t.day and ($5::text is null or d.requirement = $5)"""


def _bounds(days: Mapping[UUID, date], ahead: int) -> tuple[date, date]:
    return min(days.values()), date.fromordinal(max(days.values()).toordinal() + ahead)


async def count_by_day(door: Door, days: Mapping[UUID, date], ahead: int, requirement: str | None) -> list[Row]:
    """How much falls due on each day that has something: due_on, count."""
    return await door.fetch(
        f"select d.due_on, count(*)::int as count {_FROM} group by d.due_on order by d.due_on",
        door.carrier_id,
        list(days),
        list(days.values()),
        ahead,
        requirement,
        *_bounds(days, ahead),
    )


async def page_of_dues(
    door: Door, days: Mapping[UUID, date], ahead: int, requirement: str | None, *, after: Sequence[Any] | None, limit: int
) -> list[Row]:
    """What falls due, soonest first, after the key [due_on, driver id, requirement], with the driver's name."""
    due_on, driver_id, key = after or (None, None, None)
    return await door.fetch(
        f"""select u.*, p.first_name, p.last_name
              from (select d.due_on, d.driver_id, d.requirement, d.terminal_id {_FROM}
                       and ($8::date is null or (d.due_on, d.driver_id, d.requirement) > ($8, $9::uuid, $10::text))
                     order by d.due_on, d.driver_id, d.requirement limit $11) u
              join drivers p on p.carrier_id = $1 and p.id = u.driver_id
             order by u.due_on, u.driver_id, u.requirement""",  # noqa: S608 - constant
        door.carrier_id,
        list(days),
        list(days.values()),
        ahead,
        requirement,
        *_bounds(days, ahead),
        due_on and date.fromisoformat(due_on),
        driver_id,
        key,
        limit,
    )


async def standings(door: Door, days: Mapping[UUID, date]) -> dict[UUID, Row]:
    """How drivers stand, each on a day of its own, as projected: by driver id.

    Columns: rules (the stamp it was projected by), employed, may_drive, keys (those of the items that hold, unordered), and
    the next due date with its requirement (null when nothing falls due).
    """
    rows = await door.fetch(
        f"""select s.driver_id, s.rules, s.spans @> ({CURRENT << BITS} | u.number) as employed,
                   s.spans @> ({MAY_DRIVE << BITS} | u.number) as may_drive, k.keys, d.requirement, d.due_on
              from unnest($2::uuid[], $3::date[], $4::int[]) as u(driver_id, day, number)
              join driver_standing s on s.carrier_id = $1 and s.driver_id = u.driver_id
              join driver_items i on i.carrier_id = $1 and i.driver_id = u.driver_id
              left join lateral (select array_agg(lower(r) >> {BITS}) as keys from unnest(i.spans) r
                                  where r @> (lower(r) >> {BITS} << {BITS} | u.number)) k on true
              left join lateral (select requirement, due_on from due_dates d
                                  where d.carrier_id = $1 and d.driver_id = u.driver_id and u.day between from_day and until_day
                                  order by due_on, requirement limit 1) d on true""",  # noqa: S608 - constants
        door.carrier_id,
        list(days),
        list(days.values()),
        [day_number(day) for day in days.values()],
    )
    return {row["driver_id"]: row for row in rows}
