"""Handing out documents: to whom, through which link, and in which state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import file_repository, files, links, previews, schemas, sph
from dot_copilot.features.documents.errors import (
    DocumentNotFound,
    DocumentPurged,
    DocumentRejected,
    NoPreview,
    StorageUnavailable,
)
from dot_copilot.features.documents.models import StoredDocument
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound


async def access_document(door: Door, caller: Caller, document_id: UUID) -> StoredDocument:
    """The document of a driver within reach; `DocumentNotFound` otherwise."""
    document = await file_repository.read_document(door, document_id)
    if document is None or (document.restricted and not sph.may_read(caller)):
        raise DocumentNotFound
    try:
        await access_driver(door, caller, document.driver_id)
    except DriverNotFound:
        raise DocumentNotFound from None
    return document


async def open_document(platform: Platform, caller: Caller, document_id: UUID) -> tuple[StoredDocument, AsyncIterator[bytes]]:
    """The document and its bytes. One that is still in quarantine is checked first, so nobody waits for the worker."""
    async with platform.database.door(caller) as door:
        document = await access_document(door, caller, document_id)
    if document.purged:
        raise DocumentPurged
    if document.state == "rejected":
        raise DocumentRejected(document.rejected_because)
    try:
        if document.state == "quarantined" and (because := await _release(platform, caller, document)) is not None:
            raise DocumentRejected(because)
        return document, await _begun(platform.blobs.stream(document.blob_name))
    except OSError:  # FileNotFoundError too: a clean document's bytes are there, or the store is not what it was
        raise StorageUnavailable from None


async def _release(platform: Platform, caller: Caller, document: StoredDocument) -> str | None:
    because = await files.verdict(platform, document)
    async with platform.database.door(caller) as door:
        await files.release(door, document, because)
    return because


async def read_preview(platform: Platform, caller: Caller, document_id: UUID, page: str) -> bytes:
    """A picture of a document, as JPEG: a page from 1 on, or "thumb"."""
    async with platform.database.door(caller) as door:
        document = await access_document(door, caller, document_id)
    if document.purged:
        raise DocumentPurged
    if document.state != "clean":
        raise NoPreview
    return await previews.read(platform, document.blob_name, document.preview_pages, page)


async def _begun(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same chunks, the first one read already: after that, an answer with status 200 may begin."""
    first = await anext(chunks)

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    return all_of_them()


async def create_link(platform: Platform, door: Door, caller: Caller, document_id: UUID) -> schemas.DocumentLink:
    """A link for the caller, good for `links.SECONDS` and no longer than the caller's session."""
    document = await access_document(door, caller, document_id)
    expires_at = int(platform.clock.now().timestamp()) + links.SECONDS
    token = links.seal(platform.link_key, document.id, caller, expires_at)
    return schemas.DocumentLink(url=f"/api/v1/documents/content/{token}", expires_at=datetime.fromtimestamp(expires_at, UTC))


async def open_link(platform: Platform, token: str) -> tuple[StoredDocument, AsyncIterator[bytes]]:
    """The document behind a link; `LinkInvalid` when it has run out, `Unauthorized` when its session has ended."""
    granted = links.unseal(platform.link_key, token, platform.clock.now().timestamp())
    return await open_document(platform, granted.caller, granted.document_id)


def headers(document: StoredDocument) -> dict[str, str]:
    """A file of a stranger, shown in our origin: no sniffing, no scripts, no store of it anywhere (RFC 6266, CSP 3)."""
    plain = document.file_name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    return {
        "Content-Length": str(document.size),
        "Content-Disposition": f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(document.file_name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, no-store",
    }
