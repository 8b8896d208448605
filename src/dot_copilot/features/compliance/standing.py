"""What the engine found, in the words and shapes of the routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from dot_copilot.features.documents.schemas import Evidence

from . import schemas
from .engine import evaluate
from .explain import citations, conflict_text, explanation, note_text, reason_text, reason_title
from .model import Item, Locale, Reason, Standing, State
from .policy_rules import Rules
from .projection import Case
from .words import title

WITHHELD: dict[Locale, str] = {
    "en": "Records of previous employers are kept apart (49 CFR 391.53): your role sees that they exist and how they stand.",
    "es": "Estos registros de empleadores anteriores se guardan aparte (49 CFR 391.53). Su función ve que existen y su estado.",
}


def stand(case: Case, rules: Rules, as_of: date, *, only: Container[str] | None = None) -> Standing:
    """The driver's standing by the carrier's rules; with `only`, by these requirements alone."""
    return evaluate(
        case.facts,
        case.evidence,
        as_of,
        policy=rules.policy,
        waivers=case.waivers,
        warning_days=rules.warning_days,
        only=only,
    )


def employed(case: Case, standing: Standing) -> bool:
    """Whether the driver is employed on the day, as far as anybody knows: without a hire date on record, yes."""
    return standing.employed or not case.hired


def reason(found: Reason, locale: Locale) -> schemas.ReasonOut:
    """Why the driver can't drive."""
    return schemas.ReasonOut.model_construct(**_reason(found, locale))


def cited_reason(found: Reason, locale: Locale) -> schemas.CitedReasonOut:
    """As `reason`, with where the rule stands."""
    places = [_citation(place) for place in citations(found.item)] if found.item else []
    return schemas.CitedReasonOut.model_construct(**_reason(found, locale), citations=places)


def _reason(found: Reason, locale: Locale) -> dict[str, Any]:
    return {
        "requirement": found.key,
        "title": reason_title(found, locale),
        "state": found.state,
        "text": reason_text(found, locale),
    }


def counts(standing: Standing) -> dict[State, int]:
    """Number of requirements in each state that applies."""
    found = Counter(item.state for item in standing.items)
    found.pop(State.NOT_APPLICABLE, None)
    return dict(found)


def next_due(standing: Standing, locale: Locale) -> schemas.NextDueOut | None:
    """The first due date that has not passed."""
    ahead = [(item.due_on, item.key, item) for item in standing.items if item.due_on and item.due_on >= standing.as_of]
    if not ahead:
        return None
    due_on, key, item = min(ahead, key=lambda found: found[:2])
    return schemas.NextDueOut.model_construct(requirement=key, title=title(item.requirement, locale), due_on=due_on)


def file_item(item: Item, evidence: Iterable[Evidence], locale: Locale) -> schemas.FileItemOut:
    """One requirement with its explanation."""
    why = explanation(item, locale)
    return schemas.FileItemOut.model_construct(
        requirement=item.key,
        title=title(item.requirement, locale),
        source=item.requirement.source.value,
        state=item.state,
        forbids_driving=item.forbids,
        due_on=item.due_on,
        valid_until=item.valid_until,
        evidence_id=UUID(str(item.cause.evidence.id)) if item.cause else None,
        citations=[_citation(place) for place in citations(item)],
        explanation=schemas.ExplanationOut.model_construct(
            summary=why.summary,
            steps=[schemas.StepOut.model_construct(text=step.text, date=step.date) for step in why.steps],
        ),
        conflicts=[
            schemas.ConflictOut.model_construct(
                code=conflict.code,
                text=conflict_text(conflict, locale),
                evidence_id=UUID(str(conflict.evidence_id)),
                stated=conflict.stated,
                counted=conflict.counted,
            )
            for conflict in item.conflicts
        ],
        notes=[schemas.NoteOut.model_construct(code=note, text=note_text(note, locale)) for note in item.notes],
        evidence=list(evidence),
        apart=item.requirement.retention.separate,
        withheld=False,
    )


def apart(item: Item, locale: Locale) -> schemas.FileItemOut:
    """A requirement of the file that is kept apart (49 CFR 391.53), for who may not open it: that it exists, and its state."""
    shown = file_item(item, [], locale)
    summary = WITHHELD[locale]
    return shown.model_copy(
        update={
            "evidence_id": None,
            "valid_until": None,
            "explanation": schemas.ExplanationOut(summary=summary, steps=[]),
            "conflicts": [],
            "notes": [],
            "withheld": True,
        }
    )


def _citation(place: Any) -> schemas.CitationOut:
    return schemas.CitationOut.model_construct(cfr=place.cfr, url=place.url)
