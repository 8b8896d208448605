"""Checks the calendar of counts against the drivers it counts, and makes it anew. For operators, and for tests."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from struct import unpack
from uuid import UUID

from dot_copilot.core.database import Database
from dot_copilot.features.carriers import repository as carriers

from . import calendar_repository, projection_repository, upkeep
from .projection_codes import SLOTS, WINDOW_SLOTS, day_number

_BATCH = 2000


async def differences(database: Database, carrier_id: UUID, as_of: date) -> dict[tuple[UUID, int], tuple[int, int]]:
    """By terminal and key, what the calendar counts on a day and what there is, where the two differ. Empty: all is well.

    The windows of what falls due are left out: they are counted from due dates, not from spans.
    """
    async with database.job_door(carrier_id) as door:
        days = {terminal_id: day_number(as_of) for terminal_id in await carriers.time_zones(door)}
        found = {(row["place"], row["key"]): row["count"] for row in await projection_repository.count_spans(door, days)}
        counted: dict[tuple[UUID, int], int] = {}
        for terminal_id, day in days.items():
            for row in await calendar_repository.terminal_board(door, terminal_id, day):
                if row["count"] and row["key"] % SLOTS not in WINDOW_SLOTS:
                    counted[terminal_id, row["key"]] = row["count"]
    return {
        key: (counted.get(key, 0), found.get(key, 0))
        for key in counted.keys() | found.keys()
        if counted.get(key, 0) != found.get(key, 0)
    }


async def recount(database: Database, carrier_id: UUID) -> None:
    """Makes the calendar anew from what each driver has added to it, in one transaction: readers see the old one until then.

    Projections of the carrier wait meanwhile.
    """
    async with database.job_door(carrier_id) as door:
        await projection_repository.wait_for_projections(door)
        await calendar_repository.clear(door)
        after: UUID | None = None
        while rows := await projection_repository.batch_of_changes(door, after, _BATCH):
            points: dict[UUID, list[int]] = defaultdict(list)
            for row in rows:
                points[row["terminal_id"]] += unpack(f"<{len(row['changes']) // 4}i", row["changes"])
            await projection_repository.add_pending(door, points)
            after = rows[-1]["driver_id"]
    await upkeep.fold(database, carrier_id)
