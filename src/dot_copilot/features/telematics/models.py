"""Feeds and events as they are handed around."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a webhook arrived: whose feed it is, and which of its secrets are good now, the newest first."""

    carrier_id: UUID
    feed_id: UUID
    versions: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of a delivery. `at` is None where the provider does not say, or says what can't be."""

    source_id: str
    type: str
    at: datetime | None
    body: Any


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a body holds. `rest`: there is something in it beyond these events, or more than one of them."""

    events: list[Event] = field(default_factory=list)
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many events of a delivery were new, and how many were there already."""

    received: int
    duplicates: int
