"""What does not fit together in the evidence, and the lesser things to know. Neither changes a state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from .applicability import CONDITIONS, Applies
from .case import Case, Row, understood
from .life import deadline
from .linked import cap_months
from .model import Conflict, ConflictCode, Grant, NoteCode, Period, State
from .reading import limit
from .rules import Rule

_COLLECTED = frozenset({State.VALID, State.EXPIRING, State.EXPIRED})
_GAPS = frozenset({State.MISSING, State.DUE, State.OVERDUE})
_MEDICAL = ("medical", "cdlis")


def conflicts(rule: Rule, case: Case, cause: Grant | None, looked_at: Sequence[Row]) -> tuple[Conflict, ...]:
    """The contradictions in the records looked at: in the one that counts, and between it and the others."""
    found = []
    for row in looked_at:
        if row.evidence.outcome is not None and not row.accepted:
            if row.evidence.requirement == rule.key and not understood(row.evidence, case.known.get(rule.key)):
                found.append(Conflict(ConflictCode.UNKNOWN_OUTCOME, row.evidence.id))
        elif cause is not None and row.evidence is cause.evidence:
            found.extend(_within(rule, case, row))
            if len(looked_at) > 1:
                found.extend(_between(rule, cause, row, looked_at))
    return tuple(found)


def counted_limit(rule: Rule, case: Case, row: Row) -> int | None:
    """The last day the rule allows this record, whatever is printed on it."""
    if row.evidence.requirement != rule.key and rule.reading not in _MEDICAL:
        return None
    return limit(rule, row, cap_months(rule, case) if rule.reading in _MEDICAL else rule.months)


def _within(rule: Rule, case: Case, row: Row) -> Iterator[Conflict]:
    if row.expires is None:
        return
    capped = counted_limit(rule, case, row)
    if capped is not None and row.expires > capped:
        stated, counted = date.fromordinal(row.expires), date.fromordinal(capped)
        yield Conflict(ConflictCode.PRINTED_PAST_CAP, row.evidence.id, stated, counted)
    if row.expires < row.day and row.evidence.dated:
        yield Conflict(ConflictCode.DATES_INVERTED, row.evidence.id, date.fromordinal(row.expires), row.evidence.obtained_on)


def _between(rule: Rule, cause: Grant, governing: Row, looked_at: Sequence[Row]) -> Iterator[Conflict]:
    """Other records that print a different day for what must be the same document."""
    if governing.expires is None:
        return
    for row in looked_at:
        if row is governing or not row.accepted or row.expires is None or row.expires == governing.expires:
            continue
        if row.evidence.requirement != governing.evidence.requirement and rule.reading not in _MEDICAL:
            continue
        same_document = row.day == governing.day and row.evidence.dated and governing.evidence.dated
        outshone = not row.evidence.dated and cause.until is not None and row.expires > cause.until
        if same_document or outshone:
            stated, counted = date.fromordinal(row.expires), date.fromordinal(governing.expires)
            yield Conflict(ConflictCode.PRINTED_DATES_DIFFER, row.evidence.id, stated, counted)


def notes(rule: Rule, case: Case, period: Period | None, day: int, looked_at: Sequence[Row]) -> tuple[NoteCode, ...]:
    """The lesser things to know about an item."""
    found = []
    if rule.unverified:
        found.append(NoteCode.UNVERIFIED)
    if period is None:
        if any(
            waiver.requirement == rule.key and waiver.from_on.toordinal() <= day <= waiver.until_on.toordinal()
            for waiver in case.waivers
        ):
            found.append(NoteCode.WAIVED)
    elif period.state in _COLLECTED and period.cause is not None:
        found += _about_record(rule, case, period.cause, day, looked_at)
    elif period.state in _GAPS and _too_old(rule, looked_at):
        found.append(NoteCode.TOO_OLD)
    return tuple(found)


def _too_old(rule: Rule, looked_at: Sequence[Row]) -> bool:
    return rule.max_age is not None and any(row.accepted and row.evidence.requirement == rule.key for row in looked_at)


def _about_record(rule: Rule, case: Case, cause: Grant, day: int, looked_at: Sequence[Row]) -> Iterator[NoteCode]:
    if not cause.evidence.has_document:
        yield NoteCode.NO_DOCUMENT
    if not cause.evidence.dated:
        yield NoteCode.DATE_PRESUMED
    if rule.reading in _MEDICAL:
        if rule.key != "mec_12" and CONDITIONS["twelve_month_medical"][0](case.facts) is Applies.UNKNOWN:
            yield NoteCode.CAP_UNKNOWN
        if cause.why == ("paper",):
            yield NoteCode.PAPER_CARD
    elif rule.requirement.renewal.once and not rule.immediate:
        episode = next((episode for episode in case.episodes if episode.hired <= day <= episode.last), None)
        due = deadline(rule, episode) if episode else None
        collected = [row.day for row in looked_at if row.accepted and episode and row.day > episode.after]
        if due is not None and collected and min(collected) > due:
            yield NoteCode.LATE
