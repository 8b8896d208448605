"""Which drivers a requirement applies to: small tests on the facts, in three-valued logic.

A fact that decides and is not known makes the answer UNKNOWN, never NO. Some facts are different in kind: they record an act
or a paper without which there is nothing to ask for (a carrier *designates* a supervisor, a driver *holds* an exemption).
Where nobody has recorded the act, the answer is UNCLAIMED: the requirement does not apply, unless evidence of it is on file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from enum import Enum
from typing import Any, Final

from .model import Facts

ELDT_SINCE: Final = date(2022, 2, 7)


class Applies(Enum):
    """The answer of a condition."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    UNCLAIMED = "unclaimed"


def _verdict(value: bool | None) -> Applies:
    if value is None:
        return Applies.UNKNOWN
    return Applies.YES if value else Applies.NO


def _claimed(value: bool | None) -> Applies:
    if value is None:
        return Applies.UNCLAIMED
    return Applies.YES if value else Applies.NO


def _or(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _and(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def holds_cdl(facts: Facts) -> bool | None:
    """Holds a commercial licence or learner's permit; both count alike in parts 382, 383 and 391."""
    if facts.cdl_class is not None and facts.cdl_class != "none":
        return True
    if facts.clp:
        return True
    return None if facts.cdl_class is None else False


def has_endorsement(facts: Facts, letters: str) -> bool | None:
    """Carries one of the endorsement letters; only a commercial licence can."""
    if facts.endorsements is None:
        return False if holds_cdl(facts) is False else None
    return not facts.endorsements.isdisjoint(letters)


def cdl_equals_road_test(facts: Facts) -> bool | None:
    """Whether a copy of the licence stands for the road test: not for doubles, triples or tank vehicles (391.33(a)(1))."""
    if facts.cdl_class is None:
        return None
    if facts.cdl_class == "none":
        return False
    return None if facts.endorsements is None else facts.endorsements.isdisjoint("NTX")


def under_medical_rules(facts: Facts) -> bool | None:
    """Needs a federal medical certificate: every CDL/CLP holder, and everybody who drives interstate."""
    return _or(holds_cdl(facts), facts.interstate)


def _all(_facts: Facts) -> Applies:
    return Applies.YES


def _cdl(facts: Facts) -> Applies:
    return _verdict(holds_cdl(facts))


def _non_cdl(facts: Facts) -> Applies:
    cdl = holds_cdl(facts)
    return _verdict(None if cdl is None else not cdl)


def _interstate(facts: Facts) -> Applies:
    return _verdict(facts.interstate)


def _non_cdl_interstate(facts: Facts) -> Applies:
    cdl = holds_cdl(facts)
    return _verdict(_and(None if cdl is None else not cdl, facts.interstate))


def _twelve_month_medical(facts: Facts) -> Applies:
    """Insulin, the alternative vision standard, or a grandfathered standard.

    The last two are papers a driver holds and has claimed; insulin treatment is a condition anybody may have.
    """
    flagged = facts.insulin_treated
    if facts.vision_alternative or facts.grandfathered_medical:
        flagged = True
    return _verdict(_and(under_medical_rules(facts), flagged))


def _prior_testing(facts: Facts) -> Applies:
    """CDL drivers, and those who come from an employer under another DOT agency."""
    return Applies.YES if facts.prior_dot_employer else _cdl(facts)


def _eldt(facts: Facts) -> Applies:
    """First CDL A/B, upgrade, or first P/S/H, on or after 2022-02-07. A learner has it all ahead."""
    cdl = holds_cdl(facts)
    if cdl is False:
        return Applies.NO
    issued = facts.first_cdl_issued_on
    if issued is not None and issued < ELDT_SINCE:
        return Applies.UNCLAIMED
    learner = bool(facts.clp) and facts.cdl_class in (None, "none")
    if issued is None and not learner:
        return Applies.UNKNOWN
    if learner or facts.cdl_class in ("A", "B"):
        return Applies.YES
    if facts.cdl_class is None:
        return Applies.UNKNOWN
    return _verdict(has_endorsement(facts, "PSHX"))


def _hazmat(facts: Facts) -> Applies:
    return _verdict(facts.hazmat_employee)


def _hazmat_endorsed(facts: Facts) -> Applies:
    return _verdict(has_endorsement(facts, "HX"))


def _lcv(facts: Facts) -> Applies:
    """Doubles and triples need a T: with one, whether they are pulled here decides; without one they can't be."""
    if facts.lcv is None and facts.endorsements and not facts.endorsements.isdisjoint("T"):
        return Applies.UNKNOWN
    return _claimed(facts.lcv)


def _passenger(facts: Facts) -> Applies:
    if facts.passenger is None and facts.endorsements and not facts.endorsements.isdisjoint("PS"):
        return Applies.UNKNOWN
    return _claimed(facts.passenger)


def _nobody(_facts: Facts) -> Applies:
    """A duty of the carrier as a whole."""
    return Applies.NO


Condition = Callable[[Facts], Applies]

CONDITIONS: Final[dict[str, tuple[Condition, tuple[str, ...]]]] = {
    "all": (_all, ()),
    "cdl": (_cdl, ("cdl_class",)),
    "non_cdl": (_non_cdl, ("cdl_class",)),
    "interstate": (_interstate, ("interstate",)),
    "non_cdl_interstate": (_non_cdl_interstate, ("cdl_class", "interstate")),
    "twelve_month_medical": (_twelve_month_medical, ("insulin_treated", "cdl_class", "interstate")),
    "prior_testing": (_prior_testing, ("cdl_class",)),
    "eldt": (_eldt, ("first_cdl_issued_on", "cdl_class", "endorsements")),
    "hazmat": (_hazmat, ("hazmat_employee",)),
    "hazmat_endorsed": (_hazmat_endorsed, ("endorsements", "cdl_class")),
    "lcv": (_lcv, ("lcv",)),
    "passenger": (_passenger, ("passenger",)),
    "variance": (lambda facts: _claimed(facts.medical_variance), ("medical_variance",)),
    "supervisor": (lambda facts: _claimed(facts.supervises_cdl_drivers), ("supervises_cdl_drivers",)),
    "lcv_instructor": (lambda facts: _claimed(facts.lcv_instructor), ("lcv_instructor",)),
    "port_access": (lambda facts: _claimed(facts.port_access), ("port_access",)),
    "carrier": (_nobody, ()),
}

_TRIALS: Final[dict[str, tuple[Any, ...]]] = {
    "cdl_class": ("A", "none"),
    "endorsements": (frozenset(), frozenset("HNPSTX")),
    "first_cdl_issued_on": (date(2000, 1, 1), date(2025, 1, 1)),
}


def missing_facts(condition: str, facts: Facts) -> tuple[str, ...]:
    """The unknown facts on which the answer hangs: those that would settle it alone, else all that are unknown."""
    test, reads = CONDITIONS[condition]
    unknown = [name for name in reads if getattr(facts, name) is None]

    def settles(name: str) -> bool:
        tried = (replace(facts, **{name: value}) for value in _TRIALS.get(name, (True, False)))
        return any(test(guess) is not Applies.UNKNOWN for guess in tried)

    return tuple([name for name in unknown if settles(name)] or unknown)
