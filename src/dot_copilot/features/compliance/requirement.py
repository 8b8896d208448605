"""What a requirement is: dated data with citations, read by the rules engine and shown to people.

Nothing here decides anything; `engine` does. Durations are whole months or whole days, dates are plain dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

_ECFR = "https://www.ecfr.gov/current/title-49"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the regulations, e.g. `49 CFR 391.45(b)`, and where to read it."""

    cfr: str
    url: str

    @staticmethod
    def of(section: str) -> Citation:
        """The citation of a section ("391.45(b)") or a part ("part 381") of title 49."""
        if section.startswith("part "):
            return Citation(f"49 CFR {section}", f"{_ECFR}/{section.replace(' ', '-')}")
        return Citation(f"49 CFR {section}", f"{_ECFR}/section-{section.split('(', maxsplit=1)[0]}")


class Source(StrEnum):
    """Who demands it."""

    FEDERAL = "federal"
    POLICY = "policy"


class Scope(StrEnum):
    """Whom it is asked of: each driver, or the carrier as a whole (which never makes a driver non-compliant)."""

    DRIVER = "driver"
    CARRIER = "carrier"


class RetentionKind(StrEnum):
    """The clock that tells how long a record must be kept."""

    EMPLOYMENT = "employment"  # counted from the end of the employment
    DOCUMENT = "document"  # counted from the record's own date
    FUNCTION = "function"  # counted from the day the person left the function
    NONE = "none"  # no duty on the carrier to keep it


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a record is kept: `months` and/or `days` after the clock's start. `separate`: a restricted file of its own."""

    kind: RetentionKind
    months: int = 0
    days: int = 0
    separate: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the first evidence must be there.

    With neither months nor days: before the work begins (a gap is `missing`). Otherwise so long after the hire (a gap is
    `due` until that day and `overdue` after it); of two durations the shorter one wins.
    """

    months: int | None = None
    days: int | None = None

    @property
    def immediate(self) -> bool:
        """True when the evidence must be there before the work begins."""
        return self.months is None and self.days is None


@dataclass(frozen=True, slots=True)
class Age:
    """How old a record may be at the hire: whole months, or whole days."""

    months: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Renewal:
    """How long evidence counts. With no field set: once, for good.

    `printed`: until the date printed on it. `months` and `days` are counted from the day it was obtained. The earliest of
    all that is known wins; a printed date beyond the counted one is a conflict that people are shown.
    """

    months: int | None = None
    days: int | None = None
    printed: bool = False

    @property
    def once(self) -> bool:
        """True when evidence never runs out."""
        return self.months is None and self.days is None and not self.printed


@dataclass(frozen=True, slots=True)
class Serving:
    """Evidence recorded under another requirement that also counts for this one, under the condition `when`.

    The conditions are named in `reading.py`.
    """

    key: str
    when: str = "always"


@dataclass(frozen=True, slots=True)
class Texts:
    """What people read about a requirement, in one language."""

    title: str
    applies_to: str
    trigger: str
    renewal: str
    evidence: str
    retention: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One catalogue entry.

    `condition` names the test on the driver's facts in `applicability.py`. `blocks_driving`: a driver without it may not drive
    at all; `restricts`: may not do that one kind of work ("hazmat", "lcv", "passenger", "port", "teaching"). `clears` is the
    set of keys whose later clear result lifts a block recorded here. `basis` says which words of the rule decide on driving.
    """

    key: str
    condition: str
    deadline: Deadline
    renewal: Renewal
    retention: Retention
    citations: tuple[Citation, ...]
    effective_from: date
    effective_to: date | None = None
    verified_on: date | None = None
    source: Source = Source.FEDERAL
    scope: Scope = Scope.DRIVER
    blocks_driving: bool = False
    restricts: str | None = None
    reading: str = "plain"  # how its evidence is read: plain, medical, cdlis, security, registry_check, lcv_teaching
    needs_printed: bool = False  # without a printed expiry nobody can tell whether it still counts
    per_hire: bool = False  # evidence from before an earlier employment's end does not count
    max_age: Age | None = None  # evidence older than this at the hire does not count
    hired_since: date | None = None  # only for employments that began on or after this day
    starts_with: str | None = None  # only from the day named by this fact
    replaced_since: date | None = None  # another rule takes its place for employments since this day ...
    replaced_when_not: str | None = None  # ... when this fact is known to be false
    served_by: tuple[Serving, ...] = ()
    blocking_outcomes: frozenset[str] = frozenset()
    clear_outcomes: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    adverse_counts: bool = False  # a record with a blocking result is still the record that the rule asks for
    blocks_anyone: bool = False  # a blocking result forbids driving even when the requirement itself does not apply
    texts: dict[str, Texts] = field(default_factory=dict, compare=False, repr=False)  # policy: by language; federal: see words

    @property
    def outcomes(self) -> frozenset[str]:
        """The results that evidence of this requirement may carry."""
        return self.blocking_outcomes | self.clear_outcomes

    def __hash__(self) -> int:
        return hash(self.key)
