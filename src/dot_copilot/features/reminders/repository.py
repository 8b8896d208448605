"""SQL of planning reminders: sets, not loops, so that a hundred thousand drivers take seconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from dot_copilot.core.database import Door, Row
from dot_copilot.features.reminders.defaults import ANY, DEFAULTS, EVENING, LOOK_BACK, MORNING, SHOWN

# People to look at now: where they are it is day, and they were not looked at on this day yet. Everybody but an auditor is
# somewhere: a driver at the driver's terminal, a supervisor or coach at the first of theirs, the others where the carrier is.
_DUE_PEOPLE = """
  select u.id, u.role, u.driver_id, u.locale, u.email, u.name, coalesce(p.by_mail, true) by_mail,
         case when u.role in ('supervisor', 'coach') then u.terminal_id || u.more_terminals end terminals,
         ($2::timestamptz at time zone coalesce(t.time_zone, c.default_time_zone))::date today
    from users u join carriers c on c.id = u.carrier_id
    left join drivers d on d.carrier_id = u.carrier_id and d.id = u.driver_id
    left join terminals t on t.carrier_id = u.carrier_id and t.id = coalesce(d.terminal_id, u.terminal_id)
    left join reminder_people p on p.carrier_id = u.carrier_id and p.user_id = u.id
   where u.carrier_id = $1 and u.id = any ($3::uuid[]) and u.disabled_at is null
     and (u.expires_on is null or u.expires_on >= ($2::timestamptz at time zone 'UTC')::date)
     and extract(hour from $2::timestamptz at time zone coalesce(t.time_zone, c.default_time_zone)) between $4 and $5 - 1
     and coalesce(p.planned_on, '-infinity') < ($2::timestamptz at time zone coalesce(t.time_zone, c.default_time_zone))::date
   order by u.id"""


async def people_after(door: Door, after: UUID | None, limit: int) -> list[UUID]:
    """Ids of up to `limit` people who may be reminded of something at all, in order, after one of them."""
    rows = await door.fetch(
        """select id from users where carrier_id = $1 and ($2::uuid is null or id > $2) and role = any ($3::text[])
            order by id limit $4""",
        door.carrier_id,
        after,
        list(DEFAULTS),
        limit,
    )
    return [row["id"] for row in rows]


async def take_people(door: Door, now: datetime, ids: Sequence[UUID]) -> list[Row]:
    """Those of these people whose turn it is; from now on, in this transaction, it no longer is."""
    rows = await door.fetch(_DUE_PEOPLE, door.carrier_id, now, ids, MORNING, EVENING)
    if not rows:
        return []
    # Two workers must not plan the same person: whoever comes second waits here, and then finds the day taken.
    taken = await door.fetch(
        """insert into reminder_people as p (carrier_id, user_id, planned_on)
             select $1, u.id, u.today from unnest($2::uuid[], $3::date[]) as u(id, today)
           on conflict (carrier_id, user_id) do update set planned_on = excluded.planned_on
             where p.planned_on is distinct from excluded.planned_on
           returning user_id""",
        door.carrier_id,
        [row["id"] for row in rows],
        [row["today"] for row in rows],
    )
    mine = {row["user_id"] for row in taken}
    return [row for row in rows if row["id"] in mine]


async def rules(door: Door) -> list[Row]:
    """The carrier's own rules."""
    return await door.fetch(
        "select requirement, role, steps from reminder_rules where carrier_id = $1 order by requirement, role", door.carrier_id
    )


# What falls due for whom. A step is reached when so many days or fewer are left; only the nearest one reached is told, so that
# whoever joins late, or a planner that was down, tells each thing once. What ran out counts while nothing newer covers it.
# Drivers are joined to their own dates, the others to the dates of these days: as one join with an "or" between them each
# driver was compared with everything that ran out in the fleet, which took minutes for a hundred thousand. What covers the old
# date is looked up row by row for the same reason (a scalar subquery is never made a join): few have run out.
_FOUND = """
  with people as (
    select * from unnest($2::uuid[], $3::text[], $4::uuid[], $5::date[]) as p(id, role, driver_id, today)),
  others as materialized (select * from people where role <> 'driver'),
  reach as (
    select * from unnest($6::uuid[], $7::uuid[]) as r(id, terminal_id)),
  rules as (
    select r.role, r.requirement, r.step from unnest($8::text[], $9::text[], $10::int[]) as r(role, requirement, step)),
  ran_out as (
    select p.id, p.role, p.today, d.driver_id, d.requirement, d.due_on
      from people p join due_dates d on d.carrier_id = $1 and d.driver_id = p.driver_id
     where p.role = 'driver' and d.due_on between p.today - $11::int and p.today - 1 and d.until_day >= d.due_on
    union all
    select p.id, p.role, p.today, d.driver_id, d.requirement, d.due_on
      from others p join due_dates d on d.carrier_id = $1
     where d.due_on between p.today - $11::int and p.today - 1 and d.until_day >= d.due_on
       and (p.role not in ('supervisor', 'coach')
         or exists (select from reach r where r.id = p.id and r.terminal_id = d.terminal_id))),
  dues as (
    select p.id, p.role, p.today, d.driver_id, d.requirement, d.due_on
      from people p join due_dates d on d.carrier_id = $1 and d.driver_id = p.driver_id
     where p.role = 'driver' and d.from_day <= p.today and d.until_day >= p.today and d.due_on between p.today and p.today + 90
    union all
    select p.id, p.role, p.today, d.driver_id, d.requirement, d.due_on
      from others p join due_dates d on d.carrier_id = $1
     where d.due_on between p.today and p.today + 90 and d.from_day <= p.today and d.until_day >= p.today
       and (p.role not in ('supervisor', 'coach')
         or exists (select from reach r where r.id = p.id and r.terminal_id = d.terminal_id))
    union all
    select * from ran_out o
     where (select true from due_dates n where n.carrier_id = $1 and n.driver_id = o.driver_id
       and n.requirement = o.requirement and n.from_day <= o.today and n.until_day >= o.today limit 1) is null),
  reached as (
    select u.id, u.driver_id, u.requirement, u.due_on, u.today,
           (select min(r.step) from rules r where r.role = u.role
             and r.requirement = case when exists (select from rules o where o.role = u.role and o.requirement = u.requirement)
                                      then u.requirement else $12 end
             and case when u.due_on < u.today then r.step = -1 else r.step >= u.due_on - u.today end) step
      from dues u),
  told as (
    insert into reminders (carrier_id, user_id, driver_id, requirement, due_on, step)
    select $1, id, driver_id, requirement, due_on, step from reached where step is not null
    on conflict do nothing returning user_id, driver_id, requirement, due_on),
  numbered as (
    select t.*, row_number() over (partition by t.user_id order by t.due_on, t.driver_id, t.requirement) place,
           count(*) over (partition by t.user_id) total from told t)
  select n.user_id, n.total::int, n.requirement, n.due_on, n.driver_id, d.first_name, d.last_name
    from numbered n cross join lateral (
      select first_name, last_name from drivers where carrier_id = $1 and id = n.driver_id limit 1) d
   where n.place <= $13 order by n.user_id, n.place"""


async def remind(door: Door, people: Sequence[Row], steps: Sequence[tuple[str, str, int]]) -> list[Row]:
    """Notes what each of these people is told today, and gives the first of it, in order; each thing once for ever.

    `steps`: role, requirement ('*' for all that have no rule of their own), days before.
    """
    reach = [(row["id"], terminal) for row in people for terminal in row["terminals"] or ()]
    return await door.fetch(
        _FOUND,
        door.carrier_id,
        [row["id"] for row in people],
        [row["role"] for row in people],
        [row["driver_id"] for row in people],
        [row["today"] for row in people],
        [one[0] for one in reach],
        [one[1] for one in reach],
        [one[0] for one in steps],
        [one[1] for one in steps],
        [one[2] for one in steps],
        LOOK_BACK,
        ANY,
        SHOWN,
    )


async def insert_notices(door: Door, notices: Sequence[tuple[UUID, date, list[dict[str, Any]], int]]) -> None:
    """What each person sees: user, day, items, how many there are in all."""
    await door.execute(
        """insert into notices (carrier_id, user_id, on_day, items, total)
           select $1, n.user_id, n.on_day, n.items::jsonb, n.total
             from unnest($2::uuid[], $3::date[], $4::text[], $5::int[]) n(user_id, on_day, items, total)
           on conflict (carrier_id, user_id, on_day) do nothing""",
        door.carrier_id,
        [user for user, _, _, _ in notices],
        [day for _, day, _, _ in notices],
        [msgspec.json.encode(items).decode() for _, _, items, _ in notices],
        [total for _, _, _, total in notices],
    )


async def page_of_notices(door: Door, user_id: UUID, limit: int) -> list[Row]:
    """The newest notices of a person."""
    return await door.fetch(
        """select id, on_day, items, total, read_at from notices where carrier_id = $1 and user_id = $2
            order by on_day desc limit $3""",
        door.carrier_id,
        user_id,
        limit,
    )


async def count_unread(door: Door, user_id: UUID) -> int:
    """How many a person has not read."""
    count: int = await door.fetchval(
        "select count(*)::int from notices where carrier_id = $1 and user_id = $2 and read_at is null", door.carrier_id, user_id
    )
    return count


async def mark_read(door: Door, user_id: UUID, ids: Sequence[UUID]) -> None:
    """Of this person only."""
    await door.execute(
        "update notices set read_at = now() where carrier_id = $1 and user_id = $2 and id = any ($3) and read_at is null",
        door.carrier_id,
        user_id,
        list(ids),
    )


async def by_mail(door: Door, user_id: UUID) -> bool:
    """Whether a person wants mail; they do unless they said otherwise."""
    found = await door.fetchval(
        "select by_mail from reminder_people where carrier_id = $1 and user_id = $2", door.carrier_id, user_id
    )
    return found is not False


async def set_by_mail(door: Door, user_id: UUID, *, wanted: bool) -> None:
    """What a person wishes."""
    await door.execute(
        """insert into reminder_people (carrier_id, user_id, by_mail) values ($1, $2, $3)
           on conflict (carrier_id, user_id) do update set by_mail = excluded.by_mail""",
        door.carrier_id,
        user_id,
        wanted,
    )


async def set_rule(door: Door, requirement: str, role: str, steps: Sequence[int]) -> None:
    """The carrier's rule for a requirement and a role."""
    await door.execute(
        """insert into reminder_rules (carrier_id, requirement, role, steps) values ($1, $2, $3, $4)
           on conflict (carrier_id, requirement, role) do update set steps = excluded.steps""",
        door.carrier_id,
        requirement,
        role,
        list(steps),
    )


async def drop_rule(door: Door, requirement: str, role: str) -> bool:
    """Goes back to what holds otherwise; False if there was no rule."""
    tag = await door.execute(
        "delete from reminder_rules where carrier_id = $1 and requirement = $2 and role = $3", door.carrier_id, requirement, role
    )
    return not tag.endswith(" 0")


async def forget_old(door: Door, before: date) -> None:
    """What was told long ago can't be told again: its last day has gone by."""
    await door.execute("delete from reminders where carrier_id = $1 and due_on < $2", door.carrier_id, before)
    await door.execute("delete from notices where carrier_id = $1 and on_day < $2", door.carrier_id, before)
