"""SQL on the calendar of counts: folding changes into it, and counting at a day (ADR 0007).

A count is a sum over blocks of 1024 days (grain 2), then of 32 (grain 1), then single days (grain 0), as far as they lie before
the day or on it. A row packs up to 32 of them; several rows of one slot add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row

from .projection_codes import BITS, MASK, SLOTS

NOWHERE = UUID(int=0)  # the place of what is counted over the whole carrier
_MOST_ROWS = 3  # so many rows of one slot are read as they are; more are merged

_FOLD = f"""
with taken as materialized (
  delete from duty_pending where carrier_id = $1
     and id in (select id from duty_pending where carrier_id = $1 order by id limit $2) returning terminal_id, changes
), f0 as materialized (
  select terminal_id as place, abs(p) >> {BITS} as key, abs(p) & {MASK} as day, sum((p >> 31) | 1)::int4 as delta
    from taken, unnest(changes) p group by 1, 2, 3 having sum((p >> 31) | 1) <> 0
), f1 as materialized (select place, key, day >> 5 as block, sum(delta)::int4 as delta from f0 group by 1, 2, 3
), c0 as materialized (select key, day, sum(delta)::int4 as delta from f0 group by 1, 2
), c1 as materialized (select key, day >> 5 as block, sum(delta)::int4 as delta from c0 group by 1, 2
), b0 as materialized (
  select place, key % {SLOTS} as key, day, sum(delta)::int4 as delta from f0
   where key % {SLOTS} = any($4::int[]) or key = any($3::int[]) group by 1, 2, 3
), b1 as materialized (select place, key, day >> 5 as block, sum(delta)::int4 as delta from b0 group by 1, 2, 3
), added as (
  select 'f'::"char" as part, place, 0::int2 as grain, day >> 5 as slot, key << 7 | (day & 31) as point, delta from f0
  union all select 'f', place, 1::int2, block >> 5, key << 7 | (block & 31), delta from f1
  union all select 'f', place, 2::int2, 0, key << 7 | (block >> 5), sum(delta)::int4 from f1 group by place, key, block >> 5
  union all select 'b', place, 0::int2, day >> 5, key << 7 | (day & 31), delta from b0
  union all select 'b', place, 1::int2, block >> 5, key << 7 | (block & 31), delta from b1
  union all select 'b', place, 2::int2, 0, key << 7 | (block >> 5), sum(delta)::int4 from b1 group by place, key, block >> 5
  union all select 'c', $5::uuid, 0::int2, day >> 5, key << 7 | (day & 31), delta from c0
  union all select 'c', $5::uuid, 1::int2, block >> 5, key << 7 | (block & 31), delta from c1
  union all select 'c', $5::uuid, 2::int2, 0, key << 7 | (block >> 5), sum(delta)::int4 from c1 group by key, block >> 5
)
insert into duty_calendar (carrier_id, part, place, grain, slot, points, deltas)
select $1, part, place, grain, slot, array_agg(point), array_agg(delta) from added where delta <> 0
 group by part, place, grain, slot"""  # noqa: S608 - constants
_MERGE = """
with crowded as materialized (
  select part, place, grain, slot from duty_calendar where carrier_id = $1 group by 1, 2, 3, 4 having count(*) > $2
), taken as materialized (
  delete from duty_calendar d using crowded t
   where d.carrier_id = $1 and d.part = t.part and d.place = t.place and d.grain = t.grain and d.slot = t.slot
   returning d.part, d.place, d.grain, d.slot, d.points, d.deltas
), merged as (
  select part, place, grain, slot, point, sum(delta)::int4 as delta
    from taken, unnest(points, deltas) as u(point, delta) group by 1, 2, 3, 4, 5 having sum(delta) <> 0
)
insert into duty_calendar (carrier_id, part, place, grain, slot, points, deltas)
select $1, part, place, grain, slot, array_agg(point), array_agg(delta) from merged group by part, place, grain, slot"""


async def fold(door: Door, *, rows: int, brief_keys: Sequence[int], brief_slots: Sequence[int]) -> None:
    """Moves up to `rows` rows of pending changes into the calendar, in one statement: no reader sees them twice, or not.

    `brief_keys` of the driver as a whole, and `brief_slots` summed over requirements, make the brief part.
    """
    await _alone(door)
    await door.execute(_FOLD, door.carrier_id, rows, brief_keys, brief_slots, NOWHERE)


async def merge(door: Door) -> None:
    """Makes one row of many wherever folding has left too many of one slot."""
    await _alone(door)
    await door.execute(_MERGE, door.carrier_id, _MOST_ROWS)


async def _alone(door: Door) -> None:
    """One fold or merge of a carrier at a time, with room for its sums."""
    await door.execute("set local work_mem = '96MB'")
    await door.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 13))", door.carrier_id)


async def clear(door: Door) -> None:
    """Empties the carrier's calendar, and forgets what waits."""
    await _alone(door)
    await door.execute("delete from duty_calendar where carrier_id = $1", door.carrier_id)
    await door.execute("delete from duty_pending where carrier_id = $1", door.carrier_id)


async def pending(door: Door) -> tuple[int, int]:
    """How many rows and how many changes wait to be folded."""
    row = await door.fetchrow(
        "select count(*) as rows, coalesce(sum(cardinality(changes)), 0) as changes from duty_pending where carrier_id = $1",
        door.carrier_id,
    )
    assert row is not None
    return row["rows"], row["changes"]


def _at(part: str, *, only_place: str = "") -> str:
    """The changes of the blocks that lie before day $2 or on it."""
    blocks = (
        (2, "c.slot = 0", "(u.point & 127) < $2::int >> 10"),
        (1, "c.slot = $2::int >> 10", "(u.point & 127) < (($2::int >> 5) & 31)"),
        (0, "c.slot = $2::int >> 5", "(u.point & 127) <= ($2::int & 31)"),
    )
    return " union all ".join(
        f"""select c.place, u.point >> 7 as key, u.delta from duty_calendar c, unnest(c.points, c.deltas) as u(point, delta)
             where c.carrier_id = $1 and c.part = '{part}' and c.grain = {grain} and {slot} and {before} {only_place}"""  # noqa: S608
        for grain, slot, before in blocks
    )


def _later(part: str) -> str:
    """What changes at terminals where it is a later day than $2 already, on the days between."""
    return f"""select c.place, u.point >> 7, u.delta from unnest($3::uuid[], $4::int[]) as t(id, day)
      join duty_calendar c on c.carrier_id = $1 and c.part = '{part}' and c.grain = 0 and c.place = t.id
       and c.slot between $2::int >> 5 and t.day >> 5, unnest(c.points, c.deltas) as u(point, delta)
     where t.day > $2::int and (c.slot << 5 | (u.point & 127)) > $2::int and (c.slot << 5 | (u.point & 127)) <= t.day"""  # noqa: S608


_WAITING = f"""waiting as materialized (
  select p.terminal_id as place, abs(point) >> {BITS} as key, sum((point >> 31) | 1)::int4 as delta
    from duty_pending p join unnest($3::uuid[], $4::int[]) as t(id, day) on t.id = p.terminal_id, unnest(p.changes) as point
   where p.carrier_id = $1 and (abs(point) & {MASK}) <= t.day group by 1, 2)"""  # noqa: S608


def _summed(place: str, *sources: str) -> str:
    changes = " union all ".join(sources)
    return f"select {place} as place, key, sum(delta)::int4 as count from ({changes}) s group by 1, 2"  # noqa: S608 - constants


_ALL_WAITING = "select place, key, delta from waiting"
_BRIEF_WAITING = f"""select place, key % {SLOTS}, delta from waiting
  where key % {SLOTS} = any($6::int[]) or key = any($5::int[])"""  # noqa: S608 - constants
_OF_CARRIER = _summed("null::uuid", _at("c"), _later("f"), _ALL_WAITING)
_IN_BRIEF = _summed("place", _at("b"), _later("b"), _BRIEF_WAITING)
_OF_TERMINAL = _summed("null::uuid", _at("f", only_place="and c.place = ($3::uuid[])[1]"), _ALL_WAITING)
_OF_SOME = _summed("null::uuid", _at("f", only_place="and c.place = any($3::uuid[])"), _later("f"), _ALL_WAITING)
_BOARD = f"with {_WAITING} {_OF_CARRIER} union all {_IN_BRIEF}"
_TERMINAL_BOARD = f"with {_WAITING} {_OF_TERMINAL}"
_COUNTS = "select key, sum(count)::int4 as count from ({}) s where key = any($5::int[]) group by key"
_CARRIER_COUNTS = f"with {_WAITING} {_COUNTS.format(_OF_CARRIER)}"
_SOME_COUNTS = f"with {_WAITING} {_COUNTS.format(_OF_SOME)}"
_TERMINAL_COUNTS = f"with {_WAITING} {_COUNTS.format(_OF_TERMINAL)}"


async def board(door: Door, days: Mapping[UUID, int], *, brief_keys: Sequence[int], brief_slots: Sequence[int]) -> list[Row]:
    """Counts of every key over the carrier (place null), and the brief ones by terminal: place, key, count.

    `days` is the day number of each of the carrier's terminals.
    """
    base = min(days.values())
    return await door.fetch(_BOARD, door.carrier_id, base, list(days), list(days.values()), brief_keys, brief_slots)


async def terminal_board(door: Door, terminal_id: UUID, day: int) -> list[Row]:
    """Counts of every key at one terminal: place (null), key, count."""
    return await door.fetch(_TERMINAL_BOARD, door.carrier_id, day, [terminal_id], [day])


async def counts(
    door: Door, keys: Sequence[int], days: Mapping[UUID, int], only_terminals: Sequence[UUID] | None
) -> dict[int, int]:
    """The counts of `keys`, over the carrier or at some terminals; absent ones are 0."""
    if only_terminals is None:
        sql, of = _CARRIER_COUNTS, days
    else:
        of = {terminal: days[terminal] for terminal in only_terminals if terminal in days}
        sql = _TERMINAL_COUNTS if len(of) == 1 else _SOME_COUNTS
    if not of:
        return {}
    day = min(of.values())
    rows = await door.fetch(sql, door.carrier_id, day, list(of), list(of.values()), keys)
    return {row["key"]: row["count"] for row in rows}


async def platform_counts(database: Database, keys: Sequence[int]) -> dict[int, int]:
    """The counts of `keys` over all carriers, each on the day that it is in its own time zone; for the worker."""
    rows = await database.lookup_all("select key, drivers from app.count_drivers($1)", keys)
    return {row["key"]: row["drivers"] for row in rows}
