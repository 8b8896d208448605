"""SQL of the lists: drivers by standing, what falls due, terminals. Filters are points in the spans of ADR 0007."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from dot_copilot.core.database import Door, Row

from .projection_codes import BITS, HAS_DUE, day_number

Sort = Literal["name", "employee_id", "next_due"]
Lookup = Literal["one by one", "hashed", "first"]
MOST_SORTED = 2000  # so many due dates are looked up to sort by them; beyond that, walking along them is quicker
_SORT_COLUMN: Mapping[str, str] = {"name": "name_key", "employee_id": "employee_id"}


@dataclass(slots=True)
class DriverFilter:
    """Which drivers, as keys that hold on the day or not. `days` are those of the terminals; `words` are folded.

    `any_item`: one of these keys of the items holds; `no_item`: none of these does. `lookup`: how items are found (see `said`).
    """

    days: Mapping[UUID, date]
    terminal_ids: tuple[UUID, ...] | None = None
    holds: list[int] = field(default_factory=list)
    fails: list[int] = field(default_factory=list)
    any_item: list[int] = field(default_factory=list)
    no_item: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    lookup: Lookup = "hashed"


class _Where:
    """Conditions and their arguments; `$1` is the carrier. `at_terminal` bounds the terminal, and reads `and ...` or nothing."""

    def __init__(self, door: Door, wanted: DriverFilter) -> None:
        self.args: list[object] = [door.carrier_id]
        self.at_terminal = ""
        self._days = wanted.days
        if wanted.terminal_ids is not None:
            one = len(wanted.terminal_ids) == 1  # walks an index in order; several can't
            self.at_terminal = (
                f"and terminal_id = {self.arg(wanted.terminal_ids[0])}"
                if one
                else f"and terminal_id = any({self.arg(wanted.terminal_ids)}::uuid[])"
            )
            self._days = {terminal: wanted.days[terminal] for terminal in wanted.terminal_ids}
        self._numbers: dict[str, str] = {}
        self.conditions = [self._holds("s", key) for key in wanted.holds]
        self.conditions += [f"not {self._holds('s', key)}" for key in wanted.fails]
        self.conditions += [f"strpos(s.search_text, {self.arg(word)}) > 0" for word in wanted.words]
        self.items = ""
        if wanted.any_item:
            self.items = "(" + " or ".join(self._holds("i", key) for key in wanted.any_item) + ")"
        elif wanted.no_item:
            self.items = "not (" + " or ".join(self._holds("i", key) for key in wanted.no_item) + ")"

    def arg(self, value: object) -> str:
        """The placeholder of an argument."""
        self.args.append(value)
        return f"${len(self.args)}"

    def day(self, terminal: str) -> str:
        """The date at a row's terminal."""
        return self._case(self._days, terminal, "date")

    def said(self, driver: str, lookup: Lookup = "one by one") -> str:
        """The conditions on a driver's row and on the items: looked up driver by driver, or all hashed beforehand, or not said
        because the drivers come from `matching_items`. A planner that knew how many match would choose among these by itself;
        `offset 0` and `case` keep it from choosing.
        """
        found = list(self.conditions)
        matching = "select i.driver_id from driver_items i where i.carrier_id = $1"
        if self.items and lookup == "hashed":
            found.append(f"case when {driver}.driver_id in ({matching} and {self.items}) then true else false end")
        elif self.items and lookup == "one by one":
            found.append(f"exists ({matching} and i.driver_id = {driver}.driver_id and {self.items} offset 0)")
        return " and ".join(found) or "true"

    def matching_items(self) -> str:
        """The drivers whose items match, to begin with."""
        return f"(select i.driver_id from driver_items i where i.carrier_id = $1 and {self.items} offset 0)"  # noqa: S608 - placeholders

    def without_due(self) -> str:
        """The condition that nothing falls due for the driver any more."""
        return f"not {self._holds('s', HAS_DUE)}"

    def _holds(self, table: str, key: int) -> str:
        if table not in self._numbers:
            numbers = {place: day_number(day) for place, day in self._days.items()}
            self._numbers[table] = self._case(numbers, f"{table}.terminal_id", "int")
        return f"{table}.spans @> ({self.arg(key << BITS)}::int | {self._numbers[table]})"

    def _case(self, days: Mapping[UUID, Any], terminal: str, kind: str) -> str:
        """The day of most terminals, or the one of those where it is another day already."""
        values = list(days.values())
        usual = max(set(values), key=values.count)
        others = [
            f"when {terminal} = any({self.arg([place for place, day in days.items() if day == other])}::uuid[]) "
            f"then {self.arg(other)}::{kind}"
            for other in sorted(set(values) - {usual})
        ]
        plain = f"{self.arg(usual)}::{kind}"
        return f"(case {' '.join(others)} else {plain} end)" if others else plain


async def terminals(door: Door) -> list[Row]:
    """Terminals by name: id, name, time_zone; and one row with a null id: the carrier's own time zone."""
    return await door.fetch(
        """select id, name, time_zone from terminals where carrier_id = $1
           union all select null, null, default_time_zone from carriers where id = $1 order by 2, 1""",
        door.carrier_id,
    )


async def walk_drivers(door: Door, wanted: DriverFilter, sort: Sort, after: Sequence[Any] | None, limit: int) -> list[Row]:
    """A page of many matches: along an index, until there are enough. Rows: driver_id, terminal_id, sort_key, due_on."""
    if sort == "next_due":
        return await _walk_dues(door, wanted, after, limit)
    return await _walk(door, _Where(door, wanted), _SORT_COLUMN[sort], after, limit)


async def _walk(door: Door, where: _Where, column: str, after: Sequence[Any] | None, limit: int) -> list[Row]:
    """The planner can't tell how many match (its statistics take a multirange for one wide range), and would rather sort
    them all. `offset 0` fences it in: first the rows in the order of an index, then the conditions, row by row.
    """
    beyond = f"and ({column}, driver_id) > ({where.arg(after[0])}::text, {where.arg(after[1])}::uuid)" if after else ""
    return await door.fetch(
        f"""select s.driver_id, s.terminal_id, s.{column} as sort_key, null::date as due_on
              from (select * from driver_standing where carrier_id = $1 {where.at_terminal} {beyond}
                     order by {column}, driver_id offset 0) s
             where {where.said("s")} limit {where.arg(limit)}""",  # noqa: S608 - conditions with placeholders
        *where.args,
    )


_LIVE = "{0}.from_day <= {1} and {0}.until_day >= {1}"


async def _walk_dues(door: Door, wanted: DriverFilter, after: Sequence[Any] | None, limit: int) -> list[Row]:
    """By the first due date; those for whom nothing falls due come last, by name."""
    rows: list[Row] = []
    if after is None or after[0] != "":
        rows = await _walk_first_dues(door, wanted, after, limit)
        after = None
    if len(rows) < limit:
        where = _Where(door, wanted)
        where.conditions.append(where.without_due())
        rows += await _walk(door, where, "name_key", after[1:] if after else None, limit - len(rows))
    return rows


async def _walk_first_dues(door: Door, wanted: DriverFilter, after: Sequence[Any] | None, limit: int) -> list[Row]:
    """Along the due dates from the day on; the first one of a driver who matches counts."""
    where = _Where(door, wanted)
    day = where.day("d.terminal_id")
    beyond = f"due_on >= {where.arg(min(wanted.days.values()))}::date"
    if after:
        beyond += f" and (due_on, driver_id) > ({where.arg(date.fromisoformat(after[0]))}, {where.arg(after[1])}::uuid)"
    return await door.fetch(
        f"""select d.driver_id, d.terminal_id, null::text as sort_key, d.due_on
              from (select * from due_dates where carrier_id = $1 {where.at_terminal} and {beyond}
                     order by due_on, driver_id, requirement offset 0) d
             where {_LIVE.format("d", day)}
               and exists (select from driver_standing s where s.carrier_id = $1 and s.driver_id = d.driver_id
                            and {where.said("s")} offset 0)
               and not exists (select from due_dates e where e.carrier_id = $1 and e.driver_id = d.driver_id
                                and {_LIVE.format("e", day)} and (e.due_on, e.requirement) < (d.due_on, d.requirement) offset 0)
             limit {where.arg(limit)}""",  # noqa: S608 - conditions with placeholders
        *where.args,
    )


def after_row(row: Row, sort: Sort) -> list[Any]:
    """Where the next page begins, for `after`."""
    if sort != "next_due":
        return [row["sort_key"], row["driver_id"]]
    return [row["due_on"].isoformat(), row["driver_id"]] if row["due_on"] else ["", row["sort_key"], row["driver_id"]]


async def scan_drivers(
    door: Door, wanted: DriverFilter, sort: Sort, after: Sequence[Any] | None, limit: int
) -> tuple[list[Row], int]:
    """All matches are found and counted, then sorted: for few matches, or where nobody knows how many.

    Rows as `walk_drivers`, and the total. By next due date, more than `MOST_SORTED` are only counted, and there are no rows.
    """
    where = _Where(door, wanted)
    column = _SORT_COLUMN.get(sort, "name_key")
    due, few = "null::date", "true"
    if sort == "next_due":
        few = f"t.total <= {MOST_SORTED}"
        due = f"""(select min(due_on) from due_dates e
                    where e.carrier_id = $1 and e.driver_id = h.driver_id and {_LIVE.format("e", where.day("h.terminal_id"))})"""  # noqa: S608
    source: str = "driver_standing s"
    if where.items and wanted.lookup == "first":
        source = f"{where.matching_items()} i join driver_standing s on s.carrier_id = $1 and s.driver_id = i.driver_id"
    order, beyond = _scan_order(where, sort, after)
    rows = await door.fetch(
        f"""with hits as materialized (
              select s.driver_id, s.terminal_id, s.{column} as sort_key from {source}
               where s.carrier_id = $1 {where.at_terminal} and {where.said("s", wanted.lookup)})
            select t.total, h.* from (select count(*)::int as total from hits) t
              left join lateral (
                select * from (select h.*, {due} as due_on from hits h where {few} offset 0) h
                 where {beyond} order by {order} limit {where.arg(limit)}) h on true
             order by {order}""",  # noqa: S608 - conditions with placeholders
        *where.args,
    )
    return [row for row in rows if row["driver_id"] is not None], rows[0]["total"]


def _scan_order(where: _Where, sort: Sort, after: Sequence[Any] | None) -> tuple[str, str]:
    if sort != "next_due":
        beyond = f"(sort_key, driver_id) > ({where.arg(after[0])}::text, {where.arg(after[1])}::uuid)" if after else "true"
        return "sort_key, driver_id", beyond
    order = "due_on nulls last, case when due_on is null then sort_key end, driver_id"
    if not after:
        return order, "true"
    if after[0] == "":
        return order, f"due_on is null and (sort_key, driver_id) > ({where.arg(after[1])}::text, {where.arg(after[2])}::uuid)"
    due = where.arg(date.fromisoformat(after[0]))
    return order, f"(due_on is null or (due_on, driver_id) > ({due}, {where.arg(after[1])}::uuid))"
