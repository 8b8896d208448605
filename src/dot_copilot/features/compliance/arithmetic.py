"""The lines beneath a verdict: every date that went into it, so that a person can check the sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from .absence import absence_steps
from .applicability import missing_facts
from .case import Episode, Row
from .catalogue.drug_alcohol import DOWNGRADE_SINCE
from .catalogue.medical import PAPER_CARD_WINDOWS
from .dates import add_months
from .linked import cap_months, is_paper
from .model import FOREVER, Evidence, Grant, Item, State, Step
from .rules import Rule, compiled
from .words import Say, texts, title_of

_ONE_DAY = timedelta(days=1)
_MEDICAL = ("medical", "cdlis")
_TWELVE = ("insulin_treated", "vision_alternative", "grandfathered_medical")


def steps(item: Item, say: Say) -> Iterator[Step]:
    """The arithmetic of an item, in the order in which a person would do it."""
    match item.state:
        case State.NOT_APPLICABLE:
            yield from absence_steps(item, say)
            return
        case State.UNKNOWN:
            yield from _unknown(item, say)
        case State.MISSING | State.DUE | State.OVERDUE:
            yield from _gap(item, say)
        case State.PENDING_REVIEW if item.cause is not None:
            yield from _deadline(item, say)
            obtained = item.cause.evidence.obtained_on
            yield Step(say("step.review", day=obtained), obtained)
        case State.BLOCKED if item.cause is not None:
            yield from _event(item.cause.evidence, say)
        case _ if item.cause is not None:
            yield from _record(item, item.cause, say)
    yield _in_force(item, say)


def _in_force(item: Item, say: Say) -> Step:
    since, until = item.requirement.effective_from, item.requirement.effective_to
    if until:
        return Step(say("step.in_force_until", first=since, last=until), since)
    return Step(say("step.in_force", day=since), since)


def _unknown(item: Item, say: Say) -> Iterator[Step]:
    if item.cause is not None:
        yield _identity(item, item.cause, say)
    for fact in unknown_facts(item):
        phrase = say(f"fact.{fact}")
        yield Step(phrase[0].upper() + phrase[1:] + "?")
    yield Step(say("step.unknown"))


def unknown_facts(item: Item) -> tuple[str, ...]:
    """The names of the facts whose absence makes the item unknown."""
    if item.cause is not None:
        return item.cause.why
    deciding = missing_facts(item.requirement.condition, item.case.facts) if item.case else ()
    if not deciding and (episode := episode_at(item)) and not episode.known:
        return ("hired_on",)
    return deciding


def episode_at(item: Item) -> Episode | None:
    """The employment that the item's day lies in."""
    if item.case is None or item.as_of is None:
        return None
    day = item.as_of.toordinal()
    return next((episode for episode in item.case.episodes if episode.hired <= day <= episode.last), None)


def _gap(item: Item, say: Say) -> Iterator[Step]:
    yield from _deadline(item, say)
    if item.state is State.MISSING:
        yield Step(say("step.needed", trigger=texts(item.requirement, say.locale).trigger))
    age = item.requirement.max_age
    for record in item.evidence:
        if item.requirement.reading == "cdlis":
            yield Step(say("step.paper_over"), record.obtained_on)
        elif age is not None and record.requirement == item.key:
            span = say.days(age.days or 0) if age.months is None else say.months(age.months)
            yield Step(say("step.too_old", day=record.obtained_on, span=span), record.obtained_on)
    if not item.evidence:
        yield Step(say("step.nothing"))


def _deadline(item: Item, say: Say) -> Iterator[Step]:
    episode = episode_at(item)
    if episode is None or not episode.known:
        return
    requirement = item.requirement
    hired = date.fromordinal(episode.hired)
    yield Step(say("step.hired", day=hired), hired)
    if requirement.deadline.immediate or item.due_on is None or item.valid_until is not None:
        return
    anchor = hired
    if requirement.effective_from > hired:
        anchor = requirement.effective_from
        yield Step(say("step.anchor_rule", day=anchor), anchor)
    counted = list(_counted(anchor, requirement.deadline.months, requirement.deadline.days, say))
    yield from counted
    if len({step.date for step in counted}) > 1:
        yield Step(say("step.earlier", day=item.due_on), item.due_on)
    yield Step(say("step.deadline", day=item.due_on + _ONE_DAY), item.due_on)


def _counted(start: date, months: int | None, days: int | None, say: Say) -> Iterator[Step]:
    if months is not None:
        end = add_months(start, months)
        phrase = "step.plus" if end.day == start.day else "step.plus_clamped"
        yield Step(say(phrase, start=start, span=say.months(months), end=end), end)
    if days is not None:
        end = start + timedelta(days=days)
        yield Step(say("step.plus", start=start, span=say.days(days), end=end), end)


def _identity(item: Item, grant: Grant, say: Say) -> Step:
    """Which record it is about."""
    evidence = grant.evidence
    if not evidence.dated and evidence.expires_on is not None:
        return Step(say("step.undated"))
    if item.requirement.reading in _MEDICAL:
        return Step(say("step.exam", day=evidence.obtained_on), evidence.obtained_on)
    if evidence.requirement != item.key:
        name = title_of(evidence.requirement, say.locale)
        return Step(say("step.served", title=name, day=evidence.obtained_on), evidence.obtained_on)
    return Step(say("step.record", day=evidence.obtained_on), evidence.obtained_on)


def _record(item: Item, grant: Grant, say: Say) -> Iterator[Step]:
    """How long a record counts: what is counted, what is printed, which of them wins, how much is left."""
    yield _identity(item, grant, say)
    reached = []
    for step in _limits(item, grant, say):
        yield step
        if step.date is not None:
            reached.append(step.date)
    until = grant.until
    if until is None or until >= FOREVER:
        yield Step(say("step.once"))
        return
    last = date.fromordinal(until)
    if not reached or min(reached) != last:
        yield Step(say("step.until", day=last), last)
    elif len(set(reached)) > 1:
        yield Step(say("step.earlier", day=last), last)
    yield from _time_left(item, last, say)


def _limits(item: Item, grant: Grant, say: Say) -> Iterator[Step]:
    rule, evidence = compiled(item.requirement), grant.evidence
    medical = rule.reading in _MEDICAL
    months = rule.months
    if medical and item.case is not None:
        months = cap_months(rule, item.case)
        if months != 24:
            yield _why_twelve(item, say)
    if evidence.dated or evidence.expires_on is None:
        yield from _counted(evidence.obtained_on, months, rule.days, say)
    if evidence.expires_on is not None and grant.until != FOREVER and rule.reading != "registry_check":
        yield Step(say("step.printed.medical" if medical else "step.printed", day=evidence.expires_on), evidence.expires_on)
    yield from _linked(item, rule, grant, say)


def _why_twelve(item: Item, say: Say) -> Step:
    facts = item.case.facts if item.case else None
    reasons = [say(f"step.twelve.{name}") for name in _TWELVE if facts is not None and getattr(facts, name)]
    return Step(say("step.twelve", why=say.join(reasons)))


def _linked(item: Item, rule: Rule, grant: Grant, say: Say) -> Iterator[Step]:
    """What ties a record to others."""
    evidence = grant.evidence
    if item.key == "road_test" and evidence.requirement == "cdl":
        yield Step(say("step.cdl_stands"))
    elif rule.reading == "registry_check":
        yield Step(say("step.newer_certificate" if grant.why else "step.with_certificate"))
    elif rule.reading == "lcv_teaching":
        yield Step(say("step.with_licence"))
    elif rule.reading == "security" and item.case is not None:
        changed = item.case.facts.security_plan_changed_on
        if changed is not None and evidence.obtained_on < changed and item.case.facts.hazmat_security_plan:
            yield Step(say("step.plan_change", day=changed), changed + timedelta(days=90))
    elif rule.reading == "cdlis" and is_paper(Row(evidence.obtained_on.toordinal(), None, True, evidence)):
        yield from _paper(grant, say)


def _paper(grant: Grant, say: Say) -> Iterator[Step]:
    """For how long the paper card stands: in the window in which this grant begins."""
    for first, last, days in PAPER_CARD_WINDOWS:
        if not first <= grant.start <= last:
            continue
        closes = date.fromordinal(last)
        if days is None:
            yield Step(say("step.paper.before", day=closes + _ONE_DAY), closes)
        else:
            ends = min(grant.evidence.obtained_on + timedelta(days=days), closes)
            yield Step(say("step.paper", span=say.days(days), last=closes), ends)


def _time_left(item: Item, last: date, say: Say) -> Iterator[Step]:
    if item.state is State.EXPIRED:
        yield Step(say("step.last_valid", day=last), last)
    elif item.state is State.EXPIRING and item.case is not None and item.as_of is not None:
        left, warning = (last - item.as_of).days, say.days(item.case.warning_days)
        if left:
            yield Step(say("step.left", span=say.days(left), warning=warning))
        else:
            yield Step(say("step.last_day_today", warning=warning))


def _event(evidence: Evidence, say: Say) -> Iterator[Step]:
    outcome = f"outcome.{evidence.outcome}"
    if say.knows(outcome):
        yield Step(say("step.event", day=evidence.obtained_on, outcome=say(outcome)), evidence.obtained_on)
    yield Step(say("step.event_beats"))
    if evidence.outcome == "prohibited" and evidence.obtained_on >= DOWNGRADE_SINCE:
        yield Step(say("step.downgrade", day=DOWNGRADE_SINCE), DOWNGRADE_SINCE)
