"""Words for what the engine found. Nothing here decides anything, and nothing here runs unless a person looks."""

from __future__ import annotations

from datetime import date, timedelta

from .arithmetic import steps, unknown_facts
from .model import Conflict, Explanation, Item, Locale, NoteCode, Reason, State
from .requirement import Citation, Requirement
from .words import Say, title, title_of

_ONE_DAY = timedelta(days=1)
_TWELVE_MONTH_CITATION = (("insulin_treated", "391.46"), ("vision_alternative", "391.44"), ("grandfathered_medical", "391.64"))


def explanation(item: Item, locale: Locale = "en") -> Explanation:
    """Why the item is as it is: one sentence, then the arithmetic line by line."""
    say = Say(locale)
    return Explanation(_sentence(item, say), tuple(steps(item, say)))


def reason_text(reason: Reason, locale: Locale = "en") -> str:
    """One sentence: the summary of the item behind the reason."""
    say = Say(locale)
    if reason.item is None:
        return say("not_employed" if reason.state is State.NOT_APPLICABLE else "not_hired")
    return _sentence(reason.item, say)


def reason_title(reason: Reason, locale: Locale = "en") -> str:
    """The name of the requirement behind the reason, or "Employment"."""
    return title_of(reason.key, locale) if reason.item is None else title(reason.item.requirement, locale)


def summary(
    requirement: Requirement, state: State, due_on: date | None = None, valid_until: date | None = None, locale: Locale = "en"
) -> str:
    """The sentence for a state whose facts and evidence are not at hand, as in a list."""
    say = Say(locale)
    return _cited(say, _stated(say, requirement, state, due_on, valid_until), requirement.citations)


def conflict_text(conflict: Conflict, locale: Locale = "en") -> str:
    """What does not fit together, in one sentence."""
    return Say(locale)(f"conflict.{conflict.code}", stated=conflict.stated or "", counted=conflict.counted or "")


def note_text(note: NoteCode, locale: Locale = "en") -> str:
    """The note, in one sentence."""
    return Say(locale)(f"note.{note}")


def citations(item: Item) -> tuple[Citation, ...]:
    """Where the rule stands, the place that decides for this driver first."""
    if item.key == "mec_12" and item.case is not None:
        for fact, section in _TWELVE_MONTH_CITATION:
            if getattr(item.case.facts, fact) or unknown_facts(item) == (fact,):
                lead = Citation.of(section)
                return (lead, *(citation for citation in item.citations if citation != lead))
    return item.citations


def _cited(say: Say, text: str, places: tuple[Citation, ...]) -> str:
    return say("cited", text=text, cite=places[0].cfr) if places else text


def _sentence(item: Item, say: Say) -> str:
    text = None
    name = title(item.requirement, say.locale)
    if item.state is State.UNKNOWN and (facts := unknown_facts(item)):
        text = say("unknown", title=name, facts=say.join([say(f"fact.{fact}") for fact in facts]))
    elif item.state is State.BLOCKED and item.cause is not None and say.knows(f"outcome.{item.cause.evidence.outcome}"):
        text = say("blocked", title=name, outcome=say(f"outcome.{item.cause.evidence.outcome}"))
    if text is None:
        text = _stated(say, item.requirement, item.state, item.due_on, item.valid_until)
    return _cited(say, text, citations(item))


def _stated(say: Say, requirement: Requirement, state: State, due_on: date | None, valid_until: date | None) -> str:
    phrase, dates = str(state), {}
    if state in (State.UNKNOWN, State.BLOCKED):
        phrase = f"{state}.plain"
    elif state is State.VALID and valid_until is None:
        phrase = "valid.once"
    elif valid_until is not None:
        dates = {"until": valid_until, "since": valid_until + _ONE_DAY}
    elif due_on is not None:
        dates = {"due": due_on, "since": due_on + _ONE_DAY}
    return say(phrase, title=title(requirement, say.locale), **dates)
