"""Drivers with their standing, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform

from . import calendar_repository, repository, schemas
from .driver_rows import page_rows
from .errors import UnknownRequirement
from .model import Locale, State
from .places import Places, load_places
from .policy_rules import Rules, load_rules
from .projection_codes import CANNOT_DRIVE, CURRENT, FORBIDS, KNOWN, MAY_DRIVE, SLOT, SLOTS, fold
from .repository import DriverFilter, Sort

# Up to so many matches, finding all of them is cheaper than looking for a page of them along an index.
FEW, FEW_BY_DUE = 400, repository.MOST_SORTED
_MOST_WORDS = 8


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
class _Wanted:
    """A query as keys. The calendar's counts of `counted`, less those of `less`, are the number of matches; with `counted`
    None no sum of counts is.
    """

    filter: DriverFilter
    counted: list[int] | None
    less: tuple[int, ...] = ()


async def list_drivers(door: Door, platform: Platform, caller: Caller, locale: Locale, query: DriverQuery) -> schemas.DriverPage:
    """A page of drivers within the caller's reach."""
    places = await load_places(door, platform.clock, caller, query.as_of, query.terminal)
    rules = await load_rules(door)
    if query.requirement is not None and rules.find(query.requirement) is None:
        raise UnknownRequirement(query.requirement)
    listing = f"drivers {places.only} {replace(query, terminal=None, cursor=None, limit=0)}"
    after = platform.cursors.open(door.carrier_id, listing, query.cursor) if query.cursor else None
    if not places.shown:
        return schemas.DriverPage(as_of=places.as_of, items=[], next_cursor=None, total=0)
    wanted = _wanted(query, places, rules)
    total = None
    if wanted.counted is not None:
        total = await calendar_repository.count(door, wanted.counted, wanted.less, places.days, places.only)
    rows: list[Row] = []
    if total is None or total <= (FEW_BY_DUE if query.sort == "next_due" else FEW):
        rows, total = await repository.scan_drivers(door, wanted.filter, query.sort, after, query.limit + 1)
    if not rows and total:
        rows = await repository.walk_drivers(door, wanted.filter, query.sort, after, query.limit + 1)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return schemas.DriverPage(
        as_of=places.as_of,
        items=await page_rows(door, [(row["driver_id"], places[row["terminal_id"]]) for row in rows], rules, locale),
        next_cursor=platform.cursors.seal(door.carrier_id, listing, repository.after_row(rows[-1], query.sort)) if more else None,
        total=total,
    )


def _wanted(query: DriverQuery, places: Places, rules: Rules) -> _Wanted:
    days = {place.id: place.as_of for place in places.all}
    found = _Wanted(DriverFilter(days, places.only), [KNOWN if query.everyone else CURRENT])
    if not query.everyone:
        found.filter.holds.append(CURRENT)
    if query.state is not None or query.requirement is not None:
        _add_state(found, query, rules)
    if query.may_drive is not None:
        _add_verdict(found, query)
    if query.q and query.q.strip():
        found.filter.words = fold(query.q).split()[:_MOST_WORDS]
        found.counted = None
    return found


def _add_state(found: _Wanted, query: DriverQuery, rules: Rules) -> None:
    """Narrows to drivers with a requirement, or the one requirement, in a state. What has no number yet applies to nobody."""
    if query.requirement is None:
        if query.state is not State.NOT_APPLICABLE and query.state is not None:  # something is not applicable to everybody
            found.filter.holds.append(SLOT[query.state])
            found.counted = [SLOT[query.state]]
        return
    base = rules.numbers.get(query.requirement, 0) * SLOTS
    applies = [base + slot for slot in range(2 * FORBIDS)] if base else []
    if query.state is State.NOT_APPLICABLE:
        found.filter.no_item, found.less = applies, tuple(applies)
        return
    keys = applies if query.state is None else [base + SLOT[query.state], base + FORBIDS + SLOT[query.state]]
    found.filter.any_item = keys if base else [KNOWN]  # no key of the driver as a whole is among the items: nobody
    found.counted = keys if base else None


def _add_verdict(found: _Wanted, query: DriverQuery) -> None:
    plain = query.state is None and query.requirement is None
    if query.may_drive:
        found.filter.holds.append(MAY_DRIVE)
        found.counted = [MAY_DRIVE] if plain else None
    elif query.everyone:  # not to be employed is no right to drive either
        found.filter.fails.append(MAY_DRIVE)
        found.counted, found.less = (found.counted, (MAY_DRIVE,)) if plain else (None, ())
    else:
        found.filter.holds.append(CANNOT_DRIVE)
        found.counted = [CANNOT_DRIVE] if plain else None
