"""Drivers with their standing, a page at a time."""

from __future__ import annotations

from dataclasses import replace

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform

from . import calendar_repository, repository, schemas
from .driver_query import DriverQuery, wanted
from .driver_rows import page_rows
from .errors import UnknownRequirement
from .model import Locale
from .places import load_places
from .policy_rules import load_rules

# Up to so many matches, finding all of them is cheaper than looking for a page of them along an index.
FEW, FEW_BY_DUE = 400, repository.MOST_SORTED


async def list_drivers(door: Door, platform: Platform, caller: Caller, locale: Locale, query: DriverQuery) -> schemas.DriverPage:
    """A page of drivers within the caller's reach."""
    places = await load_places(door, platform.clock, caller, query.as_of, query.terminal)
    rules = await load_rules(door)
    if query.requirement is not None and rules.find(query.requirement) is None:
        raise UnknownRequirement(query.requirement)
    listing = f"drivers {places.only} {replace(query, terminal=None, cursor=None, limit=0)}"
    after = platform.cursors.open(door.carrier_id, listing, query.cursor) if query.cursor else None
    # A requirement has its number when the first driver has been projected by it: until then it applies to nobody.
    if not places.shown or (query.requirement or "cdl") not in rules.numbers:
        return schemas.DriverPage(as_of=places.as_of, items=[], next_cursor=None, total=0)
    asked = wanted(query, places, rules)
    counts = await calendar_repository.counts(door, asked.keys, places.days, places.bounds) if asked.keys else {}
    total = asked.settle(counts)
    rows: list[Row] = []
    if total is None or 0 < total <= (FEW_BY_DUE if query.sort == "next_due" else FEW):
        rows, total = await repository.scan_drivers(door, asked.filter, query.sort, after, query.limit + 1)
    if not rows and total:
        rows = await repository.walk_drivers(door, asked.filter, query.sort, after, query.limit + 1)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    return schemas.DriverPage(
        as_of=places.as_of,
        items=await page_rows(door, [(row["driver_id"], places[row["terminal_id"]]) for row in rows], rules, locale),
        next_cursor=platform.cursors.seal(door.carrier_id, listing, repository.after_row(rows[-1], query.sort)) if more else None,
        total=total,
    )
