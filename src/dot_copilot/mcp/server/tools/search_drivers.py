"""`search_drivers`: who is there, and who may drive."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.merging import merge
from dot_copilot.mcp.server.shapes import AsOf, Cursor, DriverRow, Language, Limit, RequirementText, State, TerminalText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Filters; all of them hold at once."""

    query: Annotated[str, Meta(max_length=100, description="Parts of a name or an employee id, in any order")] | None = None
    terminal: TerminalText | None = None
    state: Annotated[State, Meta(description="Drivers with at least one requirement in this state")] | None = None
    requirement: RequirementText | None = None
    may_drive: Annotated[bool, Meta(description="true: only who may drive; false: only who may not")] | None = None
    employment: Annotated[Literal["current", "all"], Meta(description="all: also those who left or have not begun")] = "current"
    sort: Literal["name", "employee_id", "next_due"] = "name"
    as_of: AsOf | None = None
    limit: Limit = 25
    cursor: Cursor | None = None
    language: Language = "en"


class Result(Struct):
    """A page of drivers. `total` counts all that match, over all pages.

    Where the words of `requirement` stand for several `requirements`, the drivers of the first come first, a driver may appear
    under two of them, and `total` comes with the first page only.
    """

    as_of: date
    requirements: list[str]
    total: int | None
    items: list[DriverRow]
    next_cursor: str | None


class _Page(Struct):
    as_of: date
    total: int
    items: list[DriverRow]
    next_cursor: str | None


async def _run(ask: Ask, given: Arguments) -> Answer:
    keys = await ask.find.requirements(given.requirement)
    terminal = await ask.find.terminal(given.terminal)
    seen: list[_Page] = []

    async def fetch(key: str | None, cursor: str | None) -> _Page:
        page = await ask.api.get(
            "/drivers",
            _Page,
            q=given.query,
            terminal=terminal,
            state=given.state,
            requirement=key,
            may_drive=given.may_drive,
            employment=given.employment,
            sort=given.sort,
            as_of=given.as_of,
            limit=given.limit,
            cursor=cursor,
        )
        seen.append(page)
        return page

    if len(keys) > 1:
        sources = [partial(fetch, key) for key in keys]
        items, cursor = await merge(sources, given.cursor, order=_as_they_come, within=_any, limit=given.limit)
        total = None if given.cursor else sum(page.total for page in seen[: len(keys)])
    else:
        page = await fetch(keys[0] if keys else None, given.cursor)
        items, cursor, total = page.items, page.next_cursor, page.total
    as_of = seen[0].as_of if seen else given.as_of or ask.clock.now().date()
    result = Result(as_of, list(keys), total, items, cursor)
    number = len(items) if total is None else total
    head = ask.say(
        f"{number} drivers match on {as_of}; {len(items)} shown.",
        f"{number} choferes coinciden el {as_of}; se muestran {len(items)}.",
    )
    return Answer(result, "\n".join([head, *(_line(ask, row) for row in items)]))


def _as_they_come(_row: DriverRow) -> int:
    """One source after the other, each in its own order."""
    return 0


def _any(_row: DriverRow) -> bool:
    return True


def _line(ask: Ask, row: DriverRow) -> str:
    who = f"- {row.first_name} {row.last_name} ({row.employee_id}, {row.terminal.name}): "
    if row.may_drive:
        verdict = ask.say("may drive", "puede conducir")
    elif not row.employed:
        verdict = ask.say("not employed", "sin empleo vigente")
    else:
        verdict = ask.say("may NOT drive: ", "NO puede conducir: ") + " ".join(reason.text for reason in row.reasons[:3])
    if row.next_due is None:
        return who + verdict
    due = ask.say("next due", "próximo vencimiento")
    return f"{who}{verdict.rstrip('.')}. {due}: {row.next_due.title}, {row.next_due.due_on}"


TOOL = Tool(
    name="search_drivers",
    title="Search drivers",
    description=(
        "Lists drivers with their standing on a day: whether each may drive, why not, and what falls due next. Use it to find a "
        "driver, or to answer questions such as 'who at Dallas can't drive and why?' (terminal=Dallas, may_drive=false) or 'who "
        "never had a road test?' (requirement=road_test, state=missing), 'whose medical card has run out?' "
        "(requirement='medical card', state=expired). 'missing' was never collected, 'expired' was collected "
        "once. `total` is the count over all pages. For one driver's whole file use driver_file; for what runs out between two "
        "days use expiring_soon."
    ),
    scope=Scope.DRIVERS_READ,
    permissions=frozenset({Permission.READ_DRIVERS}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
