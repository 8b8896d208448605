"""What can be done with a carrier and its terminals."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.database import Door
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.carriers import schemas


async def read_carrier(door: Door) -> schemas.Carrier:
    raise NotImplementedError


async def change_carrier(door: Door, change: schemas.CarrierChange) -> schemas.Carrier:
    raise NotImplementedError


async def list_terminals(door: Door, cursors: Cursors, *, limit: int, cursor: str | None) -> schemas.TerminalList:
    raise NotImplementedError


async def create_terminal(door: Door, terminal: schemas.TerminalCreate) -> schemas.Terminal:
    raise NotImplementedError


async def change_terminal(door: Door, terminal_id: UUID, change: schemas.TerminalChange) -> schemas.Terminal:
    raise NotImplementedError
