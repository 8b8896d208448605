"""A requirement made ready for counting: dates as ordinals, the condition looked up, the keys of its evidence gathered."""

from __future__ import annotations

from functools import lru_cache

from .applicability import CONDITIONS
from .model import FOREVER
from .requirement import Requirement, Source

MEDICAL_KEYS = ("mec", "mec_12", "mec_cdlis")


class Rule:
    """What the engine reads of a requirement in its inner loop. Built once a requirement."""

    __slots__ = (
        "adverse_counts",
        "applies",
        "blocks",
        "blocks_anyone",
        "clears",
        "days",
        "deadline_days",
        "deadline_months",
        "from_day",
        "hire_bound",
        "hired_since",
        "immediate",
        "key",
        "keys",
        "max_age",
        "months",
        "needs_printed",
        "per_hire",
        "plain",
        "reading",
        "replaced_since",
        "requirement",
        "simple",
        "to_day",
        "unconditional",
        "unverified",
    )

    def __init__(self, requirement: Requirement) -> None:
        self.requirement = requirement
        self.key = requirement.key
        self.applies = CONDITIONS[requirement.condition][0]
        self.from_day = requirement.effective_from.toordinal()
        self.to_day = requirement.effective_to.toordinal() if requirement.effective_to else FOREVER
        self.hired_since = requirement.hired_since.toordinal() if requirement.hired_since else 0
        self.replaced_since = requirement.replaced_since.toordinal() if requirement.replaced_since else FOREVER + 1
        self.immediate = requirement.deadline.immediate
        self.deadline_months, self.deadline_days = requirement.deadline.months, requirement.deadline.days
        self.months, self.days = requirement.renewal.months, requirement.renewal.days
        self.needs_printed = requirement.needs_printed
        self.per_hire = requirement.per_hire
        self.max_age = requirement.max_age
        self.reading = requirement.reading
        self.blocks = requirement.blocks_driving
        self.blocks_anyone = requirement.blocks_anyone
        self.adverse_counts = requirement.adverse_counts
        self.clears = requirement.clears or frozenset((requirement.key,))
        self.plain = requirement.reading in ("plain", "security")
        self.simple = requirement.reading == "plain" and not requirement.served_by
        self.keys = _evidence_keys(requirement)
        # Nothing but the employment and the rule's own dates decides on which days it is asked for.
        self.unconditional = not (requirement.hired_since or requirement.replaced_since or requirement.starts_with)
        # Without the day of the hire nobody can tell whether a gap is one.
        self.hire_bound = bool(requirement.hired_since or requirement.replaced_since or requirement.max_age or not self.immediate)
        self.unverified = requirement.verified_on is None and requirement.source is Source.FEDERAL


def _evidence_keys(requirement: Requirement) -> tuple[str, ...]:
    if requirement.reading in ("medical", "cdlis"):
        return MEDICAL_KEYS
    extra = {"registry_check": MEDICAL_KEYS, "lcv_teaching": ("cdl",)}.get(requirement.reading, ())
    return (requirement.key, *(serving.key for serving in requirement.served_by), *extra)


@lru_cache(maxsize=4096)
def compiled(requirement: Requirement) -> Rule:
    """The rule of a requirement."""
    return Rule(requirement)
