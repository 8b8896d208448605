"""SQL on `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dot_copilot.core.database import Database, Door, Row
from dot_copilot.features.documents.models import StoredDocument, StoredFile


async def insert_document(door: Door, stored: StoredFile) -> None:
    """Makes a stored file reachable; unless it is checked already, it stays in quarantine until it has been read back."""
    await door.execute(
        """insert into documents (carrier_id, id, driver_id, file_name, media_type, size, sha256, blob_name, uploaded_by,
                                  restricted, state, preview_pages)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        door.carrier_id,
        stored.document_id,
        stored.driver_id,
        stored.file_name,
        stored.media_type,
        stored.size,
        stored.sha256,
        stored.blob_name,
        door.actor_id,
        stored.restricted,
        "clean" if stored.checked else "quarantined",
        stored.preview_pages,
    )


async def read_document(door: Door, document_id: UUID) -> StoredDocument | None:
    """One document."""
    row = await door.fetchrow(
        """select id, driver_id, file_name, media_type, size, sha256, blob_name, state, restricted, preview_pages,
                  rejected_because, purged_at is not null as purged
             from documents where carrier_id = $1 and id = $2""",
        door.carrier_id,
        document_id,
    )
    return StoredDocument(*row) if row else None


async def same_file(door: Door, driver_id: UUID, sha256: bytes) -> list[Row]:
    """The driver's evidence with exactly this file that counts or may come to: document, requirement, days. Newest first."""
    return await door.fetch(
        """select d.id as document_id, d.file_name, d.state, e.id as evidence_id, e.requirement, e.obtained_on, e.expires_on
             from documents d join evidence e on e.carrier_id = d.carrier_id and e.document_id = d.id
            where d.carrier_id = $1 and d.driver_id = $2 and d.sha256 = $3 and d.state <> 'rejected' and d.purged_at is null
              and e.voided_at is null and e.review <> 'rejected'
            order by e.recorded_at desc""",
        door.carrier_id,
        driver_id,
        sha256,
    )


async def release_document(door: Door, document_id: UUID, state: str, because: str | None) -> bool:
    """Ends the quarantine with 'clean' or 'rejected'; False when it had ended before."""
    tag = await door.execute(
        """update documents set state = $3, rejected_because = $4
            where carrier_id = $1 and id = $2 and state = 'quarantined'""",
        door.carrier_id,
        document_id,
        state,
        because,
    )
    return tag == "UPDATE 1"


async def write_preview(door: Door, document_id: UUID, pages: int) -> None:
    """How many pages of it can be looked at."""
    await door.execute(
        "update documents set preview_pages = $3 where carrier_id = $1 and id = $2", door.carrier_id, document_id, pages
    )


async def known_blobs(door: Door, names: Sequence[str]) -> set[str]:
    """Which of these blobs belong to a document that is not purged."""
    rows = await door.fetch(
        "select blob_name from documents where carrier_id = $1 and blob_name = any($2::text[]) and purged_at is null",
        door.carrier_id,
        names,
    )
    return {row["blob_name"] for row in rows}


async def carrier_ids(database: Database) -> list[UUID]:
    """Every carrier, for the worker's maintenance."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
