"""Background work on documents."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

import procrastinate

from dot_copilot.core.tasks import platform
from dot_copilot.features.documents import checking, file_repository, files, previews, receiving, upload_repository

log = logging.getLogger(__name__)
tasks = procrastinate.Blueprint()
_AGAIN = procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2)
_LEFT_BEHIND_AFTER = timedelta(hours=24)


@tasks.task(name="verify_document", retry=_AGAIN)
async def verify_document(carrier_id: str, document_id: str, actor_id: str | None = None) -> None:
    """Reads a new document back from the store and ends its quarantine. Done once, however often it runs."""
    here = platform()
    tenant = UUID(carrier_id)
    async with here.database.job_door(tenant) as door:
        document = await file_repository.read_document(door, UUID(document_id))
    if document is None or document.state != "quarantined":
        return
    because = await files.verdict(here, document)
    async with here.database.job_door(tenant, actor_id=UUID(actor_id) if actor_id else None) as door:
        await files.release(door, document, because)


@tasks.task(name="make_preview", retry=_AGAIN)
async def make_preview(carrier_id: str, document_id: str, actor_id: str | None = None) -> None:
    """Makes the pictures of a document that is clean."""
    del actor_id
    here, tenant = platform(), UUID(carrier_id)
    async with here.database.job_door(tenant) as door:
        document = await file_repository.read_document(door, UUID(document_id))
    if document is None or document.state != "clean" or document.preview_pages is not None or document.purged:
        return
    pages = await previews.make(here, document.blob_name, document.media_type)
    async with here.database.job_door(tenant) as door:
        await file_repository.write_preview(door, document.id, pages)


@tasks.task(name="check_upload", retry=_AGAIN)
async def check_upload(carrier_id: str, upload_id: str, actor_id: str | None = None) -> None:
    """Looks at an upload whose parts are put together, unless that was done while its sender waited."""
    here, tenant = platform(), UUID(carrier_id)
    async with here.database.job_door(tenant) as door:
        upload = await upload_repository.read_upload(door, UUID(upload_id))
        parts = await upload_repository.read_parts(door, UUID(upload_id))
    if upload is None or upload.state != "checking":
        return
    found = await checking.check(here, upload, parts)
    async with here.database.job_door(tenant, actor_id=UUID(actor_id) if actor_id else None) as door:
        await checking.settle(door, upload, found)


@tasks.task(name="make_upload_preview", retry=_AGAIN)
async def make_upload_preview(carrier_id: str, upload_id: str, actor_id: str | None = None) -> None:
    """Makes the pictures of an upload, and tells the document that it has become meanwhile."""
    del actor_id
    here, tenant = platform(), UUID(carrier_id)
    async with here.database.job_door(tenant) as door:
        upload = await upload_repository.read_upload(door, UUID(upload_id))
    if upload is None or upload.media_type is None or upload.preview_pages is not None or upload.state not in ("ready", "used"):
        return
    pages = await previews.make(here, upload.blob_name, upload.media_type)
    async with here.database.job_door(tenant) as door:
        await upload_repository.write_preview(door, upload.id, pages)
        await file_repository.write_preview(door, upload.id, pages)  # an upload's document has its id


@tasks.periodic(cron="17 3 * * *")
@tasks.task(name="sweep_blobs", queueing_lock="documents:sweep_blobs", pass_context=False)
async def sweep_blobs(timestamp: int) -> None:
    """Removes what interrupted uploads left in the store, every night."""
    here = platform()
    for carrier_id in await file_repository.carrier_ids(here.database):
        forgotten = await sweep_uploads(carrier_id)
        removed = await files.sweep(here, carrier_id)
        if removed or forgotten:
            log.info("removed %d uploads, %d blobs (carrier %s, run %d)", forgotten, removed, carrier_id, timestamp)


async def sweep_uploads(carrier_id: UUID) -> int:
    """Forgets the carrier's uploads that nobody has gone on with for a day; how many."""
    here = platform()
    before = here.clock.now() - _LEFT_BEHIND_AFTER
    async with here.database.job_door(carrier_id) as door:
        left = await upload_repository.left_behind(door, before)
    forgotten = 0
    for upload in left:
        async with here.database.job_door(carrier_id) as door:
            gone = await upload_repository.delete_upload(door, upload.id)
        if gone:
            await receiving.remove(here, upload)
            forgotten += 1
    return forgotten
