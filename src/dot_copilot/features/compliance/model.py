"""The words of the rules engine: facts and evidence in, states and their reasons out.

Everything is immutable and plain. Days inside a timeline are proleptic ordinals (`date.toordinal()`); `FOREVER` is the
ordinal of `date.max` and means "no end".
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from uuid import UUID

from .requirement import Citation, Requirement

if TYPE_CHECKING:
    from .case import Case

FOREVER = date.max.toordinal()

CdlClass = Literal["A", "B", "C", "none"]
Provenance = Literal["manual", "roster", "upload"]
Review = Literal["accepted", "pending", "rejected"]
Locale = Literal["en", "es"]


class State(StrEnum):
    """The state of one requirement for one driver on one day."""

    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    MISSING = "missing"
    DUE = "due"
    OVERDUE = "overdue"
    PENDING_REVIEW = "pending_review"
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Employment:
    """One hire-to-termination episode; both days are days of work. `terminated_on` None: still employed."""

    hired_on: date
    terminated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which requirements apply to a driver. None always means "not known", never "no".

    Without any employment the day of the hire is not known: gaps that hang on it are `unknown`.
    """

    employments: tuple[Employment, ...]
    cdl_class: CdlClass | None = None
    endorsements: frozenset[str] | None = None
    clp: bool | None = None
    first_cdl_issued_on: date | None = None
    interstate: bool | None = None
    hazmat_employee: bool | None = None
    hazmat_security_plan: bool | None = None
    security_plan_changed_on: date | None = None
    passenger: bool | None = None
    lcv: bool | None = None
    lcv_instructor: bool | None = None
    insulin_treated: bool | None = None
    vision_alternative: bool | None = None
    grandfathered_medical: bool | None = None
    medical_variance: bool | None = None
    supervises_cdl_drivers: bool | None = None
    port_access: bool | None = None
    prior_dot_employer: bool | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dated fact that may satisfy a requirement.

    `obtained_on` is the date of the document or the act: for the medical keys the day of the examination. `expires_on` is the
    printed expiry. `dated` is False when only an expiry is known (a roster often has no more), and `obtained_on` is just the
    day from which the record is taken to count; no time limit is then counted from it.
    """

    id: UUID | str
    requirement: str
    obtained_on: date
    expires_on: date | None = None
    outcome: str | None = None
    provenance: Provenance = "manual"
    review: Review = "accepted"
    has_document: bool = False
    voided: bool = False
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Waiver:
    """A carrier lets a driver off one of its own requirements for a while (both days included), with a reason."""

    requirement: str
    from_on: date
    until_on: date
    reason: str


class ConflictCode(StrEnum):
    """What does not fit together in the evidence. The engine has already decided; people are shown it."""

    PRINTED_PAST_CAP = "printed_past_cap"  # the printed date lies beyond what the rule allows: the rule's date counts
    DATES_INVERTED = "dates_inverted"  # the printed expiry lies before the day it was obtained
    PRINTED_DATES_DIFFER = "printed_dates_differ"  # records of the same day print different dates: the earlier one counts
    UNKNOWN_OUTCOME = "unknown_outcome"  # a result this requirement does not know: not counted until somebody looks


class NoteCode(StrEnum):
    """Lesser things to know about an item; none changes its state."""

    NO_DOCUMENT = "no_document"  # a date transcribed from a roster, with no document behind it
    DATE_PRESUMED = "date_presumed"  # only the expiry is known, so no limit could be counted
    CAP_UNKNOWN = "cap_unknown"  # whether the 12-month limit applies is not known
    PAPER_CARD = "paper_card"  # a CDL holder's paper card, counted under a waiver for a limited time
    LATE = "late"  # collected after its deadline
    TOO_OLD = "too_old"  # evidence is on file but was too old at the hire to count
    WAIVED = "waived"  # the carrier has waived its own requirement
    UNVERIFIED = "unverified"  # nobody has checked this catalogue entry against its source yet


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction: what kind, the two dates concerned and the evidence it was found in."""

    code: ConflictCode
    evidence_id: UUID | str
    stated: date | None = None
    counted: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the arithmetic, checkable by a person."""

    text: str
    date: date | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an item is as it is, in the reader's language."""

    summary: str
    steps: tuple[Step, ...]


class Grant(NamedTuple):
    """From `start` on, the record `evidence` is the one that counts, through `until` (None: its end is not known)."""

    start: int
    until: int | None
    evidence: Evidence
    why: tuple[Any, ...] = ()


class Period(NamedTuple):
    """A run of days in which a requirement's state and dates stay the same. All days are ordinals, both ends included.

    `forbids`: on these days this requirement alone keeps the driver from driving. `cause` is what the state rests on: the
    grant that counts, the evidence waiting for review, or the event that blocks.
    """

    from_day: int
    until_day: int
    state: State
    due_on: int | None
    valid_until: int | None
    forbids: bool = False
    cause: Grant | None = None


class Span(NamedTuple):
    """A run of days, both ends included, as ordinals."""

    from_day: int
    until_day: int


@dataclass(frozen=True, slots=True)
class Life:
    """One requirement over all days. Days that no period covers are `not_applicable`. Periods are ordered and disjoint."""

    requirement: Requirement
    periods: tuple[Period, ...]

    def at(self, day: int) -> Period | None:
        """The period that holds `day` (an ordinal), or None when the requirement does not apply then."""
        place = bisect_right(self.periods, day, key=lambda period: period.from_day) - 1
        if place < 0 or self.periods[place].until_day < day:
            return None
        return self.periods[place]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A driver over all days: what `evaluate` says on each of them, without the words.

    `employed` and `cannot_drive` are ordered, disjoint and not adjacent; a driver can't drive on a day outside `employed`
    either, but such days are not listed in `cannot_drive`.
    """

    lives: tuple[Life, ...]
    employed: tuple[Span, ...]
    cannot_drive: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement on one day. `due_on`: the last day on which the next evidence is in time; `valid_until`: the last day
    on which the present evidence counts. For a renewal they are the same day.
    """

    requirement: Requirement
    state: State
    due_on: date | None = None
    valid_until: date | None = None
    forbids: bool = False
    cause: Grant | None = field(default=None, compare=False, repr=False)
    case: Case | None = field(default=None, compare=False, repr=False)
    as_of: date | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The requirement's key."""
        return self.requirement.key

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Where the rule stands."""
        return self.requirement.citations

    # Found when somebody looks: lists of drivers need none of it.

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What was looked at on that day, newest first."""
        from . import findings

        return findings.evidence(self)

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """What does not fit together in the evidence."""
        from . import findings

        return findings.conflicts(self)

    @property
    def notes(self) -> tuple[NoteCode, ...]:
        """The lesser things to know."""
        from . import findings

        return findings.notes(self)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a driver can't drive (or, with `restricts`, can't do one kind of work).

    `item` None: not employed on that day; with state `unknown`, no employment is on record at all.
    """

    state: State
    item: Item | None = None
    restricts: str | None = None

    @property
    def key(self) -> str:
        """The requirement's key, or `employment`."""
        return self.item.key if self.item else "employment"


@dataclass(frozen=True, slots=True)
class Standing:
    """A driver on one day. `reasons` is empty exactly when `may_drive`; `restrictions` never forbids driving as such."""

    as_of: date
    may_drive: bool
    employed: bool
    reasons: tuple[Reason, ...]
    restrictions: tuple[Reason, ...]
    items: tuple[Item, ...]
