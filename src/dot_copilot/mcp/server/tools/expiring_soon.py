"""`expiring_soon`: whose what runs out between two days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.merging import merge
from dot_copilot.mcp.server.shapes import Cursor, DateText, Language, Limit, Named, RequirementText, TerminalText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool

_MOST_DAYS = 366
_USUAL_DAYS = 30
_ONE_DAY = timedelta(1)


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_": "from"}):
    """From which day to which, of what, and where."""

    from_: Annotated[date, Meta(description="First day, as 2026-11-22; today at each terminal when absent")] | None = None
    until: (
        Annotated[date, Meta(description="Last day, included: for 'before Thanksgiving 2026' send the day before, 2026-11-25")]
        | None
    ) = None
    days: (
        Annotated[int, Meta(ge=1, le=_MOST_DAYS, description="Instead of `until`: how many days ahead; 30 when absent")] | None
    ) = None
    requirement: RequirementText | None = None
    terminal: TerminalText | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
    language: Language = "en"


class DayCount(Struct):
    """How much falls due on a day."""

    date: DateText
    count: int


class DueDriver(Struct):
    """Whose it is."""

    id: UUID
    name: str
    terminal: Named


class Due(Struct):
    """One requirement of one driver: `due_on` is the last day on which the present evidence counts, or the next is in time."""

    driver: DueDriver
    requirement: str
    title: str
    due_on: date


class Result(Struct):
    """What falls due from `as_of` through `until`, soonest first. `total` and `days` come with the first page only."""

    as_of: date
    until: date
    requirements: list[str]
    total: int | None
    days: list[DayCount]
    items: list[Due]
    next_cursor: str | None


class _Page(Struct):
    as_of: date
    days: list[DayCount]
    items: list[Due]
    next_cursor: str | None


def _span(ask: Ask, given: Arguments) -> tuple[date | None, int]:
    """The last day (None: `days` after today), and how many days the API looks ahead. `ToolError` for what can't be."""
    if given.until is not None and given.days is not None:
        raise ToolError("Send `until` or `days`, not both.")
    if given.until is None:
        ahead = given.days or _USUAL_DAYS
        return (given.from_ + ahead * _ONE_DAY if given.from_ else None), ahead
    # Without a first day each terminal has its own today, which may still be UTC's yesterday.
    first = given.from_ or ask.clock.now().date() - _ONE_DAY
    ahead = (given.until - first).days
    if ahead < 0:
        raise ToolError(
            f"`until` {given.until} lies before {given.from_ or 'today'}. What has run out: search_drivers, state=expired."
        )
    if ahead > _MOST_DAYS:
        raise ToolError(f"At most {_MOST_DAYS} days can be looked at in one go; send an earlier `until`, or a later `from`.")
    return given.until, max(ahead, 1)


async def _run(ask: Ask, given: Arguments) -> Answer:
    until, ahead = _span(ask, given)
    keys = await ask.find.requirements(given.requirement)
    terminal = await ask.find.terminal(given.terminal)
    seen: list[_Page] = []

    def source(key: str | None) -> Callable[[str | None], Awaitable[_Page]]:
        async def fetch(cursor: str | None) -> _Page:
            page = await ask.api.get(
                "/compliance/upcoming",
                _Page,
                as_of=given.from_,
                days=ahead,
                terminal=terminal,
                requirement=key,
                cursor=cursor,
                limit=given.limit,
            )
            seen.append(page)
            return page

        return fetch

    items, next_cursor = await merge(
        [source(key) for key in keys or (None,)],
        given.cursor,
        order=lambda due: (due.due_on, str(due.driver.id), due.requirement),
        within=lambda due: until is None or due.due_on <= until,
        limit=given.limit,
    )
    as_of = seen[0].as_of if seen else given.from_ or ask.clock.now().date()
    last = until or as_of + ahead * _ONE_DAY
    if last < as_of:
        raise ToolError(f"`until` {last} is past: it is {as_of} there. What has run out: search_drivers with state=expired.")
    counts: Counter[date] = Counter()
    if given.cursor is None:
        for page in seen:
            counts.update({day.date: day.count for day in page.days if day.date <= last})
    total = None if given.cursor else sum(counts.values())
    days = [DayCount(day, count) for day, count in sorted(counts.items())]
    result = Result(as_of, last, list(keys), total, days, items, next_cursor)
    return Answer(result, _text(ask, result))


def _text(ask: Ask, result: Result) -> str:
    number = len(result.items) if result.total is None else result.total
    head = ask.say(
        f"{number} fall due from {result.as_of} through {result.until}; {len(result.items)} shown.",
        f"{number} vencen del {result.as_of} al {result.until}; se muestran {len(result.items)}.",
    )
    rows = [
        f"- {due.due_on} {due.driver.name} ({due.driver.terminal.name}): {due.title} [{due.requirement}]" for due in result.items
    ]
    return "\n".join([head, *rows])


TOOL = Tool(
    name="expiring_soon",
    title="What runs out soon",
    description=(
        "Lists what falls due or runs out between two days, soonest first: which driver, which requirement, which day. Answers "
        "'whose medical card runs out before Thanksgiving in Dallas?' in one call: requirement='medical card', "
        "terminal='Dallas', "
        "until=2026-11-25 (the last day counts, so 'before' a day is the day before). 'medical card' covers every kind of it. "
        "What has run out already is not here: for that use search_drivers with state=expired, overdue or missing."
    ),
    scope=Scope.COMPLIANCE_READ,
    permissions=frozenset({Permission.READ_DRIVERS}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
