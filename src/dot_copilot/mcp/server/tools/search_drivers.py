"""`search_drivers`: who is there, and who may drive."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
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
    """A page of drivers. `total` counts all that match, over all pages."""

    as_of: date
    total: int
    items: list[DriverRow]
    next_cursor: str | None


async def _run(ask: Ask, given: Arguments) -> Answer:
    page = await ask.api.get(
        "/drivers",
        Result,
        q=given.query,
        terminal=await ask.find.terminal(given.terminal),
        state=given.state,
        requirement=await ask.find.requirement(given.requirement),
        may_drive=given.may_drive,
        employment=given.employment,
        sort=given.sort,
        as_of=given.as_of,
        limit=given.limit,
        cursor=given.cursor,
    )
    head = ask.say(
        f"{page.total} drivers match on {page.as_of}; {len(page.items)} shown.",
        f"{page.total} conductores coinciden el {page.as_of}; se muestran {len(page.items)}.",
    )
    return Answer(page, "\n".join([head, *(_line(ask, row) for row in page.items)]))


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
        "never had a road test?' (requirement=road_test, state=missing). 'missing' was never collected, 'expired' was collected "
        "once. `total` is the count over all pages. For one driver's whole file use driver_file; for what runs out between two "
        "days use expiring_soon."
    ),
    scope=Scope.DRIVERS_READ,
    permissions=frozenset({Permission.READ_DRIVERS}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
