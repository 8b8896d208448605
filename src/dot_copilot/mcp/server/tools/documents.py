"""`list_documents`, `request_document` and `review_queue`: the papers behind the evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.inside import Refusal, path
from dot_copilot.mcp.server.shapes import Cursor, DriverText, Language, Limit, RequirementText, TerminalText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool
from dot_copilot.mcp.server.tools.driver_file import whose

_MOST_LINKS = 20


class ListArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whose documents, and of which requirement."""

    driver: DriverText | None = None
    requirement: RequirementText | None = None
    links: Annotated[
        bool, Meta(description="Also a link to each document, which opens it for five minutes without signing in")
    ] = False
    language: Language = "en"


class RequestArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is wanted of whom."""

    driver: DriverText
    requirement: RequirementText
    note: Annotated[str, Meta(max_length=1000, description="The driver reads it: what exactly is needed, in their language")] = ""
    due_on: Annotated[date, Meta(description="Until when, as 2026-12-04")] | None = None
    language: Language = "en"


class SendArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whose document, and what it proves."""

    driver: DriverText | None = None
    requirement: RequirementText
    file_name: Annotated[str, Meta(min_length=1, max_length=255, description="Name of the file, such as card.pdf")]
    obtained_on: Annotated[date, Meta(description="Day of the exam, query, test or signature, as 2026-11-20; not in the future")]
    expires_on: Annotated[date, Meta(description="The expiry date as printed on the document")] | None = None
    note: Annotated[str, Meta(max_length=2000, description="Anything worth keeping with it")] | None = None
    language: Language = "en"


class QueueArguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Of which terminal."""

    terminal: TerminalText | None = None
    limit: Limit = 25
    cursor: Cursor | None = None
    language: Language = "en"


class File(Struct):
    """A stored file. It can be opened while `state` is clean."""

    id: UUID
    file_name: str
    media_type: str
    size: int
    state: str


class Evidence(Struct):
    """The evidence a document belongs to."""

    id: UUID
    requirement: str
    obtained_on: date
    expires_on: date | None
    review: str
    review_note: str | None
    recorded_at: datetime
    document: File | None = None


class Document(Struct):
    """A document, what it proves, and if asked for a link that opens it until `expires_at`."""

    evidence: Evidence
    url: str | None = None
    expires_at: datetime | None = None


class Documents(Struct):
    """Newest first."""

    items: list[Document]


class Request(Struct):
    """What a driver was asked for. A document sent for the requirement fulfils it."""

    id: UUID
    driver_id: UUID
    requirement: str
    note: str
    due_on: date | None
    state: Literal["open", "fulfilled", "cancelled"]
    asked_at: datetime


class UploadLink(Struct):
    """Takes the file by an HTTP PUT of its bytes, without signing in, until `expires_at`."""

    url: str
    expires_at: datetime
    most_bytes: int


class WaitingDriver(Struct):
    """Whose evidence waits."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    terminal_name: str


class Waiting(Struct):
    """One piece of evidence that waits for a safety manager's word."""

    driver: WaitingDriver
    evidence: Evidence


class Queue(Struct):
    """Oldest first; `total` counts all pages."""

    items: list[Waiting]
    total: int
    next_cursor: str | None


class _Page(Struct):
    items: list[Evidence]
    next_cursor: str | None


class _Link(Struct):
    url: str
    expires_at: datetime


async def _list(ask: Ask, given: ListArguments) -> Answer:
    driver = await whose(ask, given.driver)
    keys = await ask.find.requirements(given.requirement)
    page = await ask.api.get(f"{path('drivers', driver)}/evidence", _Page, limit=200)
    wanted = [one for one in page.items if one.document is not None and (not keys or one.requirement in keys)]
    found = Documents([await _document(ask, one, linked=given.links and n < _MOST_LINKS) for n, one in enumerate(wanted)])
    if not found.items:
        return Answer(found, ask.say("There is no document.", "No hay ningún documento."))
    return Answer(found, "\n".join(_line(one) for one in found.items))


async def _document(ask: Ask, evidence: Evidence, *, linked: bool) -> Document:
    if not linked or evidence.document is None:
        return Document(evidence)
    try:
        link = await ask.api.post(f"{path('documents', evidence.document.id)}/link", {}, _Link)
    except Refusal:  # it may be listed by this person, but not opened
        return Document(evidence)
    return Document(evidence, ask.public_url + link.url, link.expires_at)


def _line(one: Document) -> str:
    evidence = one.evidence
    name = evidence.document.file_name if evidence.document else ""
    until = f" until {evidence.expires_on}" if evidence.expires_on else ""
    review = "" if evidence.review == "accepted" else f" [{evidence.review}]"
    return f"- {evidence.requirement} {evidence.obtained_on}{until}{review}: {name}" + (f" {one.url}" if one.url else "")


async def _request(ask: Ask, given: RequestArguments) -> Answer:
    driver = await ask.find.driver(given.driver)
    key = await ask.find.requirement(given.requirement)
    if key is None:
        raise ToolError("Say what the document is for: `requirement`.")
    body = {"requirement": key, "note": given.note} | ({"due_on": given.due_on} if given.due_on else {})
    made = await ask.api.post(f"{path('drivers', driver)}/document-requests", body, Request)
    due = f" ({made.due_on})" if made.due_on else ""
    return Answer(made, ask.say(f"Asked for {made.requirement}{due}.", f"Se pidió {made.requirement}{due}."))


async def _send(ask: Ask, given: SendArguments) -> Answer:
    driver = await whose(ask, given.driver)
    key = await ask.find.requirement(given.requirement)
    if key is None:
        raise ToolError("Say what the document is for: `requirement`.")
    facts = {"requirement": key, "obtained_on": given.obtained_on, "expires_on": given.expires_on, "note": given.note}
    evidence = {name: value for name, value in facts.items() if value is not None}
    body = {"file_name": given.file_name, "evidence": evidence}
    link = await ask.api.post(f"{path('drivers', driver)}/upload-link", body, UploadLink)
    link.url = ask.public_url + link.url
    text = ask.say(
        f"Send the file: curl -T {given.file_name!r} {link.url}\nThe link works until {link.expires_at:%H:%M} UTC.",
        f"Envíe el archivo: curl -T {given.file_name!r} {link.url}\nEl enlace vale hasta las {link.expires_at:%H:%M} UTC.",
    )
    return Answer(link, text)


async def _queue(ask: Ask, given: QueueArguments) -> Answer:
    terminal = await ask.find.terminal(given.terminal)
    found = await ask.api.get("/review", Queue, terminal=terminal, limit=given.limit, cursor=given.cursor)
    if not found.items:
        return Answer(found, ask.say("Nothing waits for a review.", "Nada espera revisión."))
    lines = [ask.say(f"{found.total} wait for a review.", f"{found.total} esperan revisión.")]
    for one in found.items:
        who, evidence = one.driver, one.evidence
        file = evidence.document.file_name if evidence.document else ask.say("no document", "sin documento")
        lines.append(
            f"- {who.first_name} {who.last_name} ({who.employee_id}, {who.terminal_name}): {evidence.requirement} "
            f"{evidence.obtained_on}, {file}"
        )
    return Answer(found, "\n".join(lines))


LIST = Tool(
    name="list_documents",
    title="Documents of a driver",
    description=(
        "Lists the documents in one driver's file, newest first: what each proves, its dates, its review, and with links=true a "
        "link that opens it for five minutes without signing in, so give it to nobody but the person you work for. A person with "
        "the role driver leaves `driver` out. The 391.53 file is listed only for those who may read it."
    ),
    scope=Scope.DOCUMENTS_READ,
    permissions=frozenset({Permission.READ_DRIVERS, Permission.READ_OWN_FILE}),
    arguments=ListArguments,
    result=Documents,
    run=_list,
)
REQUEST = Tool(
    name="request_document",
    title="Ask a driver for a document",
    description=(
        "Asks a driver for a document; the driver sees it on the phone, with the note, until one comes for that requirement. "
        "Asking again for what is open already is refused. Confirm driver, requirement and words with the person first."
    ),
    scope=Scope.DOCUMENTS_WRITE,
    permissions=frozenset({Permission.WRITE_EVIDENCE}),
    arguments=RequestArguments,
    result=Request,
    run=_request,
    writes=True,
)
SEND = Tool(
    name="upload_document",
    title="Upload a document",
    description=(
        "Gives a link that takes one document for a driver's file by an HTTP PUT of its bytes, for fifteen minutes, without "
        "signing in: send it there, or give the link to nobody but the person you work for. It is checked as every upload is; "
        "the answer to the PUT tells what was recorded. Sent twice through one link it is one document. What a person with the "
        "role driver sends waits for a review."
    ),
    scope=Scope.DOCUMENTS_WRITE,
    permissions=frozenset({Permission.WRITE_EVIDENCE, Permission.WRITE_OWN_EVIDENCE}),
    arguments=SendArguments,
    result=UploadLink,
    run=_send,
    writes=True,
)
QUEUE = Tool(
    name="review_queue",
    title="What waits for a review",
    description=(
        "Lists what drivers have sent and nobody has accepted or returned yet, oldest first. A person accepts and returns "
        "them, in the web application."
    ),
    scope=Scope.DOCUMENTS_READ,
    permissions=frozenset({Permission.REVIEW_EVIDENCE}),
    arguments=QueueArguments,
    result=Queue,
    run=_queue,
)
