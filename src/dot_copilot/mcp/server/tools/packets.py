"""`draft_packet` and `fetch_packet`: audit packets, from the request to the files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.inside import path
from dot_copilot.mcp.server.shapes import AsOf, DriverText, Language, State, TerminalText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool
from dot_copilot.mcp.server.tools.driver_file import whose

_MOST_NAMED = 50
_MOST_LINKS = 20


class DraftArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whose files go in, and as of which day."""

    drivers: Annotated[list[DriverText], Meta(max_length=_MOST_NAMED, description="Drivers by name, employee id or id")] = []
    terminal: TerminalText | None = None
    state: Annotated[State, Meta(description="Instead of naming drivers: those with a requirement in this state")] | None = None
    may_drive: (
        Annotated[bool, Meta(description="Instead of naming drivers: those who may drive, or those who may not")] | None
    ) = None
    as_of: AsOf | None = None
    title: Annotated[str, Meta(max_length=200, description="What the packet is for, such as 'FMCSA audit, December'")] = ""
    originals: Annotated[bool, Meta(description="Also the documents as they were sent, in the archive")] = False
    language: Language = "en"


class FetchArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which packet."""

    packet_id: Annotated[UUID, Meta(description="Id of a packet; the newest packets are listed when absent")] | None = None
    language: Language = "en"


class Packet(Struct):
    """A packet and how far it has come. `code` is printed on each page; anybody can check it at `verify_url`."""

    id: UUID
    code: str
    title: str
    state: Literal["queued", "building", "done", "failed", "cancelled"]
    as_of: date
    total: int
    built: int
    problem: str | None
    downloadable: bool
    verify_url: str
    created_at: datetime
    files_until: datetime | None
    revoked_at: datetime | None


class PacketDriver(Struct):
    """One driver of a packet. `left_out`: documents that a page stands for, which says why."""

    driver_id: UUID
    name: str
    employee_id: str
    state: Literal["waiting", "done"]
    pages: int | None
    documents: int
    left_out: int


class Details(Packet):
    """A packet with its drivers."""

    drivers: list[PacketDriver] = []


class Link(Struct):
    """Downloads one file without a token, for whoever holds it, until `expires_at`."""

    what: Literal["archive", "pdf"]
    name: str
    url: str
    expires_at: datetime


class Result(Struct):
    """Packets, the newest first; of one that was named and is done, its drivers, and links to its files."""

    items: list[Details]
    links: list[Link]


class _Sealed(Struct):
    url: str
    expires_at: datetime


class _Page(Struct):
    items: list[Details]


async def _draft(ask: Ask, given: DraftArguments) -> Answer:
    if given.drivers and (given.terminal or given.state or given.may_drive is not None):
        raise ToolError("Either name drivers, or say which terminal, state or verdict: not both.")
    body: dict[str, object] = {"title": given.title, "originals": given.originals, "as_of": given.as_of}
    if given.drivers or ask.visitor.caller.driver_id is not None:
        named: list[str | None] = [*given.drivers] or [None]
        body["drivers"] = list(dict.fromkeys([await whose(ask, words) for words in named]))
    else:
        terminal = await ask.find.terminal(given.terminal)
        wanted = {"terminal": None if terminal is None else str(terminal), "state": given.state, "may_drive": given.may_drive}
        body["filter"] = {name: value for name, value in wanted.items() if value is not None}
    made = await ask.api.post("/packets", {name: value for name, value in body.items() if value is not None}, Packet)
    text = ask.say(
        f"Packet {made.code} of {made.total} drivers as of {made.as_of} is being built. Its id is {made.id}: ask fetch_packet.",
        f"El paquete {made.code} de {made.total} choferes al {made.as_of} se está preparando. Su id es {made.id}: pida "
        "fetch_packet.",
    )
    return Answer(made, text)


async def _fetch(ask: Ask, given: FetchArguments) -> Answer:
    if given.packet_id is None:
        found = Result((await ask.api.get("/packets", _Page, limit=10)).items, [])
        if not found.items:
            return Answer(found, ask.say("There is no packet yet; draft_packet asks for one.", "Aún no hay ningún paquete."))
        return Answer(found, "\n".join(_line(ask, one) for one in found.items))
    one = await ask.api.get(path("packets", given.packet_id), Details)
    links = await _links(ask, one) if one.downloadable else []
    lines = [_line(ask, one), *(f"  {link.name}: {link.url}" for link in links)]
    if links:
        until = links[0].expires_at
        lines.append(ask.say(f"The links work until {until:%H:%M} UTC.", f"Los enlaces valen hasta las {until:%H:%M} UTC."))
    return Answer(Result([one], links), "\n".join(lines))


async def _links(ask: Ask, one: Details) -> list[Link]:
    """The archive if there are several drivers, else the PDFs: at most so many that a person would open."""
    if len(one.drivers) > _MOST_LINKS:
        return [await _link(ask, one, "archive", f"{one.code}.zip", {})]
    return [
        await _link(ask, one, "pdf", f"{driver.name} ({driver.employee_id}).pdf", {"driver_id": str(driver.driver_id)})
        for driver in one.drivers
    ]


async def _link(ask: Ask, one: Packet, what: Literal["archive", "pdf"], name: str, more: dict[str, object]) -> Link:
    sealed = await ask.api.post(f"{path('packets', one.id)}/link", {"what": what, **more}, _Sealed)
    return Link(what, name, ask.public_url + sealed.url, sealed.expires_at)


def _line(ask: Ask, one: Packet) -> str:
    text = f"- {one.code} {one.title or ''} ({one.as_of}): {one.state}, {one.built}/{one.total}"
    if one.revoked_at is not None:
        text += ask.say("; revoked", "; revocado")
    return text + (f"; {one.problem}" if one.problem else "")


_PERMISSIONS = frozenset({Permission.READ_DRIVERS, Permission.READ_OWN_FILE})

DRAFT = Tool(
    name="draft_packet",
    title="Draft an audit packet",
    description=(
        "Asks for an audit packet: for each driver one PDF with an index, every requirement with state, dates and citations on "
        "a day, and every document; for several drivers also a ZIP. Name the drivers, or choose them by terminal, state or "
        "verdict; with nothing, everybody employed. It is built in the background: fetch_packet tells how far it is and "
        "gives the links. Nothing leaves the carrier until somebody opens or hands on a link."
    ),
    scope=Scope.PACKETS_WRITE,
    permissions=_PERMISSIONS,
    arguments=DraftArguments,
    result=Packet,
    run=_draft,
    writes=True,
)
FETCH = Tool(
    name="fetch_packet",
    title="Fetch an audit packet",
    description=(
        "Tells how audit packets stand, and gives links to the files of one that is done (packet_id). A link downloads one file "
        "without signing in for five minutes, so give it to nobody but the person you work for. The code printed on each page "
        "can be checked by anybody at verify_url."
    ),
    scope=Scope.PACKETS_WRITE,
    permissions=_PERMISSIONS,
    arguments=FetchArguments,
    result=Result,
    run=_fetch,
)
