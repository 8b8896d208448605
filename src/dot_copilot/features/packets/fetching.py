"""Handing out the files of a packet: to whom, through which link, and how they are headed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

from msgspec import Struct

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.packets import links, repository, schemas, service
from dot_copilot.features.packets.codes import shown
from dot_copilot.features.packets.errors import PacketGone, PacketNotFound, PacketNotReady, PacketStoreUnavailable

_MEDIA = {"archive": "application/zip", "manifest": "application/json", "pdf": "application/pdf", "sph": "application/pdf"}


class Fetched(Struct, frozen=True):
    """A file to hand out."""

    blob_name: str
    name: str
    media_type: str
    size: int | None


async def create_link(
    platform: Platform, door: Door, caller: Caller, packet_id: UUID, wanted: schemas.PacketFetch
) -> schemas.PacketLink:
    """A link for the caller to one file, good for `links.SECONDS` and no longer than the caller's session."""
    await find(door, platform, await service.access_packet(door, caller, packet_id), wanted.what, wanted.driver_id)
    expires_at = int(platform.clock.now().timestamp()) + links.SECONDS
    token = links.seal(platform.link_key, links.Grant(packet_id, wanted.what, wanted.driver_id, caller), expires_at)
    return schemas.PacketLink(url=f"/api/v1/packets/content/{token}", expires_at=datetime.fromtimestamp(expires_at, UTC))


async def open_link(platform: Platform, token: str) -> tuple[Fetched, AsyncIterator[bytes]]:
    """The file behind a link. The download is in the audit log before its first byte leaves."""
    granted = links.unseal(platform.link_key, token, platform.clock.now().timestamp())
    async with platform.database.door(granted.caller) as door:
        row = await service.access_packet(door, granted.caller, granted.packet_id)
        found = await find(door, platform, row, granted.what, granted.driver_id)
        told = {"what": granted.what} | ({"driver": granted.driver_id} if granted.driver_id else {})
        await audit.record(door, "packet.downloaded", "packet", granted.packet_id, told)
    return found, await begun(platform, found.blob_name)


async def find(door: Door, platform: Platform, row: Row, what: str, driver_id: UUID | None) -> Fetched:
    """Where the file is; says why when there is none."""
    if row["state"] != "done":
        raise PacketNotReady
    carrier = await carriers.read_carrier(door)
    stem = f"USDOT {carrier['usdot']} packet {shown(row['code'])}"
    if what == "manifest":
        return Fetched(row["manifest_blob"], f"{stem} manifest.json", _MEDIA[what], None)
    if not service.downloadable(row, platform):
        raise PacketGone("The packet was revoked." if row["revoked_at"] else "Its files were kept for 30 days.")
    if what == "archive":
        if row["archive_blob"] is None:
            raise PacketNotFound
        return Fetched(row["archive_blob"], f"{stem}.zip", _MEDIA[what], row["archive_size"])
    files = await repository.files_of(door, row["id"], driver_id)
    file = next((found for found in files if found["kind"] == what), None)
    if file is None:
        raise PacketNotFound
    return Fetched(file["blob_name"], file["name"], _MEDIA[what], file["size"])


async def begun(platform: Platform, blob: str) -> AsyncIterator[bytes]:
    """The bytes, the first of them read already: after that, an answer with status 200 may begin."""
    chunks = platform.blobs.stream(blob)
    try:
        first = await anext(chunks)
    except (OSError, StopAsyncIteration):
        raise PacketStoreUnavailable from None

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    return all_of_them()


def headers(name: str, size: int | None) -> dict[str, str]:
    """A download that no page and no cache keeps (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    told = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return told if size is None else {**told, "Content-Length": str(size)}
