"""Which record counts from which day on, and until when: a requirement's evidence read as a sequence of grants.

A grant holds from its `start` until the next one's; the newest record governs, never the one that happens to last longest.
"""

from __future__ import annotations

from collections.abc import Iterable

from .applicability import cdl_equals_road_test, has_endorsement
from .case import Case, Episode, Row
from .dates import earliest_limit, months_after
from .model import FOREVER, Grant
from .requirement import Age, Serving
from .rules import Rule

# What counts, and what would if somebody accepted it.
Reading = tuple[list[Grant], list[Grant]]

NEEDS_PRINTED = ("expires_on",)
MVR_WINDOW_DAYS = 30


def limit(rule: Rule, row: Row, months: int | None) -> int | None:
    """The last day the rule itself allows, whatever is printed: None when it counts nothing from this record."""
    if not row.evidence.dated and row.expires is not None:
        return None
    return earliest_limit(row.day, months, rule.days)


def counts_until(rule: Rule, row: Row, months: int | None) -> int | None:
    """The last day on which the record counts; FOREVER for good; None when it can't be told without a printed date."""
    capped = limit(rule, row, months)
    printed = row.expires
    if printed is None:
        if capped is None:
            return None if rule.needs_printed else FOREVER
        return capped
    return printed if capped is None or printed < capped else capped


def own_rows(rule: Rule, case: Case, episode: Episode) -> list[Row]:
    """The records looked at for one employment, by day: the rule's own and those that serve it."""
    rows = case.rows.get(rule.key, [])
    if rule.simple and not rows:
        return rows
    for serving in rule.requirement.served_by:
        served = case.rows.get(serving.key)
        if served:
            rows = rows + _serving(serving, served, case, episode)
    if rule.per_hire and episode.after:
        rows = [row for row in rows if row.day > episode.after]
    if rule.max_age is not None:
        oldest = oldest_at_hire(rule.max_age, episode)
        rows = [row for row in rows if row.day >= oldest or row.evidence.requirement != rule.key]
    return rows if rule.simple else sorted(rows, key=_by_day)


def oldest_at_hire(age: Age, episode: Episode) -> int:
    """The day from which records are young enough for this employment."""
    return months_after(episode.hired, -(age.months or 0)) - (age.days or 0)


def _by_day(row: Row) -> int:
    return row.day


def _serving(serving: Serving, rows: list[Row], case: Case, episode: Episode) -> list[Row]:
    """The rows of another requirement that count here. The condition is the catalogue's, by name."""
    match serving.when:
        case "always":
            return rows
        case "near_hire":
            return [row._replace(expires=None) for row in rows if abs(row.day - episode.hired) <= MVR_WINDOW_DAYS]
        case "endorsed_ps":
            return rows if has_endorsement(case.facts, "PS") is not False else []
        case "road_test_equivalent":
            if cdl_equals_road_test(case.facts) is False:
                return []
            return [row for row in rows if row.expires is None or row.expires >= max(row.day, episode.hired)]
    raise ValueError(f"the catalogue names a condition nobody knows: {serving.when}")


def plain_reading(rule: Rule, case: Case, episode: Episode) -> Reading:
    """Most requirements: the newest record, until its own end."""
    rows = own_rows(rule, case, episode)
    if not rows:
        return [], []
    if rule.reading == "security":
        rows = _before_plan_change(rows, case)
    return plain(rule, rows, case, rule.months), waiting(rule, rows, rule.months) if case.pending else []


def waiting(rule: Rule, rows: Iterable[Row], months: int | None) -> list[Grant]:
    """The records that wait for review, with the days on which each would count."""
    return [
        Grant(row.day, FOREVER if (until := counts_until(rule, row, months)) is None else until, row.evidence)
        for row in rows
        if not row.accepted
    ]


def plain(rule: Rule, rows: Iterable[Row], case: Case, months: int | None) -> list[Grant]:
    """The newest record governs. Of two of one day, the one that runs out first."""
    found: list[Grant] = []
    undated = False
    for row in rows:
        if not row.accepted:
            continue
        if not row.evidence.dated:
            undated = True
            break
        until, why = _end(rule, row, case, months)
        if found:
            last = found[-1]
            if until is None:
                continue  # a record that says nothing of its end takes nothing from one that does
            if last.start == row.day:
                found[-1] = _sooner(rule, last, Grant(row.day, until, row.evidence, why))
                continue
        found.append(Grant(row.day, until, row.evidence, why))
    return _with_undated(rule, rows, case, months) if undated else found


def _end(rule: Rule, row: Row, case: Case, months: int | None) -> tuple[int | None, tuple[str, ...]]:
    key = row.evidence.requirement
    if key != rule.key and rule.requirement.served_by:
        when = next(serving.when for serving in rule.requirement.served_by if serving.key == key)
        if when == "endorsed_ps" and has_endorsement(case.facts, "PS") is None:
            return None, ("endorsements",)
        if when == "road_test_equivalent":
            return (FOREVER, ()) if cdl_equals_road_test(case.facts) else (None, ("endorsements",))
    until = counts_until(rule, row, months)
    return until, (NEEDS_PRINTED if until is None else ())


def _sooner(rule: Rule, one: Grant, other: Grant) -> Grant:
    """Of two records of one day, the one that runs out first; an end that is known beats one that is not.

    Where both end together, the one that serves from another requirement: it is never too old at the hire.
    """
    if one.until is None or other.until is None:
        return other if one.until is None else one
    return min(one, other, key=lambda grant: (grant.until, grant.evidence.requirement == rule.key, str(grant.evidence.id)))


def _with_undated(rule: Rule, rows: Iterable[Row], case: Case, months: int | None) -> list[Grant]:
    """As `plain`, where some records have no date of their own.

    Such a record can only be newer than a dated one when it prints a day that the dated one could never have reached.
    """
    dated: Grant | None = None
    reach = 0  # the last day the newest dated record could have printed
    undated: Grant | None = None
    found: list[Grant] = []
    for row in rows:
        if not row.accepted:
            continue
        until, why = _end(rule, row, case, months)
        if until is None and found:
            continue
        grant = Grant(row.day, until, row.evidence, why)
        if row.evidence.dated:
            same_day = dated is not None and dated.start == row.day
            dated = _sooner(rule, dated, grant) if same_day and dated is not None else grant
            reach = max(limit(rule, row, months) or until or 0, reach if same_day else 0)
        elif undated is None or (until or 0, str(row.evidence.id)) > (undated.until or 0, str(undated.evidence.id)):
            undated = grant
        governs = dated if dated and (undated is None or (undated.until or 0) <= reach) else undated
        if governs is None:
            continue
        if found and found[-1].start == row.day:
            found.pop()
        if not found or found[-1].evidence is not governs.evidence:
            found.append(governs._replace(start=row.day))
    return found


def _before_plan_change(rows: list[Row], case: Case) -> list[Row]:
    """In-depth security training from before the security plan changed counts 90 days longer (172.704(c)(1))."""
    changed = case.facts.security_plan_changed_on
    if changed is None or not case.facts.hazmat_security_plan:
        return rows
    day = changed.toordinal()
    return [row._replace(expires=min(row.expires or FOREVER, day + 90)) if row.day < day else row for row in rows]
