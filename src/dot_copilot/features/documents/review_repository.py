"""SQL on evidence that waits for a review, across drivers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.documents.repository import COLUMNS

_WHERE = """from evidence e join drivers d on d.carrier_id = e.carrier_id and d.id = e.driver_id
             join terminals t on t.carrier_id = d.carrier_id and t.id = d.terminal_id
             left join documents f on f.carrier_id = e.carrier_id and f.id = e.document_id
            where e.carrier_id = $1 and e.review = 'pending' and e.voided_at is null
              and ($2::uuid[] is null or d.terminal_id = any($2)) and e.requirement <> all ($3::text[])"""


async def page_of_waiting(
    door: Door, terminals: Sequence[UUID] | None, hidden: Sequence[str], *, limit: int, after: list[Any] | None
) -> list[Row]:
    """Up to `limit` pieces with their drivers, oldest first, after the key [recorded_at, id]."""
    recorded_at, evidence_id = after or (None, None)
    return await door.fetch(
        f"""select {COLUMNS}, d.employee_id, d.first_name, d.last_name, d.terminal_id, t.name as terminal_name {_WHERE}
              and ($4::text is null or (e.recorded_at, e.id) > ($4::text::timestamptz, $5::uuid))
            order by e.recorded_at, e.id limit $6""",
        door.carrier_id,
        terminals,
        hidden,
        recorded_at,
        evidence_id,
        limit,
    )


async def count_waiting(door: Door, terminals: Sequence[UUID] | None, hidden: Sequence[str]) -> int:
    """How many wait."""
    found: int = await door.fetchval(f"select count(*) {_WHERE}", door.carrier_id, terminals, hidden)
    return found
