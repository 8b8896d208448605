"""A carrier's own requirements: beside the federal catalogue, never in place of it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from .requirement import Deadline, Renewal, Requirement, Retention, RetentionKind, Source, Texts

PolicyScope = Literal["all", "cdl", "non_cdl", "hazmat", "interstate", "passenger"]


class PolicyError(ValueError):
    """A carrier's requirement or waiver reaches for a federal rule."""


def policy_requirement(
    key: str,
    title: str,
    *,
    applies_to: PolicyScope,
    effective_from: date,
    effective_to: date | None = None,
    deadline_days: int | None = None,
    renewal_months: int | None = None,
    renewal_days: int | None = None,
    printed: bool = False,
    blocks_driving: bool = False,
    texts: dict[str, Texts] | None = None,
) -> Requirement:
    """A carrier's own requirement. `effective_to` is its last day; without `deadline_days` it is needed before driving.

    `deadline_days` count from the hire, or from `effective_from` for those hired before. Records keep counting for
    `renewal_months`/`renewal_days` (neither: for good), and with `printed` until their own expiry at the latest.
    """
    plain = Texts(title, "", "", "", "", "")
    return Requirement(
        key=key,
        condition=applies_to,
        deadline=Deadline(days=deadline_days),
        renewal=Renewal(renewal_months, renewal_days, printed),
        retention=Retention(RetentionKind.NONE),
        citations=(),
        effective_from=effective_from,
        effective_to=effective_to,
        source=Source.POLICY,
        blocks_driving=blocks_driving,
        needs_printed=printed and renewal_months is None and renewal_days is None,
        texts=texts or {"en": plain, "es": plain},
    )
