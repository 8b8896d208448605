"""`driver_file`: every requirement of one driver, with why, the arithmetic and the citation."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission, Role
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.finding import as_uuid, fold
from dot_copilot.mcp.server.inside import path
from dot_copilot.mcp.server.shapes import AsOf, CitedReason, Driver, DriverFile, DriverText, FileItem, Language, RequirementText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool

_FINE = {"valid", "not_applicable"}
_MOST_EVIDENCE = 5


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whose file, on which day, and how much of it."""

    driver: DriverText | None = None
    as_of: AsOf | None = None
    requirement: RequirementText | None = None
    items: Annotated[
        Literal["attention", "applicable", "all"],
        Meta(description="attention: only what is not in order; applicable: what applies to the driver; all: also what does not"),
    ] = "applicable"
    language: Language = "en"


class Result(Struct):
    """The file. `counts`: requirements by state, over the whole file; `items` holds those asked for, with the newest evidence."""

    driver: Driver
    as_of: date
    employed: bool
    may_drive: bool
    reasons: list[CitedReason]
    restrictions: list[CitedReason]
    counts: dict[str, int]
    items: list[FileItem]


async def whose(ask: Ask, words: str | None) -> UUID:
    """The driver meant. A person with the role driver may leave it out, or name only themself."""
    caller = ask.visitor.caller
    if caller.role is not Role.DRIVER:
        if words is None:
            raise ToolError("Say which driver: an employee id, a name, or the id that search_drivers gives.")
        return await ask.find.driver(words)
    if words is None or as_uuid(words) is None:
        if caller.driver_id is None:
            raise ToolError("This person has no driver file. Ask an administrator of the carrier to link it.")
        return caller.driver_id
    return as_uuid(words) or caller.driver_id or caller.user_id


def check_own(ask: Ask, words: str | None, driver: Driver) -> None:
    """`ToolError` when a person with the role driver named somebody else."""
    if words is None or ask.visitor.caller.role is not Role.DRIVER or as_uuid(words) is not None:
        return
    name = fold(f"{driver.first_name} {driver.last_name} {driver.employee_id}").split()
    if not all(any(part.startswith(word) for part in name) for word in fold(words).split()):
        raise ToolError(f"This person sees the own file only, that of {driver}. No driver '{words}' is within reach.")


async def read(ask: Ask, words: str | None, as_of: date | None) -> DriverFile:
    """The whole file of the driver meant."""
    file = await ask.api.get(path("drivers", await whose(ask, words), "file"), DriverFile, as_of=as_of)
    check_own(ask, words, file.driver)
    return file


async def _run(ask: Ask, given: Arguments) -> Answer:
    only = await ask.find.requirements(given.requirement)
    file = await read(ask, given.driver, given.as_of)
    shown = [item for item in file.items if _wanted(item, given, only)]
    for item in shown:
        item.evidence = item.evidence[:_MOST_EVIDENCE]
    counts = dict(Counter(item.state for item in file.items))
    result = Result(
        file.driver,
        file.as_of,
        file.employed,
        file.may_drive,
        file.reasons,
        file.restrictions,
        dict(sorted(counts.items())),
        shown,
    )
    return Answer(result, "\n".join([head(ask, file), *(line(item) for item in shown)]))


def _wanted(item: FileItem, given: Arguments, only: tuple[str, ...]) -> bool:
    if only:
        return item.requirement in only
    if given.items == "attention":
        return item.state not in _FINE or bool(item.conflicts)
    return given.items == "all" or item.state != "not_applicable"


def head(ask: Ask, file: DriverFile) -> str:
    """Who may drive or not, and why, in one line."""
    if file.may_drive:
        verdict = ask.say("may drive", "puede conducir")
    else:
        verdict = ask.say("may NOT drive", "NO puede conducir")
        verdict += ": " + " ".join(reason.text for reason in file.reasons) if file.reasons else ""
    limits = "".join(f"\n! {reason.text}" for reason in file.restrictions)
    return f"{file.driver}, {file.as_of}: {verdict}{limits}"


def line(item: FileItem) -> str:
    """One item in a line, with its conflicts."""
    cited = ", ".join(citation.cfr for citation in item.citations)
    conflicts = "".join(f" ! {conflict.text}" for conflict in item.conflicts)
    return f"- {item.title} [{item.requirement}] {item.state}: {item.explanation.summary}{conflicts}" + (
        "" if not cited or cited in item.explanation.summary else f" ({cited})"
    )


TOOL = Tool(
    name="driver_file",
    title="Driver qualification file",
    description=(
        "Reads one driver's qualification file on a day: whether the driver may drive, and for each requirement its state, its "
        "dates, the explanation with the date arithmetic step by step, the CFR citation, conflicts between dates, and the newest "
        "evidence. Name the driver by employee id or name; if several fit, the error lists them. A person with the role driver "
        "leaves `driver` out and gets the own file. Use items=attention for what is not in order, and `requirement` for one "
        "question such as 'why is her medical card expired?'. `as_of` answers for any past or coming day."
    ),
    scope=Scope.DRIVERS_READ,
    permissions=frozenset({Permission.READ_DRIVERS, Permission.READ_OWN_FILE}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
