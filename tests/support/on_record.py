"""Documents that are on record already: from before uploads were checked as they are today, or damaged in the store since."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID, uuid4

from tests.support.world import World


async def put_on_record(
    world: World,
    driver: UUID,
    content: bytes,
    *,
    media_type: str = "application/pdf",
    name: str = "card.pdf",
    requirement: str = "mec",
) -> UUID:
    """A clean document with its evidence, whatever is in it."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    blob = f"{world.carrier_id}/documents/{driver}/{uuid4()}"
    await world.worker.blobs.put(blob, chunks(), media_type=media_type)
    async with world.worker.database.job_door(world.carrier_id) as door:
        document: UUID = await door.fetchval(
            """insert into documents (carrier_id, driver_id, file_name, media_type, size, sha256, blob_name, state)
               values ($1, $2, $3, $4, $5, $6, $7, 'clean') returning id""",
            world.carrier_id,
            driver,
            name,
            media_type,
            len(content),
            hashlib.sha256(content).digest(),
            blob,
        )
        await door.execute(
            """insert into evidence (carrier_id, driver_id, requirement, obtained_on, provenance, document_id)
               values ($1, $2, $3, $4, 'upload', $5)""",
            world.carrier_id,
            driver,
            requirement,
            date(2026, 1, 15),
            document,
        )
    return document
