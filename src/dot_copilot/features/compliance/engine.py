"""The rules engine: facts and evidence in, a driver's standing on a day (`evaluate`) or on all days (`timeline`) out.

Pure: no clock, no database, no texts. `life` decides the states, for all days at once; `evaluate` looks one day up in them,
so that both always say the same. `explain` words what was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from .case import Case, Row, join
from .catalogue import FEDERAL, Catalogue
from .findings import conflicts, notes
from .life import periods
from .model import Evidence, Facts, Item, Life, Period, Reason, Standing, State, Timeline, Waiver
from .policy import PolicyError
from .requirement import Requirement, Source
from .rules import Rule, compiled

_RESTRICTING = frozenset({State.UNKNOWN, State.MISSING, State.OVERDUE, State.PENDING_REVIEW, State.EXPIRED, State.BLOCKED})


def evaluate(
    facts: Facts,
    evidence: Iterable[Evidence],
    as_of: date,
    *,
    catalogue: Catalogue = FEDERAL,
    policy: Sequence[Requirement] = (),
    waivers: Sequence[Waiver] = (),
    warning_days: int = 30,
) -> Standing:
    """How a driver stands on `as_of`. Evidence dated later, voided or rejected is not looked at.

    Raises `PolicyError` when a policy takes the key of a federal rule or a waiver names one.
    """
    known, rules = _rules(catalogue, policy, waivers)
    case = Case(facts, evidence, known, waivers, warning_days)
    day = as_of.toordinal()
    employed = any(span.from_day <= day <= span.until_day for span in case.employed)
    items, reasons, restrictions = [], [], []
    for rule in rules:
        item = _item(rule, case, as_of, day)
        items.append(item)
        if item.forbids:
            reasons.append(Reason(item.state, item))
        elif rule.requirement.restricts and _restricts(item, as_of):
            restrictions.append(Reason(item.state, item, rule.requirement.restricts))
    if not employed:
        reasons = [Reason(State.NOT_APPLICABLE if facts.employments else State.UNKNOWN)]
    return Standing(as_of, not reasons, employed, tuple(reasons), tuple(restrictions), tuple(items))


def timeline(
    facts: Facts,
    evidence: Iterable[Evidence],
    *,
    catalogue: Catalogue = FEDERAL,
    policy: Sequence[Requirement] = (),
    waivers: Sequence[Waiver] = (),
    warning_days: int = 30,
) -> Timeline:
    """How a driver stands on every day: the same rules as `evaluate`, as periods. Raises as `evaluate` does."""
    known, rules = _rules(catalogue, policy, waivers)
    case = Case(facts, evidence, known, waivers, warning_days)
    lives: list[Life] = []
    forbidden: list[tuple[int, int]] = []
    for rule in rules:
        found = periods(rule, case)
        if found:
            lives.append(Life(rule.requirement, tuple(found)))
            if case.employed:
                forbidden += [(period[0], period[1]) for period in found if period[5]]
    return Timeline(tuple(lives), case.employed, join(forbidden))


def _rules(
    catalogue: Catalogue, policy: Sequence[Requirement], waivers: Sequence[Waiver]
) -> tuple[Mapping[str, Requirement], Sequence[Rule]]:
    known: Mapping[str, Requirement] = catalogue.by_key
    rules: Sequence[Rule] = catalogue.rules
    if policy:
        for requirement in policy:
            if requirement.key in known or requirement.source is not Source.POLICY:
                raise PolicyError(f"{requirement.key} is a federal rule: a carrier can add to it, not change it")
        known = {**known, **{requirement.key: requirement for requirement in policy}}
        rules = [*rules, *(compiled(requirement) for requirement in policy)]
    for waiver in waivers:
        if waiver.requirement in catalogue.by_key:
            raise PolicyError(f"{waiver.requirement} is a federal rule: no carrier can waive it")
    return known, rules


def _restricts(item: Item, as_of: date) -> bool:
    """Whether the item keeps the driver from the one kind of work it is about; before its deadline it does not."""
    return item.state in _RESTRICTING and not (
        item.state is State.PENDING_REVIEW and item.due_on is not None and item.due_on >= as_of
    )


def _item(rule: Rule, case: Case, as_of: date, day: int) -> Item:
    period = _at(periods(rule, case), day)
    looked_at = _looked_at(rule, case, day)
    if period is None:
        return Item(rule.requirement, State.NOT_APPLICABLE, notes=notes(rule, case, None, day, looked_at), case=case, as_of=as_of)
    _, _, state, due_on, valid_until, forbids, cause = period
    return Item(
        rule.requirement,
        state,
        None if due_on is None else date.fromordinal(due_on),
        None if valid_until is None else date.fromordinal(valid_until),
        forbids,
        conflicts(rule, case, cause, looked_at) if looked_at else (),
        notes(rule, case, period, day, looked_at),
        tuple([row.evidence for row in looked_at]),
        cause,
        case,
        as_of,
    )


def _at(found: list[Period], day: int) -> Period | None:
    for period in found:
        if period[0] <= day <= period[1]:
            return period
    return None


def _looked_at(rule: Rule, case: Case, day: int) -> list[Row]:
    """The records of this requirement and of those that serve it, up to `day`, newest first."""
    rows: list[Row] = []
    for key in rule.keys:
        held = case.rows.get(key)
        if held:
            rows += [row for row in held if row.day <= day]
    for block in case.blocks.get(rule.key, ()):
        if block.from_day <= day and all(row.evidence is not block.evidence for row in rows):
            rows.append(Row(block.from_day, None, True, block.evidence))
    if len(rows) > 1:
        rows.sort(key=lambda row: (row.day, str(row.evidence.id)), reverse=True)
    return rows
