"""One requirement of one driver over all days: the only place where a state is decided.

First the plain course of things (a gap, then records that count and run out), then what lies over it: records that wait for
review, events that block, days on which the carrier has waived a requirement of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from .applicability import Applies
from .case import Block, Case, Episode
from .dates import earliest_limit
from .linked import read
from .model import FOREVER, Grant, Period, State
from .requirement import Source
from .rules import Rule

_What = TypeVar("_What")
_NEVER = FOREVER + 1
_OPEN_TO_REVIEW = frozenset({State.MISSING, State.DUE, State.OVERDUE, State.EXPIRED})
_MISSING, _DUE, _OVERDUE, _UNKNOWN = State.MISSING, State.DUE, State.OVERDUE, State.UNKNOWN
_VALID, _EXPIRING, _EXPIRED = State.VALID, State.EXPIRING, State.EXPIRED


def periods(rule: Rule, case: Case) -> list[Period]:
    """The requirement's periods; days outside them are `not_applicable`."""
    answer = rule.applies(case.facts)
    found: list[Period] = []
    if answer is not Applies.NO:
        opens = rule.from_day if answer is not Applies.UNCLAIMED else max(rule.from_day, _first_claim(rule, case))
        for episode in case.episodes:
            first, last = _asked(rule, case, episode, opens)
            if first > last:
                continue
            if answer is Applies.UNKNOWN:
                found.append(Period(first, last, _UNKNOWN, None, None, rule.blocks))
            else:
                found += _course(rule, case, episode, first, last)
    blocks = case.blocks.get(rule.key)
    if blocks:
        found = _blocked(rule, found, blocks, case)
    if case.waivers and rule.requirement.source is Source.POLICY:
        found = _waived(rule, found, case)
    return found


def _first_claim(rule: Rule, case: Case) -> int:
    """The day of the first record of something that nobody has said the driver is or holds."""
    return min((row.day for row in case.rows.get(rule.key, ()) if row.accepted), default=_NEVER)


def _asked(rule: Rule, case: Case, episode: Episode, opens: int) -> tuple[int, int]:
    """The days of an employment on which the requirement is asked for; an empty run when there are none."""
    if rule.unconditional:
        return max(episode.hired, opens), min(episode.last, rule.to_day)
    requirement = rule.requirement
    if episode.hired < rule.hired_since and episode.known:
        return 1, 0
    unless = requirement.replaced_when_not
    if unless and episode.hired >= rule.replaced_since and getattr(case.facts, unless) is False:
        return 1, 0
    if requirement.starts_with:
        begins = getattr(case.facts, requirement.starts_with)
        if begins is not None:
            opens = max(opens, begins.toordinal())
    return max(episode.hired, opens), min(episode.last, rule.to_day)


def deadline(rule: Rule, episode: Episode) -> int | None:
    """The last day on which the first evidence is in time; None when it is needed before the work begins."""
    if rule.immediate:
        return None
    return earliest_limit(max(episode.hired, rule.from_day), rule.deadline_months, rule.deadline_days)


def _course(rule: Rule, case: Case, episode: Episode, first: int, last: int) -> list[Period]:
    """The course of one employment without events: what is asked for, collected, and runs out."""
    granted, waiting = read(rule, case, episode)
    if not episode.known and rule.hire_bound:
        return _without_hire(rule, granted, first, last, case.warning_days)
    due = deadline(rule, episode)
    if due is not None and granted:
        # What had run out before the hire was never evidence of this employment.
        granted = [grant for grant in granted if grant.until is None or grant.until >= episode.hired]
    opens = granted[0].start if granted else _NEVER
    found = _gap(rule, first, min(last, opens - 1), due) if first < opens else []
    found += _runs(rule, granted, first, last, case.warning_days)
    return _reviewed(found, waiting) if waiting else found


def _runs(rule: Rule, granted: list[Grant], first: int, last: int, warning_days: int) -> list[Period]:
    """One record after the other."""
    found: list[Period] = []
    for place, grant in enumerate(granted):
        begins = grant.start if grant.start > first else first
        ends = granted[place + 1].start - 1 if place + 1 < len(granted) else last
        ends = min(ends, last)
        if begins <= ends:
            found += _run(rule, grant, begins, ends, warning_days)
    return found


def _without_hire(rule: Rule, granted: list[Grant], first: int, last: int, warning_days: int) -> list[Period]:
    """No day of hire is known, and the rule counts from it: what is on file counts, but a gap may be none."""
    if rule.max_age is not None:
        granted = [
            grant._replace(until=None, why=("hired_on",)) if grant.evidence.requirement == rule.key else grant
            for grant in granted
        ]
    opens = granted[0].start if granted else _NEVER
    found = [Period(first, min(last, opens - 1), _UNKNOWN, None, None, rule.blocks)] if first < opens else []
    return found + _runs(rule, granted, first, last, warning_days)


def _gap(rule: Rule, first: int, last: int, due: int | None) -> list[Period]:
    """Nothing collected yet."""
    if due is None:
        return [Period(first, last, _MISSING, None, None, rule.blocks)]
    found = []
    if first <= due:
        found.append(Period(first, min(last, due), _DUE, due, None))
    if last > due:
        found.append(Period(max(first, due + 1), last, _OVERDUE, due, None, rule.blocks))
    return found


def _run(rule: Rule, grant: Grant, first: int, last: int, warning_days: int) -> list[Period]:
    """A record counts, comes close to its end, and has run out."""
    until = grant.until
    if until is None:
        return [Period(first, last, _UNKNOWN, None, None, rule.blocks, grant)]
    if until >= FOREVER:
        return [Period(first, last, _VALID, None, None, False, grant)]
    found = []
    warns = until - warning_days
    if first < warns:
        found.append(Period(first, min(last, warns - 1), _VALID, until, until, False, grant))
    if last >= warns and first <= until:
        found.append(Period(max(first, warns), min(last, until), _EXPIRING, until, until, False, grant))
    if last > until:
        found.append(Period(max(first, until + 1), last, _EXPIRED, until, until, rule.blocks, grant))
    return found


def _reviewed(course: Iterable[Period], waiting: Iterable[Grant]) -> list[Period]:
    """Where nothing accepted counts, a record that would count waits for review."""
    found: list[Period] = []
    by_age = sorted(waiting, key=lambda grant: (grant.start, str(grant.evidence.id)))
    for period in course:
        if period.state not in _OPEN_TO_REVIEW:
            found.append(period)
            continue
        newer = [grant for grant in by_age if period.cause is None or grant.start >= period.cause.start]
        cut = [(grant.start, FOREVER if grant.until is None else grant.until, grant) for grant in newer]
        for part, grant in _cut(period, cut):
            found.append(part if grant is None else part._replace(state=State.PENDING_REVIEW, cause=grant))
    return found


def _cut(period: Period, spans: list[tuple[int, int, _What]]) -> list[tuple[Period, _What | None]]:
    """The period in parts, each with the last of the spans that covers it."""
    edges = {period.from_day, period.until_day + 1}
    for start, end, _ in spans:
        if start <= end and start <= period.until_day and end >= period.from_day:
            edges.update((max(start, period.from_day), min(end, period.until_day) + 1))
    ordered = sorted(edges)
    parts = []
    for first, after in pairwise(ordered):
        covering = [grant for start, end, grant in spans if start <= first <= end]
        parts.append((period._replace(from_day=first, until_day=after - 1), covering[-1] if covering else None))
    return parts


def _blocked(rule: Rule, course: list[Period], blocks: list[Block], case: Case) -> list[Period]:
    """Events beat dates, and unknown facts; some forbid driving even where the requirement itself does not apply."""
    spans = [(block.from_day, block.until_day, Grant(block.from_day, block.until_day, block.evidence)) for block in blocks]
    if rule.blocks_anyone:
        course = _filled(course, case)
    found = []
    for period in course:
        for part, event in _cut(period, spans):
            if event is not None:
                found.append(part._replace(state=State.BLOCKED, forbids=True, cause=event))
            elif part.state is not State.NOT_APPLICABLE:
                found.append(part)
    return found


def _filled(course: list[Period], case: Case) -> list[Period]:
    """The course with a `not_applicable` period wherever an employed day has none."""
    filled = list(course)
    for episode in case.episodes:
        day = episode.hired
        for period in course:
            if period.until_day < day or period.from_day > episode.last:
                continue
            if period.from_day > day:
                filled.append(Period(day, period.from_day - 1, State.NOT_APPLICABLE, None, None))
            day = period.until_day + 1
        if day <= episode.last:
            filled.append(Period(day, episode.last, State.NOT_APPLICABLE, None, None))
    return sorted(filled, key=lambda period: period.from_day)


def _waived(rule: Rule, course: list[Period], case: Case) -> list[Period]:
    """Without the days on which the carrier has waived its own requirement."""
    spans = [
        (waiver.from_on.toordinal(), waiver.until_on.toordinal(), waiver)
        for waiver in case.waivers
        if waiver.requirement == rule.key
    ]
    if not spans:
        return course
    return [part for period in course for part, waiver in _cut(period, spans) if waiver is None]
