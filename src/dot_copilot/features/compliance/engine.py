"""The rules engine: facts and evidence in, a driver's standing on a day (`evaluate`) or on all days (`timeline`) out.

Pure: no clock, no database, no texts. `explain` words what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from .catalogue import FEDERAL, Catalogue
from .model import Evidence, Facts, Standing, Timeline, Waiver
from .requirement import Requirement


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
    """How a driver stands on `as_of`. Evidence dated later, voided or rejected is not looked at."""
    raise NotImplementedError


def timeline(
    facts: Facts,
    evidence: Iterable[Evidence],
    *,
    catalogue: Catalogue = FEDERAL,
    policy: Sequence[Requirement] = (),
    waivers: Sequence[Waiver] = (),
    warning_days: int = 30,
) -> Timeline:
    """How a driver stands on every day: the same rules as `evaluate`, as periods."""
    raise NotImplementedError
