"""`/packets`, and `/verify` for everybody."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidCursor,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    problems,
)
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.packets import fetching, schemas, service, verifying

router = APIRouter(tags=["packets"], responses=problems(Unauthorized, Forbidden))
public_router = APIRouter(tags=["packets"])
_read = [Depends(allow(Permission.READ_DRIVERS, Permission.READ_OWN_FILE))]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_content: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": dict.fromkeys(("application/zip", "application/pdf", "application/json"), _BINARY),
    }
}
Code = Annotated[str, Path(max_length=40, description="With or without dashes", examples=["K7QF-2M9X-4TRD-C"])]


@router.post("/packets", status_code=202, dependencies=_read, responses=problems(NotFound, Invalid))
async def create_packet(packet: schemas.PacketCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> schemas.Packet:
    """Asks for packets of some drivers: one PDF each, and a ZIP of them all. The worker builds them; ask for progress."""
    return await service.create_packet(door, platform, caller, packet)


@router.get("/packets", dependencies=_read, responses=problems(InvalidCursor))
async def list_packets(
    *,
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    driver: Annotated[UUID | None, Query(description="Only packets with this driver")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> schemas.PacketList:
    """Packets, newest first: those one asked for, or all, for whoever keeps the drivers' files."""
    return await service.list_packets(door, caller, platform, driver_id=driver, limit=limit, cursor=cursor)


@router.get("/packets/{packet_id}", dependencies=_read, responses=problems(NotFound))
async def read_packet(packet_id: UUID, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> schemas.PacketDetails:
    """One packet with its drivers, and how far it has come."""
    return await service.read_packet(door, caller, platform, packet_id)


@router.patch("/packets/{packet_id}", dependencies=_read, responses=problems(NotFound, Invalid))
async def change_packet(
    packet_id: UUID, change: schemas.PacketChange, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.Packet:
    """Changes what the public verification page tells of it."""
    return await service.change_packet(door, caller, platform, packet_id, change)


@router.post("/packets/{packet_id}/cancel", dependencies=_read, responses=problems(NotFound, Conflict))
async def cancel_packet(packet_id: UUID, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> schemas.Packet:
    """Stops the building."""
    return await service.cancel_packet(door, caller, platform, packet_id)


@router.post("/packets/{packet_id}/revoke", dependencies=_read, responses=problems(NotFound, Conflict, Invalid))
async def revoke_packet(
    packet_id: UUID, revoke: schemas.PacketRevoke, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.Packet:
    """Withdraws a packet: nobody can fetch it any more, and its code says that it was revoked."""
    return await service.revoke_packet(door, caller, platform, packet_id, revoke.reason)


@router.post("/packets/{packet_id}/link", dependencies=_read, responses=problems(NotFound, Conflict, Invalid))
async def create_packet_link(
    packet_id: UUID, wanted: schemas.PacketFetch, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.PacketLink:
    """A path that downloads one file of the packet for five minutes without a token."""
    return await fetching.create_link(platform, door, caller, packet_id, wanted)


@public_router.get(
    "/packets/content/{token}",
    response_class=StreamingResponse,
    responses=problems(Unauthorized, NotFound, Conflict, Unavailable) | _content,
)
async def open_packet_link(token: Annotated[str, Path(max_length=1200)], platform: PlatformDep) -> StreamingResponse:
    """The file behind a link of `POST /packets/{id}/link`."""
    file, chunks = await fetching.open_link(platform, token)
    return StreamingResponse(chunks, media_type=file.media_type, headers=fetching.headers(file.name, file.size))


@public_router.get("/verify/{code}", responses=problems(NotFound, TooManyRequests))
async def verify_packet(code: Code, request: Request, platform: PlatformDep) -> schemas.Verified:
    """Whether a packet of this code exists, and what its owner lets anybody know. No sign-in."""
    await verifying.limit(platform, request.client.host if request.client else "unknown")
    return await verifying.verify(platform, code)


@public_router.get("/verify/{code}/{sha256}", responses=problems(NotFound, TooManyRequests))
async def verify_file(
    code: Code,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-fA-F]{64}$", description="Hex")],
    request: Request,
    platform: PlatformDep,
) -> schemas.VerifiedHash:
    """Whether a file of this SHA-256 belongs to the packet. Compute it yourself: the file is not sent."""
    await verifying.limit(platform, request.client.host if request.client else "unknown")
    return await verifying.verify_hash(platform, code, sha256)
