"""What this feature tells the features above it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DriversChanged:
    """Something that decides the standing of these drivers changed: driver, profile, employment or evidence."""

    driver_ids: list[UUID]
