"""`record_evidence`: adds a dated fact to a driver's file, and tells what that changed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.errors import ToolError
from dot_copilot.mcp.server.inside import path
from dot_copilot.mcp.server.shapes import (
    Driver,
    DriverFile,
    DriverText,
    Evidence,
    Explanation,
    FileItem,
    Language,
    Outcome,
    Remark,
    RequirementText,
    State,
)
from dot_copilot.mcp.server.tool import Answer, Ask, Tool
from dot_copilot.mcp.server.tools.driver_file import read


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """The fact."""

    driver: DriverText | None = None
    requirement: RequirementText
    obtained_on: Annotated[date, Meta(description="Day of the exam, query, test or signature, as 2026-11-20; not in the future")]
    expires_on: Annotated[date, Meta(description="The expiry date as printed on the document")] | None = None
    outcome: (
        Annotated[
            Outcome, Meta(description="The result, for requirements that have one (explain_requirement lists them as `outcomes`)")
        ]
        | None
    ) = None
    note: Annotated[str, Meta(max_length=2000, description="Anything worth keeping with it, such as who issued it")] | None = None
    language: Language = "en"


class Standing(Struct):
    """The requirement, and the driver as a whole, at one moment."""

    state: State
    due_on: date | None
    valid_until: date | None
    may_drive: bool


class Result(Struct):
    """What was recorded and what it changed, today at the driver's terminal. `waits_for_review`: it does not count yet."""

    driver: Driver
    evidence: Evidence
    waits_for_review: bool
    before: Standing | None
    after: Standing | None
    explanation: Explanation | None
    conflicts: list[Remark]


def _standing(file: DriverFile, item: FileItem | None) -> Standing | None:
    return None if item is None else Standing(item.state, item.due_on, item.valid_until, file.may_drive)


def _item(file: DriverFile, key: str) -> FileItem | None:
    return next((item for item in file.items if item.requirement == key), None)


async def _run(ask: Ask, given: Arguments) -> Answer:
    key = await ask.find.requirement(given.requirement)
    if key is None:
        raise ToolError("Say what the evidence is for: `requirement`.")
    before = await read(ask, given.driver, None)
    body = {
        "requirement": key,
        "obtained_on": given.obtained_on,
        "expires_on": given.expires_on,
        "outcome": given.outcome,
        "note": given.note,
    }
    where = path("drivers", before.driver.id)
    evidence = await ask.api.post(f"{where}/evidence", {name: v for name, v in body.items() if v is not None}, Evidence)
    after = await ask.api.get(f"{where}/file", DriverFile)
    item = _item(after, key)
    result = Result(
        driver=after.driver,
        evidence=evidence,
        waits_for_review=evidence.review == "pending",
        before=_standing(before, _item(before, key)),
        after=_standing(after, item),
        explanation=item.explanation if item else None,
        conflicts=item.conflicts if item else [],
    )
    return Answer(result, _text(ask, result, item))


def _text(ask: Ask, result: Result, item: FileItem | None) -> str:
    title = item.title if item else result.evidence.requirement
    lines = [
        ask.say(
            f"Recorded for {result.driver}: {title}, {result.evidence.obtained_on}.",
            f"Registrado para {result.driver}: {title}, {result.evidence.obtained_on}.",
        )
    ]
    if result.waits_for_review:
        lines.append(
            ask.say("It counts once a safety manager has accepted it.", "Contará cuando la gerencia de seguridad lo acepte.")
        )
    if result.before and result.after and item:
        lines.append(f"{result.before.state} -> {result.after.state}: {item.explanation.summary}")
        if result.before.may_drive != result.after.may_drive:
            lines.append(
                ask.say("The driver may drive now.", "Ahora el chofer puede conducir.")
                if result.after.may_drive
                else ask.say("The driver may NOT drive any more.", "El chofer ya NO puede conducir.")
            )
    lines += [f"! {conflict.text}" for conflict in result.conflicts]
    return "\n".join(lines)


TOOL = Tool(
    name="record_evidence",
    title="Record evidence",
    description=(
        "Adds one dated fact to a driver's file: a medical exam, an MVR, a Clearinghouse query, a test result, a "
        "training, a signed "
        "form. It never changes or deletes what is on record. Calling it twice records it twice, so confirm driver, requirement "
        "and dates with the person first, and don't repeat a call whose answer you did not see without checking driver_file. The "
        "answer tells what the record changed. What a person with the role driver sends waits for a review. Files can't be "
        "attached here; the web application does that."
    ),
    scope=Scope.EVIDENCE_WRITE,
    permissions=frozenset({Permission.WRITE_EVIDENCE, Permission.WRITE_OWN_EVIDENCE}),
    arguments=Arguments,
    result=Result,
    run=_run,
    writes=True,
)
