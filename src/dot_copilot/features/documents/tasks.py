"""Background work on documents."""

from __future__ import annotations

import logging
from uuid import UUID

import procrastinate

from dot_copilot.core.tasks import platform
from dot_copilot.features.documents import file_repository, files

log = logging.getLogger(__name__)
tasks = procrastinate.Blueprint()


@tasks.task(name="verify_document", retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2))
async def verify_document(carrier_id: str, document_id: str, actor_id: str | None = None) -> None:
    """Reads a new document back from the store and ends its quarantine. Done once, however often it runs."""
    here = platform()
    tenant = UUID(carrier_id)
    async with here.database.job_door(tenant) as door:
        document = await file_repository.read_document(door, UUID(document_id))
    if document is None or document.state != "quarantined":
        return
    state = await files.verdict(here, document)
    async with here.database.job_door(tenant, actor_id=UUID(actor_id) if actor_id else None) as door:
        await files.release(door, document, state)


@tasks.periodic(cron="17 3 * * *")
@tasks.task(name="sweep_blobs", queueing_lock="documents:sweep_blobs", pass_context=False)
async def sweep_blobs(timestamp: int) -> None:
    """Removes what interrupted uploads left in the store, every night."""
    here = platform()
    for carrier_id in await file_repository.carrier_ids(here.database):
        removed = await files.sweep(here, carrier_id)
        if removed:
            log.info("removed %d blobs without a document (carrier %s, run %d)", removed, carrier_id, timestamp)
