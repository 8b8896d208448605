"""SQL on `document_requests`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from dot_copilot.core.database import Door, Row

_COLUMNS = """r.id, r.driver_id, r.requirement, r.note, r.due_on, r.state, r.asked_by, u.name as asked_by_name, r.asked_at,
       r.settled_at, r.evidence_id"""
_FROM = "from document_requests r left join users u on u.carrier_id = r.carrier_id and u.id = r.asked_by"


async def insert_request(door: Door, driver_id: UUID, requirement: str, note: str, due_on: date | None) -> UUID | None:
    """Asks for a document; None when one for the same requirement is open already."""
    created: UUID | None = await door.fetchval(
        """insert into document_requests (carrier_id, driver_id, requirement, note, due_on, asked_by)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (carrier_id, driver_id, requirement) where state = 'open' do nothing returning id""",
        door.carrier_id,
        driver_id,
        requirement,
        note,
        due_on,
        door.actor_id,
    )
    return created


async def read_request(door: Door, request_id: UUID) -> Row | None:
    """One request."""
    return await door.fetchrow(f"select {_COLUMNS} {_FROM} where r.carrier_id = $1 and r.id = $2", door.carrier_id, request_id)


async def list_requests(door: Door, driver_id: UUID) -> list[Row]:
    """A driver's requests: open ones first, those due soonest before; then the settled, newest first, 200 in all."""
    return await door.fetch(
        f"""select {_COLUMNS} {_FROM} where r.carrier_id = $1 and r.driver_id = $2
             order by r.state = 'open' desc, case when r.state = 'open' then r.due_on end, r.asked_at desc limit 200""",
        door.carrier_id,
        driver_id,
    )


async def fulfil(door: Door, driver_id: UUID, requirement: str, evidence_id: UUID) -> None:
    """A document has come: what was asked is answered."""
    await door.execute(
        """update document_requests set state = 'fulfilled', settled_at = now(), settled_by = $5, evidence_id = $4
            where carrier_id = $1 and driver_id = $2 and requirement = $3 and state = 'open'""",
        door.carrier_id,
        driver_id,
        requirement,
        evidence_id,
        door.actor_id,
    )


async def reopen(door: Door, evidence_id: UUID) -> None:
    """What answered it was returned, so it is open again, unless it was asked anew meanwhile."""
    await door.execute(
        """update document_requests r set state = 'open', settled_at = null, settled_by = null, evidence_id = null
            where r.carrier_id = $1 and r.evidence_id = $2 and r.state = 'fulfilled'
              and not exists (select from document_requests o where o.carrier_id = r.carrier_id and o.driver_id = r.driver_id
                                and o.requirement = r.requirement and o.state = 'open')""",
        door.carrier_id,
        evidence_id,
    )


async def cancel(door: Door, request_id: UUID) -> bool:
    """Takes it back; False when it is not open."""
    tag = await door.execute(
        """update document_requests set state = 'cancelled', settled_at = now(), settled_by = $3
            where carrier_id = $1 and id = $2 and state = 'open'""",
        door.carrier_id,
        request_id,
        door.actor_id,
    )
    return tag == "UPDATE 1"
