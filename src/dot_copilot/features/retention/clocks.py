"""From documents and the catalogue to the days until which they must be kept. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import groupby
from typing import cast

from dot_copilot.core.database import Row
from dot_copilot.features.compliance.requirement import Requirement
from dot_copilot.features.compliance.retention import kept_until, purgeable_from
from dot_copilot.features.retention.schemas import Clock, Kept

Find = Callable[[str], Requirement | None]


def clocks(rows: Iterable[Row], find: Find) -> list[Kept]:
    """One `Kept` for each document in rows of `repository.documents_of`."""
    return [_kept(list(pieces), find) for _, pieces in groupby(rows, key=lambda row: row["document_id"])]


def _kept(pieces: list[Row], find: Find) -> Kept:
    """The longest of all that the document proves. A requirement that nobody knows any more keeps it for good."""
    first = pieces[0]
    left = first["terminated_on"] if first["hired_on"] is not None else None
    days: list[tuple[date | None, str]] = []
    for piece in pieces:
        requirement = find(piece["requirement"])
        if requirement is None:
            days.append((None, "none"))
            continue
        until = kept_until(requirement.retention, obtained_on=piece["obtained_on"], employment_ended_on=left)
        days.append((until, requirement.retention.kind.value))
    longest, clock = max(days, key=lambda day: day[0] or date.max)
    newest = left is None and any(piece["newest"] for piece in pieces)
    may_go = None if newest else purgeable_from([day for day, _ in days], legal_hold=first["held"])
    return Kept.model_construct(
        document_id=first["document_id"],
        file_name=first["file_name"],
        size=first["size"],
        requirements=list(dict.fromkeys(piece["requirement"] for piece in pieces)),
        obtained_on=first["obtained_on"],
        clock=cast("Clock", clock),
        kept_until=longest,
        purgeable_from=may_go,
        newest=newest,
        held=first["held"],
        purged_at=first["purged_at"],
    )
