"""Files between the client, the store and the database.

The order of things makes a crash between any two of them harmless: the file is checked before it is stored, stored
before its row is committed, and read back before anyone else can read it. So a row never points to a blob that is not
there; a blob without a row may be left over, can't be reached, and is removed by `sweep`.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID, uuid4

from dot_copilot.core import audit, jobs, telemetry
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import checking, file_repository, repository, upload_repository
from dot_copilot.features.documents.errors import FileRefused, StorageUnavailable
from dot_copilot.features.documents.inspection import Refused
from dot_copilot.features.documents.models import ReceivedFile, StoredDocument, StoredFile
from dot_copilot.features.documents.names import safe_file_name
from dot_copilot.features.drivers.events import DriversChanged

log = logging.getLogger(__name__)
VERIFY = "documents:verify_document"
PREVIEW = "documents:make_preview"
DIFFERS = "differs in the store from the one that was sent"
_CHUNK = 1 << 20
_LEFT_OVER_AFTER = timedelta(hours=24)
_UPLOADS = telemetry.counter("dot_uploads_total", "Files that people sent: stored, or refused for what is in them.", ("outcome",))
_ACCEPTED, _REFUSED = _UPLOADS.labels("accepted"), _UPLOADS.labels("refused")
_BYTES = telemetry.counter("dot_upload_bytes_total", "Bytes of files that were stored.").labels()


def _prefix(carrier_id: UUID) -> str:
    return f"{carrier_id}/documents/"


async def store(platform: Platform, carrier_id: UUID, driver_id: UUID, file: ReceivedFile) -> StoredFile:
    """Checks the file and puts it into the store, under a name of our own making.

    `FileRefused` when it is not what we take, `StorageUnavailable` when the store does not answer.
    """
    try:
        inspected = await checking.check_received(file.bytes)
    except Refused as refusal:
        _REFUSED.add()
        raise FileRefused(safe_file_name(file.name), refusal.found) from None
    document_id = uuid4()
    blob_name = f"{_prefix(carrier_id)}{driver_id}/{document_id}"
    try:
        await platform.blobs.put(blob_name, _chunks(file.bytes), media_type=inspected.media_type)
    except OSError:
        raise StorageUnavailable from None
    _ACCEPTED.add()
    _BYTES.add(inspected.size)
    return StoredFile(
        document_id=document_id,
        driver_id=driver_id,
        blob_name=blob_name,
        file_name=safe_file_name(file.name, inspected.media_type),
        media_type=inspected.media_type,
        size=inspected.size,
        sha256=inspected.sha256,
    )


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while chunk := await asyncio.to_thread(file.read, _CHUNK):
        yield chunk


async def register(door: Door, stored: StoredFile) -> None:
    """Makes the row of a stored file, and has the worker read the file back once this transaction is committed."""
    await file_repository.insert_document(door, stored)
    if not stored.checked:
        await jobs.defer(door, VERIFY, document_id=str(stored.document_id))
    elif stored.preview_pages is None:
        await jobs.defer(door, PREVIEW, document_id=str(stored.document_id))


async def verdict(platform: Platform, document: StoredDocument) -> str | None:
    """None when the store holds exactly the bytes that were sent, and no virus; else why it is locked.

    Raises what the store and the scanner raise when they do not answer.
    """
    digest, size = hashlib.sha256(), 0
    try:
        async for chunk in platform.blobs.stream(document.blob_name):
            digest.update(chunk)
            size += len(chunk)
    except FileNotFoundError:
        return DIFFERS
    if (digest.digest(), size) != (document.sha256, document.size):
        return DIFFERS
    return await checking.scan(platform, platform.blobs.stream(document.blob_name))


async def release(door: Door, document: StoredDocument, because: str | None) -> None:
    """Ends the quarantine of a document, once. What waits for a review with a file that is locked goes back to the driver."""
    if not await file_repository.release_document(door, document.id, "rejected" if because else "clean", because):
        return
    if because is None:
        await jobs.defer(door, PREVIEW, document_id=str(document.id))
        return
    log.error("document %s %s", document.id, because)
    await audit.record(door, "document.rejected", "driver", document.driver_id, {"document": document.id, "because": because})
    returned = await repository.return_waiting(door, document.id, f"'{document.file_name}' {because}.")
    for evidence_id in returned:
        await audit.record(door, "evidence.rejected", "driver", document.driver_id, {"evidence": evidence_id, "note": because})
    if returned:
        await door.publish(DriversChanged([document.driver_id]))


async def sweep(platform: Platform, carrier_id: UUID) -> int:
    """Removes the carrier's blobs that are a day old and belong to no document; returns how many."""
    before = platform.clock.now() - _LEFT_OVER_AFTER
    removed = 0
    names: list[str] = []
    async for name, stored_at in platform.blobs.list(_prefix(carrier_id)):
        if stored_at < before:
            names.append(name)
        if len(names) == 1000:
            removed += await _remove_unknown(platform, carrier_id, names)
            names.clear()
    return removed + await _remove_unknown(platform, carrier_id, names)


async def _remove_unknown(platform: Platform, carrier_id: UUID, names: list[str]) -> int:
    if not names:
        return 0
    async with platform.database.job_door(carrier_id) as door:
        owners = list({checking.file_of(name) for name in names})
        known = await file_repository.known_blobs(door, owners) | await upload_repository.known_blobs(door, owners)
        unknown = {name for name in names if checking.file_of(name) not in known}
    for name in unknown:
        await platform.blobs.delete(name)
    return len(unknown)
