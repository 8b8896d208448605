"""SQL on the calendar of counts: folding changes into it, and counting at a day (ADR 0007).

A count is a sum over blocks of 1024 days, then of 32, then single days, as far as they lie before or on the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from dot_copilot.core.database import Door, Row

from .projection_codes import BITS, MASK, SLOTS

NOWHERE = UUID(int=0)  # the place of what is counted over the whole carrier

_TAKEN = """
taken as materialized (
  delete from duty_pending where carrier_id = $1
     and id in (select id from duty_pending where carrier_id = $1 order by id limit $2) returning terminal_id, changes
)"""
_LEVELS = f"""
f0 as materialized (
  select terminal_id as place, abs(p) >> {BITS} as key, abs(p) & {MASK} as slot, sum(sign(p))::int4 as delta
    from taken, unnest(changes) p group by 1, 2, 3 having sum(sign(p)) <> 0),
c0 as materialized (select key, slot, sum(delta)::int4 as delta from f0 group by 1, 2),
b0 as materialized (
  select place, key % {SLOTS} as key, slot, sum(delta)::int4 as delta from f0
   where key % {SLOTS} = any($4::int[]) or key = any($3::int[]) group by 1, 2, 3),
f5 as materialized (select place, key, slot >> 5 as slot, sum(delta)::int4 as delta from f0 group by 1, 2, 3),
c5 as materialized (select key, slot >> 5 as slot, sum(delta)::int4 as delta from c0 group by 1, 2),
b5 as materialized (select place, key, slot >> 5 as slot, sum(delta)::int4 as delta from b0 group by 1, 2, 3),
added as materialized (
  select 'f'::"char" as part, 0::int2 as grain, slot, place, key, delta from f0
  union all select 'f', 5::int2, slot, place, key, delta from f5
  union all select 'f', 10::int2, slot >> 5, place, key, sum(delta)::int4 from f5 group by slot >> 5, place, key
  union all select 'b', 0::int2, slot, place, key, delta from b0
  union all select 'b', 5::int2, slot, place, key, delta from b5
  union all select 'b', 10::int2, slot >> 5, place, key, sum(delta)::int4 from b5 group by slot >> 5, place, key
  union all select 'c', 0::int2, slot, $5::uuid, key, delta from c0
  union all select 'c', 5::int2, slot, $5::uuid, key, delta from c5
  union all select 'c', 10::int2, slot >> 5, $5::uuid, key, sum(delta)::int4 from c5 group by slot >> 5, key
)"""
_MERGED = """
touched as materialized (select distinct part, grain, slot, place from added),
replaced as materialized (
  delete from duty_calendar d using touched t
   where d.carrier_id = $1 and d.part = t.part and d.grain = t.grain and d.slot = t.slot and d.place = t.place
   returning d.part, d.grain, d.slot, d.place, d.keys, d.deltas),
merged as (
  select part, grain, slot, place, key, sum(delta)::int4 as delta
    from (select part, grain, slot, place, key, delta from added
          union all
          select part, grain, slot, place, k, v from replaced, unnest(keys, deltas) as u(k, v)) both_
   group by 1, 2, 3, 4, 5 having sum(delta) <> 0)
insert into duty_calendar (carrier_id, part, grain, slot, place, keys, deltas)
select $1, part, grain, slot, place, array_agg(key::int2), array_agg(delta) from merged group by part, grain, slot, place"""
_FOLD = f"with {_TAKEN}, {_LEVELS}, {_MERGED}"


async def fold(door: Door, *, rows: int, brief_keys: Sequence[int], brief_slots: Sequence[int]) -> None:
    """Moves up to `rows` rows of pending changes into the calendar, in one statement, so that no reader sees them twice or not.

    One fold of a carrier at a time. `brief_keys` of the driver as a whole, and `brief_slots` summed over requirements, make
    the brief part.
    """
    await door.execute("set local work_mem = '128MB'")
    await door.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 13))", door.carrier_id)
    await door.execute(_FOLD, door.carrier_id, rows, brief_keys, brief_slots, NOWHERE)


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
        (10, "c.slot < $2::int >> 10"),
        (5, "c.slot >= ($2::int >> 10) << 5 and c.slot < $2::int >> 5"),
        (0, "c.slot >= ($2::int >> 5) << 5 and c.slot <= $2::int"),
    )
    return " union all ".join(
        f"""select c.place, u.key, u.delta from duty_calendar c, unnest(c.keys, c.deltas) as u(key, delta)
             where c.carrier_id = $1 and c.part = '{part}' and c.grain = {grain} and {slots} {only_place}"""  # noqa: S608
        for grain, slots in blocks
    )


def _later(part: str) -> str:
    """What changes at terminals where it is a later day than $2 already, on the days between."""
    return f"""select c.place, u.key, u.delta from unnest($3::uuid[], $4::int[]) as t(id, day)
      join duty_calendar c on c.carrier_id = $1 and c.part = '{part}' and c.grain = 0 and c.slot > $2::int and c.slot <= t.day
       and c.place = t.id, unnest(c.keys, c.deltas) as u(key, delta) where t.day > $2::int"""  # noqa: S608


_WAITING = f"""waiting as materialized (
  select p.terminal_id as place, abs(point) >> {BITS} as key, sum(sign(point))::int4 as delta
    from duty_pending p join unnest($3::uuid[], $4::int[]) as t(id, day) on t.id = p.terminal_id, unnest(p.changes) as point
   where p.carrier_id = $1 and (abs(point) & {MASK}) <= t.day group by 1, 2)"""  # noqa: S608


def _summed(place: str, *sources: str) -> str:
    return f"select {place} as place, key, sum(delta)::int4 as count from ({' union all '.join(sources)}) s group by 1, 2"


_ALL_WAITING = "select place, key, delta from waiting"
_BRIEF_WAITING = f"select place, key % {SLOTS}, delta from waiting where key % {SLOTS} = any($6::int[]) or key = any($5::int[])"
_OF_CARRIER = _summed("null::uuid", _at("c"), _later("f"), _ALL_WAITING)
_IN_BRIEF = _summed("place", _at("b"), _later("b"), _BRIEF_WAITING)
_OF_TERMINAL = _summed("null::uuid", _at("f", only_place="and c.place = ($3::uuid[])[1]"), _ALL_WAITING)
_BOARD = f"with {_WAITING} {_OF_CARRIER} union all {_IN_BRIEF}"
_TERMINAL_BOARD = f"with {_WAITING} {_OF_TERMINAL}"
_COUNTS = "select coalesce(sum(count), 0)::int4 from ({}) s where key = any($5::int[])"
_CARRIER_COUNT = f"with {_WAITING} {_COUNTS.format(_OF_CARRIER)}"
_TERMINAL_COUNT = f"with {_WAITING} {_COUNTS.format(_OF_TERMINAL)}"


async def board(
    door: Door, days: Mapping[UUID, int], *, brief_keys: Sequence[int], brief_slots: Sequence[int]
) -> list[Row]:
    """Counts of every key over the carrier (place null), and the brief ones by terminal: place, key, count.

    `days` is the day number of each of the carrier's terminals.
    """
    base = min(days.values())
    return await door.fetch(_BOARD, door.carrier_id, base, list(days), list(days.values()), brief_keys, brief_slots)


async def terminal_board(door: Door, terminal_id: UUID, day: int) -> list[Row]:
    """Counts of every key at one terminal: place (null), key, count."""
    return await door.fetch(_TERMINAL_BOARD, door.carrier_id, day, [terminal_id], [day])


async def count(door: Door, keys: Sequence[int], days: Mapping[UUID, int], only_terminal: UUID | None) -> int:
    """The sum of the counts of `keys`, over the carrier or at one terminal."""
    if only_terminal is not None:
        day = days[only_terminal]
        found: int = await door.fetchval(_TERMINAL_COUNT, door.carrier_id, day, [only_terminal], [day], keys)
        return found
    base = min(days.values())
    found = await door.fetchval(_CARRIER_COUNT, door.carrier_id, base, list(days), list(days.values()), keys)
    return found
