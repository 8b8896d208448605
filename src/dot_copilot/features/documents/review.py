"""What waits for a review, across drivers, oldest first."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.documents import review_repository, review_schemas, sph
from dot_copilot.features.documents.service import shape
from dot_copilot.features.drivers.access import reach


async def queue(
    door: Door, caller: Caller, cursors: Cursors, terminal_id: UUID | None, *, limit: int, cursor: str | None
) -> review_schemas.ReviewQueue:
    """A page of it; of a terminal when one is given, and never of drivers out of reach."""
    bounds = reach(caller).only_terminals
    if bounds is not None and terminal_id is not None and terminal_id not in bounds:
        return review_schemas.ReviewQueue(items=[], total=0, next_cursor=None)
    terminals = bounds if terminal_id is None else (terminal_id,)
    listing = f"review {terminals}"
    after = cursors.open(door.carrier_id, listing, cursor) if cursor else None
    hidden = [] if sph.may_read(caller) else sorted(sph.RESTRICTED)
    rows = await review_repository.page_of_waiting(door, terminals, hidden, limit=limit + 1, after=after)
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = cursors.seal(door.carrier_id, listing, [last["recorded_at"], last["id"]])
    items = [
        review_schemas.Waiting.model_construct(
            driver=review_schemas.WaitingDriver.model_construct(
                id=row["driver_id"],
                employee_id=row["employee_id"],
                first_name=row["first_name"],
                last_name=row["last_name"],
                terminal_id=row["terminal_id"],
                terminal_name=row["terminal_name"],
            ),
            evidence=shape(row),
        )
        for row in rows[:limit]
    ]
    total = await review_repository.count_waiting(door, terminals, hidden)
    return review_schemas.ReviewQueue(items=items, total=total, next_cursor=next_cursor)
