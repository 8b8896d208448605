"""`audit_trail`: who did what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.finding import as_uuid
from dot_copilot.mcp.server.shapes import Cursor, DriverText, Language, Limit
from dot_copilot.mcp.server.tool import Answer, Ask, Tool

_DETAILS_SHOWN = 160


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True, rename={"from_": "from"}):
    """Filters; all of them hold at once."""

    person: Annotated[str, Meta(max_length=120, description="Part of the name or address of who did it, or their id")] | None = (
        None
    )
    driver: DriverText | None = None
    action: (
        Annotated[
            str,
            Meta(max_length=100, description="As evidence.recorded, or evidence.* for all of a kind; assistant.call: tool calls"),
        ]
        | None
    ) = None
    from_: Annotated[date, Meta(description="First day, in the carrier's time zone")] | None = None
    to: Annotated[date, Meta(description="Last day, included")] | None = None
    limit: Limit = 25
    cursor: Cursor | None = None
    language: Language = "en"


class Actor(Struct):
    """Who did it, as they are called today."""

    id: UUID
    name: str | None
    email: str | None


class Visitor(Struct):
    """An auditor without an account, by the name they gave when they signed in to a share."""

    name: str | None
    organisation: str | None
    share_id: UUID
    share: str


class Entry(Struct):
    """One entry. `via`: web, job, share:<id>, or mcp:<assistant>; without `actor` and `visitor` it was the system itself."""

    seq: int
    at: datetime
    actor: Actor | None
    visitor: Visitor | None
    via: str
    action: str
    subject_type: str
    subject_id: str
    details: dict[str, Any]


class Result(Struct):
    """A page, the newest first."""

    items: list[Entry]
    next_cursor: str | None


async def _run(ask: Ask, given: Arguments) -> Answer:
    actor = None if given.person is None else as_uuid(given.person)
    found = await ask.api.get(
        "/audit",
        Result,
        actor=actor,
        person=given.person if actor is None else None,
        subject=None if given.driver is None else await ask.find.driver(given.driver),
        action=given.action,
        from_=given.from_,
        to=given.to,
        limit=given.limit,
        cursor=given.cursor,
    )
    if not found.items:
        return Answer(found, ask.say("Nothing on record matches.", "Ningún registro coincide."))
    return Answer(found, "\n".join(_line(ask, entry) for entry in found.items))


def _line(ask: Ask, entry: Entry) -> str:
    details = msgspec.json.encode(entry.details).decode()
    shown = details if len(details) <= _DETAILS_SHOWN else details[:_DETAILS_SHOWN] + "…"
    did = f"{entry.action} {entry.subject_type} {entry.subject_id}"
    return f"- {entry.at:%Y-%m-%d %H:%M} UTC {_who(ask, entry)} via {entry.via}: {did} {shown}"


def _who(ask: Ask, entry: Entry) -> str:
    if entry.actor is not None:
        return entry.actor.name or entry.actor.email or str(entry.actor.id)
    if entry.visitor is None:
        return ask.say("the system", "el sistema")
    who = ", ".join(part for part in (entry.visitor.name, entry.visitor.organisation) if part)
    share = msgspec.json.encode(entry.visitor.share).decode()
    return ask.say(f"{who} (visitor of the share {share})", f"{who} (visitante del acceso {share})").lstrip()


TOOL = Tool(
    name="audit_trail",
    title="Who did what",
    description=(
        "Reads the carrier's audit log, newest first: who did what to whom or what, when, and through which client ('web', or "
        "'mcp:<assistant>'). Filter by person, driver, action (evidence.*, driver.*, roster.*, assistant.call ...) and days. The "
        "log can't be changed; times are UTC, the days of the filters are those of the carrier's time zone."
    ),
    scope=Scope.AUDIT_READ,
    permissions=frozenset({Permission.READ_AUDIT}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
