"""What a driver list is asked for, as keys that hold on the day, and how many drivers that will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from .model import State
from .places import Places
from .policy_rules import Rules
from .projection_codes import CANNOT_DRIVE, CURRENT, FORBIDS, KNOWN, MAY_DRIVE, SLOT, SLOTS, fold
from .repository import DriverFilter, Sort

_MOST_WORDS = 8
# Looking up the items of so many drivers one by one is cheaper than going through everybody's.
_FEW_LOOKED_UP = 15_000
_FEW_MATCHING = 2_000


@dataclass(frozen=True, slots=True)
class DriverQuery:
    """The filters, sort and page of a driver list, as sent. `everyone`: also those not employed on the day."""

    terminal: str | None = None
    state: State | None = None
    requirement: str | None = None
    may_drive: bool | None = None
    everyone: bool = False
    q: str | None = None
    sort: Sort = "name"
    cursor: str | None = None
    limit: int = 50
    as_of: date | None = None


@dataclass(slots=True)
class Wanted:
    """A query as keys. The calendar's counts of `counted`, less those of `less`, are the number of matches; with `counted`
    None no sum of counts is.
    """

    filter: DriverFilter
    counted: list[int] | None
    less: list[int] = field(default_factory=list)

    @property
    def keys(self) -> list[int]:
        """Every key whose count tells something; none when no count does."""
        if self.counted is None and not self.filter.any_item and not self.filter.no_item:
            return []
        return sorted({CURRENT, *(self.counted or ()), *self.less, *self.filter.any_item, *self.filter.no_item})

    def settle(self, counts: Mapping[int, int]) -> int | None:
        """The number of matches, None when counts don't tell it. Drops keys that hold for nobody, and chooses how to look up."""
        wanted = self.filter
        impossible = bool(wanted.any_item)
        wanted.any_item = [key for key in wanted.any_item if counts.get(key)]
        wanted.no_item = [key for key in wanted.no_item if counts.get(key)]
        if impossible and not wanted.any_item:
            return 0
        if wanted.terminal_ids is not None and counts.get(CURRENT, 0) <= _FEW_LOOKED_UP:
            wanted.lookup = "one by one"
        elif wanted.any_item and sum(counts[key] for key in wanted.any_item) <= _FEW_MATCHING:
            wanted.lookup = "first"
        if self.counted is None:
            return None
        return sum(counts.get(key, 0) for key in self.counted) - sum(counts.get(key, 0) for key in self.less)


def wanted(query: DriverQuery, places: Places, rules: Rules) -> Wanted:
    """The keys of a query."""
    found = Wanted(DriverFilter({place.id: place.as_of for place in places.all}, places.bounds), [])
    if query.requirement is not None:
        _by_requirement(found, query, rules)
    elif query.state not in (None, State.NOT_APPLICABLE):  # something is not applicable to everybody
        _hold(found, SLOT[query.state])
    if not found.counted:
        _hold(found, KNOWN if query.everyone else CURRENT)
        if query.may_drive is not None:
            _by_verdict(found, query, alone=not found.filter.no_item)
    elif query.may_drive is not None:  # a requirement applies to the employed only, so the other verdict is plain
        found.filter.holds.append(MAY_DRIVE if query.may_drive else CANNOT_DRIVE)
        found.counted = None
    if query.q and query.q.strip():
        found.filter.words = fold(query.q.replace("\0", " ")).split()[:_MOST_WORDS]
        found.counted = None
    return found


def _hold(found: Wanted, key: int) -> None:
    found.filter.holds.append(key)
    found.counted = [key]


def _by_requirement(found: Wanted, query: DriverQuery, rules: Rules) -> None:
    """Narrows to drivers to whom the requirement applies, in the state if one is asked for."""
    base = rules.numbers[query.requirement or ""] * SLOTS
    if query.state in (None, State.NOT_APPLICABLE):
        keys = [base + slot for slot in range(2 * FORBIDS)]
    else:
        keys = [base + SLOT[query.state], base + FORBIDS + SLOT[query.state]]
    if query.state is State.NOT_APPLICABLE:
        found.filter.no_item = found.less = keys
    else:
        found.filter.any_item = found.counted = keys


def _by_verdict(found: Wanted, query: DriverQuery, *, alone: bool) -> None:
    """Narrows to drivers who may, or may not, drive. Not to be employed is no right to drive either."""
    if query.may_drive:
        found.filter.holds, counted, less = [MAY_DRIVE], [MAY_DRIVE], []
    elif query.everyone:
        found.filter.fails, counted, less = [MAY_DRIVE], [KNOWN], [MAY_DRIVE]
    else:
        found.filter.holds, counted, less = [CANNOT_DRIVE], [CANNOT_DRIVE], []
    found.counted, found.less = (counted, less) if alone else (None, [])
