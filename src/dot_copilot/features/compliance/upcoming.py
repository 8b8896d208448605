"""What falls due, day by day and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform

from . import schemas
from . import upcoming_repository as repository
from .errors import UnknownRequirement
from .model import Locale
from .places import load_places
from .policy_rules import load_rules
from .words import title


@dataclass(frozen=True, slots=True)
class UpcomingQuery:
    """The filters and page of a list of what falls due, as sent."""

    days: int = 90
    terminal: str | None = None
    requirement: str | None = None
    cursor: str | None = None
    limit: int = 50
    as_of: date | None = None


async def upcoming(door: Door, platform: Platform, caller: Caller, locale: Locale, query: UpcomingQuery) -> schemas.UpcomingPage:
    """A page of it. How much falls due on each day comes with the first page only."""
    places = await load_places(door, platform.clock, caller, query.as_of, query.terminal)
    rules = await load_rules(door)
    if query.requirement is not None and rules.find(query.requirement) is None:
        raise UnknownRequirement(query.requirement)
    listing = f"upcoming {places.only} {query.as_of} {query.days} {query.requirement}"
    after = platform.cursors.open(door.carrier_id, listing, query.cursor) if query.cursor else None
    days = {place.id: place.as_of for place in places.shown}
    if not days:
        return schemas.UpcomingPage(as_of=places.as_of, days=[], items=[], next_cursor=None)
    counted = await repository.count_by_day(door, days, query.days, query.requirement) if after is None else []
    rows = await repository.page_of_dues(door, days, query.days, query.requirement, after=after, limit=query.limit + 1)
    more, rows = len(rows) > query.limit, rows[: query.limit]
    titles = {requirement.key: title(requirement, locale) for requirement in rules.everything()}
    last = rows[-1] if more else None
    return schemas.UpcomingPage(
        as_of=places.as_of,
        days=[schemas.DayCount(date=row["due_on"], count=row["count"]) for row in counted],
        items=[
            schemas.DueItem(
                driver=schemas.DueDriver(
                    id=row["driver_id"],
                    name=f"{row['first_name']} {row['last_name']}",
                    terminal=schemas.TerminalRef(id=row["terminal_id"], name=places[row["terminal_id"]].name),
                ),
                requirement=row["requirement"],
                title=titles.get(row["requirement"], row["requirement"]),
                due_on=row["due_on"],
            )
            for row in rows
        ],
        next_cursor=platform.cursors.seal(door.carrier_id, listing, [last["due_on"], last["driver_id"], last["requirement"]])
        if last
        else None,
    )
