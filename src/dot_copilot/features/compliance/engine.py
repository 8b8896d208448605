"""The rules engine: facts and evidence in, a driver's standing on a day (`evaluate`) or on all days (`timeline`) out.

Pure: no clock, no database, no texts. `life` decides the states, for all days at once; `evaluate` looks one day up in them,
so that both always say the same. `explain` words what was found.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date

from .case import Case, join
from .catalogue import FEDERAL, Catalogue
from .life import periods
from .model import Evidence, Facts, Item, Life, Reason, Standing, State, Timeline, Waiver
from .policy import PolicyError
from .requirement import Requirement, Source
from .rules import Rule, compiled

RESTRICTING = frozenset({State.UNKNOWN, State.MISSING, State.OVERDUE, State.PENDING_REVIEW, State.EXPIRED, State.BLOCKED})


def evaluate(
    facts: Facts,
    evidence: Iterable[Evidence],
    as_of: date,
    *,
    catalogue: Catalogue = FEDERAL,
    policy: Sequence[Requirement] = (),
    waivers: Sequence[Waiver] = (),
    warning_days: int = 30,
    only: Container[str] | None = None,
) -> Standing:
    """How a driver stands on `as_of`. Evidence dated later, voided or rejected is not looked at.

    With `only`, no other requirements than these are looked at: for callers who know already which of them matter.
    Raises `PolicyError` when a policy takes the key of a federal rule or a waiver names one.
    """
    known, rules = _rules(catalogue, policy, waivers)
    if only is not None:
        rules = [rule for rule in rules if rule.key in only]
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
    if not employed:  # where nobody knows the hire, what is wrong besides is told too
        reasons = [Reason(State.NOT_APPLICABLE)] if facts.employments else [Reason(State.UNKNOWN), *reasons]
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
    return item.state in RESTRICTING and not (
        item.state is State.PENDING_REVIEW and item.due_on is not None and item.due_on >= as_of
    )


def _item(rule: Rule, case: Case, as_of: date, day: int) -> Item:
    for first, last, state, due_on, valid_until, forbids, cause in periods(rule, case):
        if first <= day <= last:
            due = None if due_on is None else date.fromordinal(due_on)
            until = None if valid_until is None else date.fromordinal(valid_until)
            return Item(rule.requirement, state, due, until, forbids, cause, case, as_of)
    return Item(rule.requirement, State.NOT_APPLICABLE, None, None, False, None, case, as_of)
