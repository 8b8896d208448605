"""SQL that reads and writes the projection of many drivers at once (tables of ADR 0007)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from dot_copilot.core.database import Door, Row

from .projection_codes import BITS, Due

_COLUMNS = "driver_id, terminal_id, employee_id, name_key, search_text, spans"
_UNNEST = (
    "unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[]::int4multirange[]) "
    "as u(driver_id, terminal_id, employee_id, name_key, search_text, spans)"
)
_PROJECTION_LOCK = "hashtextextended($1::uuid::text, 7)"


@dataclass(slots=True)
class StandingRows:
    """Rows of driver_standing as columns, the way `unnest` takes them."""

    driver_ids: list[UUID] = field(default_factory=list)
    terminal_ids: list[UUID] = field(default_factory=list)
    employee_ids: list[str] = field(default_factory=list)
    name_keys: list[str] = field(default_factory=list)
    search_texts: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)

    def add(self, driver_id: UUID, terminal_id: UUID, texts: tuple[str, str, str], spans: str) -> None:
        """One row; `texts` are employee_id, name_key and search_text."""
        self.driver_ids.append(driver_id)
        self.terminal_ids.append(terminal_id)
        self.employee_ids.append(texts[0])
        self.name_keys.append(texts[1])
        self.search_texts.append(texts[2])
        self.spans.append(spans)

    def columns(self) -> tuple[Sequence[object], ...]:
        """The columns in the order of the table."""
        return (self.driver_ids, self.terminal_ids, self.employee_ids, self.name_keys, self.search_texts, self.spans)


async def lock(door: Door, driver_ids: Sequence[UUID]) -> None:
    """Waits for other projections of these drivers, in an order that can't deadlock; a later statement sees what they did.

    The shared lock tells `wait_for_projections` that one is under way.
    """
    await door.execute(f"select pg_advisory_xact_lock_shared({_PROJECTION_LOCK})", door.carrier_id)
    await door.execute(
        "select from driver_standing where carrier_id = $1 and driver_id = any($2::uuid[]) order by driver_id for update",
        door.carrier_id,
        driver_ids,
    )


async def wait_for_projections(door: Door) -> None:
    """Waits until every projection of the carrier that has begun is committed or undone. Needs a transaction of its own."""
    await door.execute(f"select pg_advisory_xact_lock({_PROJECTION_LOCK})", door.carrier_id)


async def present(door: Door, driver_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """What is projected now: terminal_id, employee_id, name_key, search_text, rules, changes, and spans and items as texts."""
    rows = await door.fetch(
        """select s.driver_id, s.terminal_id, s.employee_id, s.name_key, s.search_text, s.spans::text as spans, s.rules,
                  i.spans::text as items, c.changes
             from driver_standing s
             join driver_items i on i.carrier_id = s.carrier_id and i.driver_id = s.driver_id
             join driver_changes c on c.carrier_id = s.carrier_id and c.driver_id = s.driver_id
            where s.carrier_id = $1 and s.driver_id = any($2::uuid[])""",
        door.carrier_id,
        driver_ids,
    )
    return {row["driver_id"]: row for row in rows}


async def insert_standings(door: Door, rows: StandingRows, rules: int) -> set[UUID]:
    """Adds drivers in the order given; returns those added. The others were added by somebody else meanwhile."""
    added = await door.fetch(
        f"""insert into driver_standing (carrier_id, {_COLUMNS}, rules) select $1, u.*, $8 from {_UNNEST}
            on conflict do nothing returning driver_id""",  # noqa: S608 - constant columns
        door.carrier_id,
        *rows.columns(),
        rules,
    )
    return {row["driver_id"] for row in added}


async def update_standings(door: Door, rows: StandingRows, rules: int) -> None:
    """Rewrites the rows of drivers that `lock` has locked."""
    await door.execute(
        f"""update driver_standing s set terminal_id = u.terminal_id, employee_id = u.employee_id, name_key = u.name_key,
                   search_text = u.search_text, spans = u.spans, rules = $8
              from {_UNNEST} where s.carrier_id = $1 and s.driver_id = u.driver_id""",  # noqa: S608 - constant columns
        door.carrier_id,
        *rows.columns(),
        rules,
    )


async def mark_rules(door: Door, driver_ids: Sequence[UUID], rules: int) -> None:
    """Notes that these drivers stand the same under the present rules."""
    await door.execute(
        "update driver_standing set rules = $3 where carrier_id = $1 and driver_id = any($2::uuid[])",
        door.carrier_id,
        driver_ids,
        rules,
    )


async def write_details(
    door: Door, places: Sequence[tuple[UUID, UUID]], items: Sequence[str], changes: Sequence[bytes], *, known: Sequence[UUID]
) -> None:
    """Writes items (multirange literals) and changes of drivers, and removes the due dates of those that are `known`.

    `places` are driver and terminal ids.
    """
    await door.execute(
        """with u as materialized (
             select * from unnest($2::uuid[], $3::uuid[], $4::text[]::int4multirange[], $5::bytea[])
                        as u(driver_id, terminal_id, spans, changes)
           ), i as (
             insert into driver_items (carrier_id, driver_id, terminal_id, spans) select $1, driver_id, terminal_id, spans from u
             on conflict (carrier_id, driver_id) do update set terminal_id = excluded.terminal_id, spans = excluded.spans
           )
           insert into driver_changes (carrier_id, driver_id, changes) select $1, driver_id, changes from u
           on conflict (carrier_id, driver_id) do update set changes = excluded.changes""",
        door.carrier_id,
        [driver for driver, _ in places],
        [terminal for _, terminal in places],
        items,
        changes,
    )
    if known:
        await door.execute("delete from due_dates where carrier_id = $1 and driver_id = any($2::uuid[])", door.carrier_id, known)


async def insert_dues(door: Door, places: Sequence[tuple[UUID, UUID]], dues: Sequence[Sequence[Due]]) -> None:
    """Adds the due dates of drivers; `places` are their driver and terminal ids. Numbers travel as text: encoding is dear."""
    owners = [str(place) for place, found in enumerate(dues, 1) for _ in found]
    if not owners:
        return
    columns = zip(*(due for found in dues for due in found), strict=True)
    requirements, *days = columns
    await door.execute(
        """insert into due_dates (carrier_id, driver_id, terminal_id, requirement, from_day, until_day, due_on)
           select $1, ($2::uuid[])[place], ($3::uuid[])[place], requirement,
                  date '0001-01-01' + (from_day - 1), date '0001-01-01' + (until_day - 1), date '0001-01-01' + (due_on - 1)
             from unnest($4::text::int4[], $5::text::text[], $6::text::int4[], $7::text::int4[], $8::text::int4[])
                  as u(place, requirement, from_day, until_day, due_on)""",
        door.carrier_id,
        [driver for driver, _ in places],
        [terminal for _, terminal in places],
        "{" + ",".join(owners) + "}",
        "{" + ",".join(requirements) + "}",
        *("{" + ",".join(map(str, column)) + "}" for column in days),
    )


async def add_pending(door: Door, changes: Mapping[UUID, Sequence[int]]) -> None:
    """Adds changes by terminal, for reads to add and the fold to take in."""
    found = {terminal_id: points for terminal_id, points in changes.items() if points}
    if found:
        await door.execute(
            """insert into duty_pending (carrier_id, terminal_id, changes)
               select $1, terminal_id, changes::int4[] from unnest($2::uuid[], $3::text[]) as u(terminal_id, changes)""",
            door.carrier_id,
            list(found),
            ["{" + ",".join(map(str, points)) + "}" for points in found.values()],
        )


async def stale_drivers(door: Door, rules: int, after: UUID | None, limit: int) -> list[UUID]:
    """Drivers, by id, whose projection is missing or was made by other rules."""
    rows = await door.fetch(
        """select d.id from drivers d
             left join driver_standing s on s.carrier_id = d.carrier_id and s.driver_id = d.id
            where d.carrier_id = $1 and s.rules is distinct from $2 and ($3::uuid is null or d.id > $3)
            order by d.id limit $4""",
        door.carrier_id,
        rules,
        after,
        limit,
    )
    return [row["id"] for row in rows]


async def count_spans(door: Door, days: Mapping[UUID, int]) -> list[Row]:
    """How many drivers have each key on the day of their terminal, counted one by one: place, key, count. Slow, and certain."""
    return await door.fetch(
        f"""select t.id as place, lower(r) >> {BITS} as key, count(*)::int4 as count
              from (select terminal_id, spans from driver_standing where carrier_id = $1
                    union all select terminal_id, spans from driver_items where carrier_id = $1) s
              join unnest($2::uuid[], $3::int4[]) as t(id, day) on t.id = s.terminal_id, unnest(s.spans) as r
             where r @> (lower(r) >> {BITS} << {BITS} | t.day) group by 1, 2""",  # noqa: S608 - constants
        door.carrier_id,
        list(days),
        list(days.values()),
    )


async def batch_of_changes(door: Door, after: UUID | None, limit: int) -> list[Row]:
    """What drivers, by id, have added to the calendar: driver_id, terminal_id, changes."""
    return await door.fetch(
        """select c.driver_id, s.terminal_id, c.changes
             from driver_changes c join driver_standing s on s.carrier_id = c.carrier_id and s.driver_id = c.driver_id
            where c.carrier_id = $1 and ($2::uuid is null or c.driver_id > $2) order by c.driver_id limit $3""",
        door.carrier_id,
        after,
        limit,
    )
