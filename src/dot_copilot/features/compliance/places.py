"""Terminals and the day that a request looks at: each terminal has its own today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door
from dot_copilot.features.drivers.access import reach

from . import repository
from .errors import UnknownTerminal
from .projection_codes import day_number


@dataclass(frozen=True, slots=True)
class Place:
    """A terminal on the day that is looked at."""

    id: UUID
    name: str
    time_zone: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Places:
    """A carrier's terminals by name, and which of them the request is about (None: all)."""

    as_of: date  # the day asked for; else today where the request is about, or in the carrier's own time zone
    all: tuple[Place, ...]
    only: tuple[UUID, ...] | None = None

    @property
    def shown(self) -> Sequence[Place]:
        """The terminals that the request is about."""
        return [place for place in self.all if self.only is None or place.id in self.only]

    @property
    def bounds(self) -> tuple[UUID, ...] | None:
        """Which terminals bound the request, of those that there are; None: it is about all."""
        return None if self.only is None else tuple(place.id for place in self.shown)

    @property
    def days(self) -> dict[UUID, int]:
        """Day numbers of all terminals."""
        return {place.id: day_number(place.as_of) for place in self.all}

    def __getitem__(self, terminal_id: UUID) -> Place:
        return next(place for place in self.all if place.id == terminal_id)


async def load_places(door: Door, clock: Clock, caller: Caller, as_of: date | None, terminal: str | None = None) -> Places:
    """The carrier's terminals, bound to `terminal` (id or name) or to the caller's own. `UnknownTerminal` for another."""
    rows = await repository.terminals(door)
    todays = {row["time_zone"]: as_of or clock.today(row["time_zone"]) for row in rows}
    found = tuple(Place(r["id"], r["name"], r["time_zone"], todays[r["time_zone"]]) for r in rows if r["id"])
    found = tuple(sorted(found, key=lambda place: (place.name.casefold(), place.id)))
    only = reach(caller).only_terminals
    if terminal is not None:
        wanted = _find(found, terminal)
        if wanted is None or (only is not None and wanted.id not in only):
            raise UnknownTerminal(terminal)
        only = (wanted.id,)
    bound = next((place for place in found if only is not None and place.id in only), None)
    home = next(row["time_zone"] for row in rows if row["id"] is None)
    return Places(bound.as_of if bound else todays[home], found, only)


def _find(places: Sequence[Place], id_or_name: str) -> Place | None:
    wanted = id_or_name.strip().lower()
    named = (place for place in places if place.name.lower() == wanted)
    return next((place for place in places if str(place.id) == wanted), None) or next(named, None)
