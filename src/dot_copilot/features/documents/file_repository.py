"""SQL on `documents`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dot_copilot.core.database import Database, Door
from dot_copilot.features.documents.models import StoredDocument, StoredFile


async def insert_document(door: Door, stored: StoredFile) -> None:
    """Makes a stored file reachable; it stays in quarantine until it has been read back and checked."""
    await door.execute(
        """insert into documents (carrier_id, id, driver_id, file_name, media_type, size, sha256, blob_name, uploaded_by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        door.carrier_id,
        stored.document_id,
        stored.driver_id,
        stored.file_name,
        stored.media_type,
        stored.size,
        stored.sha256,
        stored.blob_name,
        door.actor_id,
    )


async def read_document(door: Door, document_id: UUID) -> StoredDocument | None:
    """One document."""
    row = await door.fetchrow(
        """select id, driver_id, file_name, media_type, size, sha256, blob_name, state
             from documents where carrier_id = $1 and id = $2""",
        door.carrier_id,
        document_id,
    )
    return StoredDocument(*row) if row else None


async def release_document(door: Door, document_id: UUID, state: str) -> bool:
    """Ends the quarantine with 'clean' or 'rejected'; False when it had ended before."""
    tag = await door.execute(
        "update documents set state = $3 where carrier_id = $1 and id = $2 and state = 'quarantined'",
        door.carrier_id,
        document_id,
        state,
    )
    return tag == "UPDATE 1"


async def known_blobs(door: Door, names: Sequence[str]) -> set[str]:
    """Which of these blobs belong to a document."""
    rows = await door.fetch(
        "select blob_name from documents where carrier_id = $1 and blob_name = any($2::text[])", door.carrier_id, names
    )
    return {row["blob_name"] for row in rows}


async def carrier_ids(database: Database) -> list[UUID]:
    """Every carrier, for the worker's maintenance."""
    return [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
