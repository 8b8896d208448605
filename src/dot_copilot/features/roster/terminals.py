"""The terminals a roster names: found by name or code, created when the carrier has none of that name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.database import Door
from dot_copilot.features.roster import repository

UNASSIGNED = "Unassigned"
OpenDoor = Callable[[], AbstractAsyncContextManager[Door]]


class Terminals:
    """Kept over the batches of one import. Creates in transactions of its own, so that batches don't wait for each other."""

    def __init__(self, open_door: OpenDoor) -> None:
        self._open_door = open_door
        self._lock = asyncio.Lock()
        self._ids: dict[str, UUID] = {}
        self.created: list[str] = []

    async def ids(self, names: Iterable[str]) -> dict[str, UUID]:
        """The ids of terminals by lower-case name, those of `names` among them."""
        wanted: dict[str, str] = {}
        for name in names:
            wanted.setdefault(name.lower(), name)
        if wanted.keys() - self._ids.keys():
            async with self._lock, self._open_door() as door:
                await self._load(door)
                await self._create(door, [name for lower, name in wanted.items() if lower not in self._ids])
        return self._ids

    async def fallback(self) -> UUID:
        """Where new drivers go whose terminal the roster does not tell: the carrier's only one, or 'Unassigned'."""
        async with self._lock, self._open_door() as door:
            await self._load(door)
            if len(set(self._ids.values())) != 1 and UNASSIGNED.lower() not in self._ids:
                await self._create(door, [UNASSIGNED])
        return self._ids.get(UNASSIGNED.lower()) or next(iter(self._ids.values()))

    async def _load(self, door: Door) -> None:
        self._ids = await repository.terminals(door)

    async def _create(self, door: Door, names: list[str]) -> None:
        for terminal in await repository.create_terminals(door, sorted(names)) if names else []:
            self._ids[terminal["name"].lower()] = terminal["id"]
            self.created.append(terminal["name"])
            details = {"name": terminal["name"], "time_zone": terminal["time_zone"], "by": "roster import"}
            await audit.record(door, "terminal.created", "terminal", terminal["id"], details)
