"""What can be done with a carrier and its terminals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError

from dot_copilot.core import audit
from dot_copilot.core.database import Database, Door
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.carriers import repository, schemas
from dot_copilot.features.carriers.errors import CarrierExists, TerminalExists, TerminalNotFound
from dot_copilot.features.carriers.events import RulesChanged


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, object]:
    """What the audit log says of a change: member -> [before, after]."""
    return {name: [old[name], value] for name, value in new.items() if old[name] != value}


async def create_carrier(database: Database, *, usdot: str, name: str, time_zone: str) -> UUID:
    """Takes on a carrier, for the operator's shell (role dot_worker). `CarrierExists`, or `Invalid` naming the field."""
    try:
        new = schemas.CarrierCreate(usdot=usdot, name=name, default_time_zone=time_zone)
    except ValidationError as error:
        fields = [FieldProblem(field=str(e["loc"][0]), problem=e["msg"]) for e in error.errors()]
        raise Invalid("Nothing was saved.", errors=fields) from None
    try:
        carrier_id = await repository.create_carrier(database, new.usdot, new.name, new.default_time_zone)
    except asyncpg.UniqueViolationError:
        raise CarrierExists(usdot) from None
    async with database.job_door(carrier_id, via="cli") as door:
        await audit.record(door, "carrier.created", "carrier", carrier_id, new.model_dump())
    return carrier_id


async def read_carrier(door: Door) -> schemas.Carrier:
    """The caller's carrier."""
    return schemas.Carrier(**await repository.read_carrier(door))


async def change_carrier(door: Door, change: schemas.CarrierChange) -> schemas.Carrier:
    """Changes what was sent. A new warning window concerns every driver: `RulesChanged`."""
    old = dict(await repository.read_carrier(door, lock=True))
    new = old | change.model_dump(exclude_unset=True)
    differences = _differences(old, new)
    if differences:
        await repository.write_carrier(door, new)
        await audit.record(door, "carrier.changed", "carrier", door.carrier_id, differences)
    if "warning_days" in differences:
        await door.publish(RulesChanged())
    return schemas.Carrier(**new)


async def list_terminals(door: Door, cursors: Cursors, *, limit: int, cursor: str | None) -> schemas.TerminalList:
    """A page of terminals by name. `InvalidCursor` for a cursor of another list or carrier."""
    after = cursors.open(door.carrier_id, "terminals", cursor) if cursor else None
    rows = await repository.page_of_terminals(door, limit + 1, after)
    more = rows[limit:]
    last = rows[limit - 1] if more else None
    return schemas.TerminalList(
        items=[schemas.Terminal(**row) for row in rows[:limit]],
        next_cursor=cursors.seal(door.carrier_id, "terminals", [last["sort_key"], last["id"]]) if last else None,
    )


async def create_terminal(door: Door, new: schemas.TerminalCreate) -> schemas.Terminal:
    """Adds a terminal; `TerminalExists` when the name is taken."""
    values = new.model_dump()
    terminal_id = await repository.insert_terminal(door, values)
    if terminal_id is None:
        raise TerminalExists(new.name)
    await audit.record(door, "terminal.created", "terminal", terminal_id, values)
    return schemas.Terminal(id=terminal_id, **values)


async def change_terminal(door: Door, terminal_id: UUID, change: schemas.TerminalChange) -> schemas.Terminal:
    """Changes what was sent. States are dates, so a new time zone needs no recount."""
    row = await repository.read_terminal(door, terminal_id, lock=True)
    if row is None:
        raise TerminalNotFound(terminal_id)
    new = dict(row) | change.model_dump(exclude_unset=True)
    differences = _differences(dict(row), new)
    if differences:
        if not await repository.write_terminal(door, terminal_id, new):
            raise TerminalExists(new["name"])
        await audit.record(door, "terminal.changed", "terminal", terminal_id, differences)
    return schemas.Terminal(**new)
