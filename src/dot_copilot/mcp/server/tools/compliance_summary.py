"""`compliance_summary`: the duty board in numbers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.shapes import AsOf, Language, State, TerminalText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool

_SHOWN = 8


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which day, and where."""

    as_of: AsOf | None = None
    terminal: TerminalText | None = None
    language: Language = "en"


class Windows(Struct):
    """Requirements that fall due within 30, 60 and 90 days; each window holds the one before."""

    d30: int
    d60: int
    d90: int


class ReasonCount(Struct):
    """Drivers whom one requirement in one state keeps from driving; a driver may appear under several."""

    requirement: str
    title: str
    state: State
    drivers: int


class DueCount(Windows):
    """The windows of one requirement."""

    requirement: str
    title: str


class TerminalCount(Struct):
    """One terminal on its own day."""

    id: UUID
    name: str
    time_zone: str
    as_of: date
    drivers: int
    cannot_drive: int
    due: Windows


class Result(Struct):
    """Counts of the carrier, or of the one terminal. `recalculating`: the rules changed a moment ago, some counts lag."""

    as_of: date
    drivers: int
    cannot_drive: int
    by_reason: list[ReasonCount]
    due: Windows
    due_by_requirement: list[DueCount]
    states: dict[str, int]
    terminals: list[TerminalCount]
    recalculating: bool


async def _run(ask: Ask, given: Arguments) -> Answer:
    terminal = await ask.find.terminal(given.terminal)
    found = await ask.api.get("/compliance/summary", Result, as_of=given.as_of, terminal=terminal)
    where = "" if terminal is None else f" ({', '.join(place.name for place in found.terminals)})"
    lines = [
        ask.say(
            f"{found.as_of}{where}: {found.cannot_drive} of {found.drivers} drivers may NOT drive. Due within 30/60/90 days: "
            f"{found.due.d30}/{found.due.d60}/{found.due.d90}.",
            f"{found.as_of}{where}: {found.cannot_drive} de {found.drivers} choferes NO pueden conducir. Vencen en 30/60/90 "
            f"días: {found.due.d30}/{found.due.d60}/{found.due.d90}.",
        )
    ]
    lines += [f"- {reason.title} {reason.state}: {reason.drivers}" for reason in found.by_reason[:_SHOWN]]
    if len(found.terminals) > 1:
        lines += [f"- {place.name}: {place.cannot_drive}/{place.drivers}" for place in found.terminals]
    return Answer(found, "\n".join(lines))


TOOL = Tool(
    name="compliance_summary",
    title="Compliance summary",
    description=(
        "Counts on a day, for the carrier or one terminal: how many drivers there are, how many may not drive and for which "
        "reasons, how much falls due within 30, 60 and 90 days by requirement, requirements by state, and the same per terminal. "
        "Start here for 'how do we stand?' or to learn the terminals' names. For the people behind a number use search_drivers; "
        "for dates use expiring_soon. A supervisor sees the own terminal."
    ),
    scope=Scope.COMPLIANCE_READ,
    permissions=frozenset({Permission.READ_DRIVERS}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
