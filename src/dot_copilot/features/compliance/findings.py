"""What does not fit together in the evidence, and the lesser things to know. Neither changes a state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from .applicability import CONDITIONS, Applies
from .case import Case, Row, understood
from .life import deadline
from .linked import cap_months
from .model import Conflict, ConflictCode, Evidence, Grant, Item, NoteCode, State
from .reading import limit
from .rules import Rule, compiled

_COLLECTED = frozenset({State.VALID, State.EXPIRING, State.EXPIRED})
_GAPS = frozenset({State.MISSING, State.DUE, State.OVERDUE})
_MEDICAL = ("medical", "cdlis")


def looked_at(item: Item) -> list[Row]:
    """The records of the item's requirement and of those that serve it, up to its day, newest first."""
    case, rows = item.case, list[Row]()
    if case is None or item.as_of is None:
        return rows
    day = item.as_of.toordinal()
    for key in compiled(item.requirement).keys:
        rows += [row for row in case.rows.get(key, ()) if row.day <= day]
    for block in case.blocks.get(item.key, ()):
        if block.from_day <= day and all(row.evidence is not block.evidence for row in rows):
            rows.append(Row(block.from_day, None, True, block.evidence))
    rows.sort(key=lambda row: (row.day, str(row.evidence.id)), reverse=True)
    return rows


def evidence(item: Item) -> tuple[Evidence, ...]:
    """What was looked at, newest first."""
    return tuple([row.evidence for row in looked_at(item)])


def conflicts(item: Item) -> tuple[Conflict, ...]:
    """The contradictions in the records looked at: in the one that counts, and between it and the others."""
    case, cause, rows = item.case, item.cause, looked_at(item)
    if case is None or item.state is State.NOT_APPLICABLE:
        return ()
    rule = compiled(item.requirement)
    found = []
    for row in rows:
        if row.evidence.outcome is not None and not row.accepted:
            if row.evidence.requirement == rule.key and not understood(row.evidence, case.known.get(rule.key)):
                found.append(Conflict(ConflictCode.UNKNOWN_OUTCOME, row.evidence.id))
        elif cause is not None and row.evidence is cause.evidence:
            found.extend(_within(rule, case, row))
            found.extend(_between(rule, cause, row, rows))
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


def _between(rule: Rule, cause: Grant, governing: Row, rows: Sequence[Row]) -> Iterator[Conflict]:
    """Other records that print a different day for what must be the same document."""
    if governing.expires is None:
        return
    for row in rows:
        if row is governing or not row.accepted or row.expires is None or row.expires == governing.expires:
            continue
        if row.evidence.requirement != governing.evidence.requirement and rule.reading not in _MEDICAL:
            continue
        same_document = row.day == governing.day and row.evidence.dated and governing.evidence.dated
        outshone = not row.evidence.dated and cause.until is not None and row.expires > cause.until
        if same_document or outshone:
            stated, counted = date.fromordinal(row.expires), date.fromordinal(governing.expires)
            yield Conflict(ConflictCode.PRINTED_DATES_DIFFER, row.evidence.id, stated, counted)


def notes(item: Item) -> tuple[NoteCode, ...]:
    """The lesser things to know about an item."""
    case, rule, day = item.case, compiled(item.requirement), item.as_of
    found = []
    if rule.unverified:
        found.append(NoteCode.UNVERIFIED)
    if case is None or day is None:
        return tuple(found)
    if item.state is State.NOT_APPLICABLE:
        if any(waiver.requirement == rule.key and waiver.from_on <= day <= waiver.until_on for waiver in case.waivers):
            found.append(NoteCode.WAIVED)
    elif item.state in _COLLECTED and item.cause is not None:
        found += _about_record(rule, case, item.cause, day.toordinal(), looked_at(item))
    elif item.state in _GAPS and _too_old(rule, looked_at(item)):
        found.append(NoteCode.TOO_OLD)
    return tuple(found)


def _too_old(rule: Rule, rows: Sequence[Row]) -> bool:
    return rule.max_age is not None and any(row.accepted and row.evidence.requirement == rule.key for row in rows)


def _about_record(rule: Rule, case: Case, cause: Grant, day: int, rows: Sequence[Row]) -> Iterator[NoteCode]:
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
        collected = [row.day for row in rows if row.accepted and episode and row.day > episode.after]
        if due is not None and collected and min(collected) > due:
            yield NoteCode.LATE
