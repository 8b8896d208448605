"""SQL on `evidence`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door, Row
from dot_copilot.features.documents.models import NewEvidence

COLUMNS = """e.id, e.driver_id, e.requirement, e.obtained_on, e.expires_on, e.outcome, e.provenance, e.review, e.review_note,
       e.note, e.details, e.recorded_by, e.recorded_at, e.voided_at, e.void_reason,
       f.id as document_id, f.file_name, f.media_type, f.size, f.sha256, f.state as document_state,
       f.rejected_because, f.preview_pages, f.purged_at"""
_FROM = "from evidence e left join documents f on f.carrier_id = e.carrier_id and f.id = e.document_id"


async def page_of_evidence(
    door: Door,
    driver_id: UUID,
    requirement: str | None,
    *,
    voided: bool,
    hidden: Sequence[str],
    limit: int,
    after: list[Any] | None,
) -> list[Row]:
    """Up to `limit` pieces of a driver's evidence, newest first, after [obtained_on, recorded_at, id]; none of `hidden`."""
    obtained_on, recorded_at, evidence_id = after or (None, None, None)
    return await door.fetch(
        f"""select {COLUMNS} {_FROM}
             where e.carrier_id = $1 and e.driver_id = $2 and ($3::text is null or e.requirement = $3)
               and ($4 or e.voided_at is null) and e.requirement <> all ($9::text[])
               and ($5::text is null or (e.obtained_on, e.recorded_at, e.id) < ($5::text::date, $6::text::timestamptz, $7::uuid))
             order by e.obtained_on desc, e.recorded_at desc, e.id desc limit $8""",
        door.carrier_id,
        driver_id,
        requirement,
        voided,
        obtained_on,
        recorded_at,
        evidence_id,
        limit,
        hidden,
    )


async def all_evidence(door: Door, driver_id: UUID) -> list[Row]:
    """Every piece of a driver's evidence that is not voided, newest first, with its document."""
    return await door.fetch(
        f"""select {COLUMNS} {_FROM} where e.carrier_id = $1 and e.driver_id = $2 and e.voided_at is null
             order by e.obtained_on desc, e.recorded_at desc, e.id desc""",
        door.carrier_id,
        driver_id,
    )


async def read_evidence(door: Door, evidence_id: UUID) -> Row | None:
    """One piece of evidence with its document."""
    return await door.fetchrow(
        f"select {COLUMNS} {_FROM} where e.carrier_id = $1 and e.id = $2",
        door.carrier_id,
        evidence_id,
    )


async def lock_evidence(door: Door, evidence_id: UUID) -> Row | None:
    """Keeps others from settling it until this transaction ends: `driver_id`, `review`, `voided_at`."""
    return await door.fetchrow(
        """select driver_id, requirement, review, voided_at from evidence
            where carrier_id = $1 and id = $2 for no key update""",
        door.carrier_id,
        evidence_id,
    )


async def insert_evidence(door: Door, new: NewEvidence) -> UUID:
    """Adds one piece of evidence."""
    created: UUID = await door.fetchval(
        """insert into evidence (carrier_id, driver_id, requirement, obtained_on, expires_on, outcome, provenance, review,
                                 note, details, document_id, recorded_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id""",
        door.carrier_id,
        new.driver_id,
        new.requirement,
        new.obtained_on,
        new.expires_on,
        new.outcome,
        new.provenance,
        new.review,
        new.note,
        new.details,
        new.document_id,
        door.actor_id,
    )
    return created


async def insert_many(door: Door, evidence: Sequence[NewEvidence]) -> set[UUID]:
    """Adds evidence in one statement; returns whose changed.

    Roster evidence that is recorded already (same driver, requirement and dates, not voided) is skipped, so importing a
    roster twice adds nothing.
    """
    rows = await door.fetch(
        """insert into evidence (carrier_id, driver_id, requirement, obtained_on, expires_on, outcome, provenance, review,
                                 note, details, document_id, recorded_by)
           select $1, *, $12 from unnest($2::uuid[], $3::text[], $4::date[], $5::date[], $6::text[], $7::text[], $8::text[],
                                         $9::text[], $10::jsonb[], $11::uuid[])
           on conflict do nothing returning driver_id""",
        door.carrier_id,
        [piece.driver_id for piece in evidence],
        [piece.requirement for piece in evidence],
        [piece.obtained_on for piece in evidence],
        [piece.expires_on for piece in evidence],
        [piece.outcome for piece in evidence],
        [piece.provenance for piece in evidence],
        [piece.review for piece in evidence],
        [piece.note for piece in evidence],
        [piece.details for piece in evidence],
        [piece.document_id for piece in evidence],
        door.actor_id,
    )
    return {row["driver_id"] for row in rows}


async def void_evidence(door: Door, evidence_id: UUID, reason: str) -> None:
    """Takes it out of account."""
    await door.execute(
        """update evidence set voided_at = now(), voided_by = $3, void_reason = $4
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        evidence_id,
        door.actor_id,
        reason,
    )


async def review_evidence(door: Door, evidence_id: UUID, decision: str, note: str | None) -> None:
    """Writes the reviewer's word."""
    await door.execute(
        """update evidence set review = $3, review_note = $4, reviewed_by = $5, reviewed_at = now()
            where carrier_id = $1 and id = $2""",
        door.carrier_id,
        evidence_id,
        decision,
        note,
        door.actor_id,
    )


async def evidence_of(door: Door, driver_ids: Sequence[UUID]) -> list[Row]:
    """What the rules need of the evidence of many drivers, in one statement; voided evidence is left out.

    Columns: driver_id, id, requirement, obtained_on, expires_on, outcome, provenance, review, has_document, dated (false
    when only the expiry is known). Ordered by driver, then oldest first.
    """
    return await door.fetch(
        """select driver_id, id, requirement, obtained_on, expires_on, outcome, provenance, review,
                  document_id is not null as has_document, details -> 'dated' is distinct from 'false'::jsonb as dated
             from evidence where carrier_id = $1 and driver_id = any($2::uuid[]) and voided_at is null
            order by driver_id, obtained_on, recorded_at, id""",
        door.carrier_id,
        driver_ids,
    )


async def return_waiting(door: Door, document_id: UUID, note: str) -> list[UUID]:
    """Returns what waits for a review with this document; nobody reviewed it, its file was locked."""
    rows = await door.fetch(
        """update evidence set review = 'rejected', review_note = $3, reviewed_at = now()
            where carrier_id = $1 and document_id = $2 and review = 'pending' and voided_at is null returning id""",
        door.carrier_id,
        document_id,
        note,
    )
    return [row["id"] for row in rows]
