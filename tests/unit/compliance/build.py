"""Short ways to write a driver and what is on file for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from dot_copilot.features.compliance.engine import evaluate
from dot_copilot.features.compliance.model import Employment, Evidence, Facts, Item, Standing, State

_NUMBERS = count(1)
D = date
HIRED = D(2026, 1, 31)

# A driver of a small truck across state lines: no CDL, nothing special.
VAN = Facts((Employment(HIRED),), cdl_class="none", interstate=True, insulin_treated=False, hazmat_employee=False)
# A driver of a tractor-trailer, licensed long ago, no endorsements.
TRACTOR = replace(VAN, cdl_class="A", endorsements=frozenset(), first_cdl_issued_on=D(2015, 5, 4))


def hired(facts: Facts, on: date, until: date | None = None, **changes: Any) -> Facts:
    """The driver with one employment."""
    return replace(facts, employments=(Employment(on, until),), **changes)


def ev(requirement: str, obtained_on: date, expires_on: date | None = None, **more: Any) -> Evidence:
    """A piece of evidence with a document behind it, unless said otherwise."""
    more.setdefault("has_document", True)
    return Evidence(more.pop("id", f"e{next(_NUMBERS)}"), requirement, obtained_on, expires_on, **more)


def standing(facts: Facts, evidence: Iterable[Evidence], as_of: date, **options: Any) -> Standing:
    return evaluate(facts, tuple(evidence), as_of, **options)


def item(facts: Facts, evidence: Iterable[Evidence], as_of: date, key: str, **options: Any) -> Item:
    """One requirement on one day."""
    return next(found for found in standing(facts, evidence, as_of, **options).items if found.key == key)


def state(facts: Facts, evidence: Iterable[Evidence], as_of: date, key: str, **options: Any) -> State:
    return item(facts, evidence, as_of, key, **options).state


def look(facts: Facts, evidence: Iterable[Evidence], as_of: date, key: str, **options: Any) -> tuple[State, Any, Any]:
    """State, `due_on` and `valid_until` of one requirement on one day."""
    found = item(facts, evidence, as_of, key, **options)
    return found.state, found.due_on, found.valid_until


def in_order(facts: Facts, on: date) -> list[Evidence]:
    """Evidence of everything a tractor driver needs, all of it dated `on`, the printed dates far ahead."""
    far = date(on.year + 2, on.month, 1)
    keys: Sequence[str] = (
        "application", "sph", "part40_check", "mvr_hire", "mvr_annual", "review_annual", "road_test", "ch_full", "ch_annual",
        "drug_pre", "da_policy", "elp",
    )  # fmt: skip
    return [ev(key, on) for key in keys] + [ev("cdl", on, far), ev("mec_cdlis", on, far)]
