"""SQL of retention: documents with what they prove, holds, purges."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dot_copilot.core.database import Door, Row

_HOLD = """select h.id, h.driver_id, d.first_name || ' ' || d.last_name as driver_name, h.document_id, f.file_name, h.reason,
       h.set_by, u.name as set_by_name, h.set_at, h.lifted_at, h.lift_reason
  from legal_holds h join drivers d on d.carrier_id = h.carrier_id and d.id = h.driver_id
  left join documents f on f.carrier_id = h.carrier_id and f.id = h.document_id
  left join users u on u.carrier_id = h.carrier_id and u.id = h.set_by
 where h.carrier_id = $1"""


async def documents_of(door: Door, driver_ids: Sequence[UUID]) -> list[Row]:
    """Every piece of evidence that has a document, with the document, the driver and whether a hold is on it.

    `newest`: of what counts for its requirement, none was obtained later. By driver and document.
    """
    return await door.fetch(
        """select f.id as document_id, f.driver_id, f.file_name, f.size, f.purged_at, e.requirement, e.obtained_on,
                  d.employee_id, d.first_name || ' ' || d.last_name as driver_name, w.terminated_on, w.hired_on,
                  e.voided_at is null and e.review = 'accepted' and not exists (
                    select from evidence o where o.carrier_id = e.carrier_id and o.driver_id = e.driver_id
                       and o.requirement = e.requirement and o.obtained_on > e.obtained_on and o.voided_at is null
                       and o.review = 'accepted') as newest,
                  exists (select from legal_holds h where h.carrier_id = f.carrier_id and h.driver_id = f.driver_id
                           and h.lifted_at is null and coalesce(h.document_id, f.id) = f.id) as held
             from documents f join evidence e on e.carrier_id = f.carrier_id and e.document_id = f.id
             join drivers d on d.carrier_id = f.carrier_id and d.id = f.driver_id
             left join lateral (select hired_on, terminated_on from employments m where m.carrier_id = d.carrier_id
                                   and m.driver_id = d.id order by hired_on desc limit 1) w on true
            where f.carrier_id = $1 and f.driver_id = any($2::uuid[])
            order by f.driver_id, f.id, e.obtained_on desc""",
        door.carrier_id,
        driver_ids,
    )


async def drivers_with_documents(door: Door, after: UUID | None, limit: int) -> list[UUID]:
    """Drivers who have a document that is there, in order of their ids."""
    rows = await door.fetch(
        """select d.id from drivers d where d.carrier_id = $1 and ($2::uuid is null or d.id > $2)
              and exists (select from documents f
                           where f.carrier_id = d.carrier_id and f.driver_id = d.id and f.purged_at is null)
            order by d.id limit $3""",
        door.carrier_id,
        after,
        limit,
    )
    return [row["id"] for row in rows]


async def holds_of(door: Door, driver_id: UUID) -> list[Row]:
    """A driver's holds, newest first."""
    return await door.fetch(f"{_HOLD} and h.driver_id = $2 order by h.set_at desc", door.carrier_id, driver_id)


async def standing_holds(door: Door) -> list[Row]:
    """The carrier's holds that stand, newest first, 500 at most."""
    return await door.fetch(f"{_HOLD} and h.lifted_at is null order by h.set_at desc limit 500", door.carrier_id)


async def read_hold(door: Door, hold_id: UUID) -> Row | None:
    """One hold."""
    return await door.fetchrow(f"{_HOLD} and h.id = $2", door.carrier_id, hold_id)


async def insert_hold(door: Door, driver_id: UUID, document_id: UUID | None, reason: str) -> UUID | None:
    """Sets a hold; None when one of the same extent stands."""
    created: UUID | None = await door.fetchval(
        """insert into legal_holds (carrier_id, driver_id, document_id, reason, set_by) values ($1, $2, $3, $4, $5)
           on conflict do nothing returning id""",
        door.carrier_id,
        driver_id,
        document_id,
        reason,
        door.actor_id,
    )
    return created


async def lift_hold(door: Door, hold_id: UUID, reason: str) -> bool:
    """Lifts it; False when it was lifted before."""
    tag = await door.execute(
        """update legal_holds set lifted_at = now(), lifted_by = $3, lift_reason = $4
            where carrier_id = $1 and id = $2 and lifted_at is null""",
        door.carrier_id,
        hold_id,
        door.actor_id,
        reason,
    )
    return tag == "UPDATE 1"


async def purge_document(door: Door, document_id: UUID, reason: str) -> bool:
    """Marks it as purged; False when it was before. Its blobs are removed after this has committed."""
    tag = await door.execute(
        """update documents set purged_at = now(), purged_by = $3, purge_reason = $4
            where carrier_id = $1 and id = $2 and purged_at is null""",
        door.carrier_id,
        document_id,
        door.actor_id,
        reason,
    )
    return tag == "UPDATE 1"
