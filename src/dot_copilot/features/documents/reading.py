"""Handing out documents: to whom, through which link, and in which state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import file_repository, files, links, schemas
from dot_copilot.features.documents.errors import DocumentNotFound, DocumentRejected, StorageUnavailable
from dot_copilot.features.documents.models import StoredDocument
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound


async def _access_document(door: Door, caller: Caller, document_id: UUID) -> StoredDocument:
    """The document of a driver within reach; `DocumentNotFound` otherwise."""
    document = await file_repository.read_document(door, document_id)
    if document is None:
        raise DocumentNotFound
    try:
        await access_driver(door, caller, document.driver_id)
    except DriverNotFound:
        raise DocumentNotFound from None
    return document


async def open_document(platform: Platform, caller: Caller, document_id: UUID) -> tuple[StoredDocument, AsyncIterator[bytes]]:
    """The document and its bytes. One that is still in quarantine is checked first, so nobody waits for the worker."""
    async with platform.database.door(caller) as door:
        document = await _access_document(door, caller, document_id)
    if document.state == "rejected":
        raise DocumentRejected
    try:
        if document.state == "quarantined" and await _release(platform, caller, document) == "rejected":
            raise DocumentRejected
        return document, await _begun(platform.blobs.stream(document.blob_name))
    except OSError:  # FileNotFoundError too: a clean document's bytes are there, or the store is not what it was
        raise StorageUnavailable from None


async def _release(platform: Platform, caller: Caller, document: StoredDocument) -> str:
    state = await files.verdict(platform, document)
    async with platform.database.door(caller) as door:
        await files.release(door, document, state)
    return state


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
    document = await _access_document(door, caller, document_id)
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
