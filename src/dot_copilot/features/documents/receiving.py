"""Large files in parts: begin, send each part, complete. Any step may be done again, by another process, after any crash.

A part is checked against the digest that came with it before it reaches the store, and counted after it did. So what is counted
is there, as it was sent; a part of which nobody knows is sent again. Completing puts the counted parts together and has the
file checked.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import cast
from uuid import UUID

from dot_copilot.core import jobs
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import checking, kinds, upload_repository, upload_schemas
from dot_copilot.features.documents.errors import (
    FileRefused,
    FileTooLargeForKind,
    PartDamaged,
    StorageUnavailable,
    TooManyUploads,
    UploadIncomplete,
    UploadNotFound,
    UploadSettled,
)
from dot_copilot.features.documents.inspection import refused_head
from dot_copilot.features.documents.models import Part, Upload
from dot_copilot.features.documents.names import safe_file_name
from dot_copilot.features.documents.refusals import code_of

CHECK = "documents:check_upload"
MOST_UNFINISHED = 500
_AT_ONCE = 32 << 20
"""Up to this size a file is checked while its sender waits; the worker checks larger ones."""
_DIGEST = re.compile(r"^\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*$")


async def begin(door: Door, platform: Platform, new: upload_schemas.UploadCreate) -> upload_schemas.Upload:
    """Makes room for a file; `FileTooLargeForKind` when no kind of file may be that large."""
    if new.size > kinds.largest(platform.settings):
        raise FileTooLargeForKind("video", platform.settings.upload_video_mb)
    if await upload_repository.unfinished(door) >= MOST_UNFINISHED:
        raise TooManyUploads(MOST_UNFINISHED)
    part_size = platform.settings.upload_part_mib << 20
    return shape(await upload_repository.insert_upload(door, safe_file_name(new.file_name), new.size, part_size), [])


async def own_upload(door: Door, caller: Caller, upload_id: UUID, *, lock: bool = False) -> Upload:
    """The caller's own upload; nobody else's exists for them."""
    upload = await upload_repository.read_upload(door, upload_id, lock=lock)
    if upload is None or upload.user_id != caller.user_id:
        raise UploadNotFound
    return upload


async def read(door: Door, caller: Caller, upload_id: UUID) -> upload_schemas.Upload:
    """How far the caller's upload has come."""
    upload = await own_upload(door, caller, upload_id)
    return shape(upload, await upload_repository.read_parts(door, upload_id))


async def put_part(
    platform: Platform, caller: Caller, upload_id: UUID, number: int, *, digest: str, body: AsyncIterator[bytes]
) -> None:
    """Stores one part. Sent again with the same content it costs nothing."""
    async with platform.database.door(caller) as door:
        upload = await own_upload(door, caller, upload_id)
        known = await upload_repository.find_part(door, upload_id, number)
    if upload.state != "open":
        raise UploadSettled(upload.state)
    if not 1 <= number <= upload.parts:
        raise PartDamaged(number, f"the file has {upload.parts} parts")
    sent = _digest(number, digest)
    if known is not None and known.sha256 == sent:
        return
    data = await _gather(number, body, upload.part_length(number))
    part = Part(number, len(data), await asyncio.to_thread(lambda: hashlib.sha256(data).digest()))
    if part.sha256 != sent:
        raise PartDamaged(number, "its content is not what its digest says")
    if number == 1:
        _check_head(platform, upload, data)
    try:
        await platform.blobs.stage(upload.blob_name, part.block, data)
    except OSError:
        raise StorageUnavailable from None
    async with platform.database.door(caller) as door:
        if not await upload_repository.write_part(door, upload_id, part):
            raise UploadSettled("settled")


def _digest(number: int, header: str) -> bytes:
    """The digest of a Content-Digest header (RFC 9530)."""
    found = _DIGEST.match(header)
    if found is None:
        raise PartDamaged(number, "send its digest as 'Content-Digest: sha-256=:<base64>:' (RFC 9530)")
    return base64.b64decode(found[1])


async def _gather(number: int, body: AsyncIterator[bytes], length: int) -> bytes:
    """The part, exactly as long as it has to be; never more of it is held than that."""
    data = bytearray()
    async for chunk in body:
        data += chunk
        if len(data) > length:
            raise PartDamaged(number, f"it is longer than the {length} bytes that are left for it")
    if len(data) < length:
        raise PartDamaged(number, f"{len(data)} of its {length} bytes arrived")
    return bytes(data)


def _check_head(platform: Platform, upload: Upload, data: bytes) -> None:
    """Whoever sends a program, or too much of something, learns it from the first part and not from the last."""
    kind = kinds.guessed(data[: kinds.HEAD])
    if kind is None:
        raise FileRefused(upload.file_name, refused_head(data[: kinds.HEAD]).found)
    if upload.size > kinds.limit(platform.settings, kind):
        raise FileTooLargeForKind(kind, kinds.limit(platform.settings, kind) >> 20)


async def complete(platform: Platform, caller: Caller, upload_id: UUID) -> upload_schemas.Upload:
    """Puts the parts together and has the file checked; completed again, it tells how it stands."""
    async with platform.database.door(caller) as door:
        upload = await own_upload(door, caller, upload_id)
        parts = await upload_repository.read_parts(door, upload_id)
    if upload.state == "open":
        if missing := sorted(set(range(1, upload.parts + 1)) - {part.part for part in parts}):
            raise UploadIncomplete(missing)
        try:
            await platform.blobs.commit(upload.blob_name, [part.block for part in parts], media_type="application/octet-stream")
        except OSError:
            raise StorageUnavailable from None
        async with platform.database.door(caller) as door:
            # The job is there too when the check below is not finished, because this process dies.
            if await upload_repository.move(door, upload_id, "open", "checking"):
                await jobs.defer(door, CHECK, upload_id=str(upload_id))
    if upload.state in ("open", "checking") and upload.size <= _AT_ONCE:
        found = await checking.check(platform, upload, parts)
        async with platform.database.door(caller) as door:
            await checking.settle(door, upload, found)
    async with platform.database.door(caller) as door:
        return shape(await own_upload(door, caller, upload_id), parts)


async def cancel(platform: Platform, caller: Caller, upload_id: UUID) -> None:
    """Forgets an upload that became no document, and what was sent of it."""
    async with platform.database.door(caller) as door:
        upload = await own_upload(door, caller, upload_id, lock=True)
        if upload.state == "used":
            raise UploadSettled("used")
        await upload_repository.delete_upload(door, upload_id)
    await remove(platform, upload)


async def remove(platform: Platform, upload: Upload) -> None:
    """Takes the bytes of a forgotten upload out of the store. If that fails, the nightly sweep does it."""
    try:
        if upload.state == "open":  # parts alone can't be deleted; a file of none of them can, and takes them with it
            await platform.blobs.commit(upload.blob_name, [], media_type="application/octet-stream")
        for name in checking.blobs_of(upload.blob_name):
            await platform.blobs.delete(name)
    except OSError:
        return


def shape(upload: Upload, parts: list[Part]) -> upload_schemas.Upload:
    """An upload as its owner sees it."""
    return upload_schemas.Upload.model_construct(
        id=upload.id,
        file_name=upload.file_name,
        size=upload.size,
        part_size=upload.part_size,
        parts=upload.parts,
        received=[part.part for part in parts] if upload.state == "open" else list(range(1, upload.parts + 1)),
        state=cast("upload_schemas.UploadState", upload.state),
        media_type=upload.media_type,
        sha256=upload.sha256.hex() if upload.sha256 else None,
        refusal=upload.refusal,
        refusal_code=code_of(upload.refusal),
        preview_pages=upload.preview_pages,
        document_id=upload.document_id,
        evidence_id=upload.evidence_id,
    )
