"""`explain_requirement`: what a rule asks, of whom, when, and where it stands."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.shapes import Citation, Language, RequirementText
from dot_copilot.mcp.server.tool import Answer, Ask, Tool


class Arguments(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which requirement."""

    requirement: RequirementText | None = None
    language: Language = "en"


class Requirement(Struct):
    """One entry of the catalogue. `verified_on`: when it was last checked against its source; null: not verified.

    `restricts` is the one kind of work that a gap forbids; `outcomes` are the results that evidence may carry.
    """

    key: str
    title: str
    applies_to: str
    trigger: str
    renewal: str
    retention: str
    evidence: str
    citations: list[Citation]
    effective_from: date
    effective_to: date | None
    verified_on: date | None
    blocks_driving: bool
    restricts: str | None
    scope: str
    source: str
    outcomes: list[str]


class Result(Struct):
    """The requirements meant; all of them when none is named."""

    items: list[Requirement]


async def _run(ask: Ask, given: Arguments) -> Answer:
    keys = await ask.find.requirements(given.requirement)
    found = await ask.api.get("/requirements", Result)
    if keys:
        found.items = [item for item in found.items if item.key in keys]
        return Answer(found, "\n\n".join(_whole(ask, item) for item in found.items))
    return Answer(found, "\n".join(f"- {item.key}: {item.title} ({_cited(item)}). {item.applies_to}." for item in found.items))


def _cited(item: Requirement) -> str:
    return ", ".join(citation.cfr for citation in item.citations) or item.source


def _whole(ask: Ask, item: Requirement) -> str:
    say = ask.say
    lines = [
        f"{item.title} [{item.key}], {_cited(item)}",
        f"{say('Who', 'Quién')}: {item.applies_to}",
        f"{say('When', 'Cuándo')}: {item.trigger}",
        f"{say('Renewal', 'Renovación')}: {item.renewal}",
        f"{say('Evidence', 'Comprobante')}: {item.evidence}",
        f"{say('Kept', 'Conservación')}: {item.retention}",
    ]
    if item.blocks_driving:
        lines.append(say("A gap forbids driving.", "Si falta, no se puede conducir."))
    if item.effective_to is not None:
        lines.append(say(f"In force until {item.effective_to}.", f"Vigente hasta el {item.effective_to}."))
    if item.verified_on is None and item.source == "federal":
        lines.append(say("Not yet checked against its source.", "Aún no se ha verificado con su fuente."))
    return "\n".join(lines)


TOOL = Tool(
    name="explain_requirement",
    title="Explain a requirement",
    description=(
        "Explains what a rule asks: to whom it applies, when it is due, how often it is renewed, what counts as "
        "evidence, how long "
        "it is kept, whether a gap forbids driving, and the CFR citation with its link. Covers the federal requirements and the "
        "carrier's own. Without `requirement` it lists them all with their keys. This informs; it is not legal advice."
    ),
    scope=Scope.COMPLIANCE_READ,
    permissions=frozenset({Permission.READ_DRIVERS, Permission.READ_OWN_FILE}),
    arguments=Arguments,
    result=Result,
    run=_run,
)
