"""`/shares` for the carrier, `/shared` for the auditor."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from dot_copilot.core import audit
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
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, LocaleDep, PlatformDep, allow
from dot_copilot.core.telemetry import set_carrier
from dot_copilot.features.compliance.schemas import DriverFileOut
from dot_copilot.features.identity.api.cookies import same_origin
from dot_copilot.features.packets.fetching import headers
from dot_copilot.features.shares import cookies, entering, schemas, service, viewing
from dot_copilot.features.shares.models import Visitor

router = APIRouter(tags=["shares"], responses=problems(Unauthorized, Forbidden))
public_router = APIRouter(tags=["shared"], responses=problems(Unauthorized))
_manage = [Depends(allow(Permission.MANAGE_SHARES))]
_own_pages = [Depends(same_origin)]
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_content: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file, with a watermark", "content": dict.fromkeys(("application/pdf", "image/jpeg"), _BINARY)}
}


@router.post("/shares", status_code=201, dependencies=_manage, responses=problems(NotFound, Invalid))
async def create_share(
    share: schemas.ShareCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.ShareOpened:
    """Shares some drivers' files with an auditor. The link and the code are told in this answer only."""
    return await service.create_share(door, platform, caller, share)


@router.get("/shares", dependencies=_manage, responses=problems(InvalidCursor))
async def list_shares(
    door: DoorDep, platform: PlatformDep, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> schemas.ShareList:
    """The carrier's shares, newest first."""
    return await service.list_shares(door, platform, limit=limit, cursor=cursor)


@router.get("/shares/{share_id}", dependencies=_manage, responses=problems(NotFound))
async def read_share(share_id: UUID, door: DoorDep, platform: PlatformDep) -> schemas.ShareDetails:
    """One share with its drivers and who signed in."""
    return await service.read_share(door, platform, share_id)


@router.get("/shares/{share_id}/visits", dependencies=_manage, responses=problems(NotFound, InvalidCursor))
async def list_share_visits(
    share_id: UUID, door: DoorDep, platform: PlatformDep, limit: LimitQuery = 100, cursor: CursorQuery = None
) -> schemas.ShareVisits:
    """What the auditors of a share opened, when, and from where."""
    return await service.list_visits(door, platform, share_id, limit=limit, cursor=cursor)


@router.post("/shares/{share_id}/code", dependencies=_manage, responses=problems(NotFound, Conflict))
async def renew_share_code(share_id: UUID, door: DoorDep, platform: PlatformDep) -> schemas.ShareCode:
    """A new code for the same link; the one before no longer works."""
    return await service.renew_code(door, platform, share_id)


@router.post("/shares/{share_id}/revoke", dependencies=_manage, responses=problems(NotFound))
async def revoke_share(share_id: UUID, door: DoorDep, platform: PlatformDep) -> schemas.Share:
    """Ends a share at once, for everybody who is signed in to it too."""
    return await service.revoke_share(door, platform, share_id)


async def _visitor(request: Request, platform: PlatformDep) -> Visitor:
    address = request.client.host if request.client else None
    audit.came_from(address)
    visitor = await entering.visitor_of(platform, cookies.read(request), address)
    set_carrier(visitor.carrier_id)
    return visitor


VisitorDep = Annotated[Visitor, Depends(_visitor)]


@public_router.post(
    "/shared/sign-in", dependencies=_own_pages, responses=problems(Unauthorized, Forbidden, Invalid, TooManyRequests)
)
async def sign_in_to_share(
    body: schemas.ShareSignIn, request: Request, response: Response, platform: PlatformDep
) -> schemas.Shared:
    """Comes in by a link and its code, and sets the cookie (httpOnly, SameSite=Strict). Wrong codes lock the link for a while."""
    address, agent = request.client.host if request.client else None, request.headers.get("user-agent")
    audit.came_from(address)
    token = await entering.sign_in(platform, body, address, agent[:300] if agent else None)
    visitor = await entering.visitor_of(platform, token, address)
    cookies.write(response, platform.settings, token, visitor.expires_at, platform.clock.now())
    response.headers["Cache-Control"] = "no-store"
    return await viewing.overview(platform, visitor)


@public_router.post("/shared/sign-out", status_code=204, dependencies=_own_pages, responses=problems(Forbidden))
async def sign_out_of_share(visitor: VisitorDep, response: Response, platform: PlatformDep) -> None:
    """Ends the session of the cookie."""
    await entering.sign_out(platform, visitor)
    cookies.clear(response, platform.settings)


@public_router.get("/shared")
async def read_shared(visitor: VisitorDep, platform: PlatformDep) -> schemas.Shared:
    """What has been shared, by whom, until when."""
    return await viewing.overview(platform, visitor)


@public_router.get("/shared/drivers", responses=problems(InvalidCursor))
async def list_shared_drivers(
    *,
    visitor: VisitorDep,
    platform: PlatformDep,
    locale: LocaleDep,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
) -> schemas.SharedDrivers:
    """The drivers of the share with their standing today."""
    return await viewing.list_drivers(platform, visitor, locale, limit=limit, cursor=cursor)


@public_router.get("/shared/drivers/{driver_id}/file", responses=problems(NotFound))
async def read_shared_file(driver_id: UUID, visitor: VisitorDep, platform: PlatformDep, locale: LocaleDep) -> DriverFileOut:
    """A driver's requirements with their states, reasons and documents, as of today."""
    return await viewing.read_file(platform, visitor, locale, driver_id)


@public_router.get(
    "/shared/documents/{document_id}",
    response_class=StreamingResponse,
    responses=problems(NotFound, Conflict, Unavailable) | _content,
)
async def read_shared_document(document_id: UUID, visitor: VisitorDep, platform: PlatformDep) -> StreamingResponse:
    """A document with the auditor's name, organisation and the time across it."""
    return _answer(await viewing.open_document(platform, visitor, document_id), "inline")


@public_router.get(
    "/shared/drivers/{driver_id}/packet",
    response_class=StreamingResponse,
    responses=problems(NotFound, Conflict, Unavailable) | _content,
)
async def read_shared_packet(
    driver_id: UUID,
    visitor: VisitorDep,
    platform: PlatformDep,
    disposition: Annotated[str, Query(pattern="^(inline|attachment)$")] = "attachment",
) -> StreamingResponse:
    """The driver's packet, with the auditor's name, organisation and the time across each page."""
    return _answer(await viewing.open_packet(platform, visitor, driver_id), disposition)


def _answer(shown: viewing.Shown, disposition: str) -> StreamingResponse:
    told = headers(shown.name, shown.size)
    told["Content-Disposition"] = told["Content-Disposition"].replace("attachment", disposition, 1)
    told["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return StreamingResponse(shown.chunks, media_type=shown.media_type, headers=told)
