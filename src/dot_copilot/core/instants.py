"""Instants in query parameters, within bounds that every store can compare."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime

_YEARS = range(1970, 2200)


def _bounded(instant: datetime) -> datetime:
    if instant.year not in _YEARS:
        raise ValueError(f"the year lies between {_YEARS.start} and {_YEARS.stop - 1}")
    return instant.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_bounded)]
"""A date and time with its offset, such as 2026-11-28T03:00:00Z."""
