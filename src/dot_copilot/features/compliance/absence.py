"""Why a requirement does not apply on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .applicability import Applies
from .case import Case
from .model import Item, Step
from .requirement import Requirement, Scope
from .rules import compiled
from .words import Say, texts


def absence_steps(item: Item, say: Say) -> Iterator[Step]:
    """The one reason that decides."""
    case, day = item.case, item.as_of
    if case is None or day is None:
        return
    requirement = item.requirement
    if requirement.scope is Scope.CARRIER:
        yield Step(say("na.carrier"))
        return
    number = day.toordinal()
    episode = next((episode for episode in case.episodes if episode.hired <= number <= episode.last), None)
    if episode is None:
        yield Step(say("na.employment", day=day), day)
        return
    yield _reason(requirement, case, day, date.fromordinal(episode.hired), say)


def _reason(requirement: Requirement, case: Case, day: date, hired: date, say: Say) -> Step:
    for waiver in case.waivers:
        if waiver.requirement == requirement.key and waiver.from_on <= day <= waiver.until_on:
            return Step(say("na.waived", first=waiver.from_on, last=waiver.until_on, reason=waiver.reason), waiver.until_on)
    if day < requirement.effective_from:
        return Step(say("na.not_yet", day=requirement.effective_from), requirement.effective_from)
    if requirement.effective_to and day > requirement.effective_to:
        return Step(say("na.no_more", day=requirement.effective_to), requirement.effective_to)
    who = texts(requirement, say.locale).applies_to
    begins = getattr(case.facts, requirement.starts_with) if requirement.starts_with else None
    if begins is not None and begins < requirement.effective_from:
        return Step(say("na.issued_before", day=begins, since=requirement.effective_from), begins)
    answer = compiled(requirement).applies(case.facts)
    if answer is Applies.YES:
        return _not_asked(requirement, case, day, hired, say)
    return Step(say("na.unclaimed" if answer is Applies.UNCLAIMED else "na.others", who=who))


def _not_asked(requirement: Requirement, case: Case, day: date, hired: date, say: Say) -> Step:
    """It is for drivers such as this one, but not in this employment, or not yet."""
    if requirement.hired_since and hired < requirement.hired_since:
        return Step(say("na.hired_before", since=requirement.hired_since, hired=hired), requirement.hired_since)
    if requirement.replaced_since and hired >= requirement.replaced_since:
        return Step(say("na.replaced", since=requirement.replaced_since), requirement.replaced_since)
    begins = getattr(case.facts, requirement.starts_with) if requirement.starts_with else None
    if begins is not None and begins > day:
        return Step(say("na.starts_later", day=begins), begins)
    return Step(say("na.others", who=texts(requirement, say.locale).applies_to))
