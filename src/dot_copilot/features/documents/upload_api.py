"""`/uploads`: large files in parts, resumable; `/documents/{id}/preview`: pictures of documents."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from starlette.requests import ClientDisconnect

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    UnsupportedFile,
    problems,
)
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep, allow
from dot_copilot.features.documents import reading, receiving, schemas, sending, upload_schemas

router = APIRouter(tags=["documents"], responses=problems(Unauthorized, Forbidden))
public_router = APIRouter(tags=["documents"])
_write = [Depends(allow(Permission.WRITE_EVIDENCE, Permission.WRITE_OWN_EVIDENCE))]
_read = [Depends(allow(Permission.READ_DRIVERS, Permission.READ_OWN_FILE))]
_PART: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A JPEG", "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}
Page = Annotated[str, Path(pattern=r"^(thumb|[1-9][0-9]?)$", description="A page from 1 on, or 'thumb'")]


@router.post("/uploads", status_code=201, dependencies=_write, responses=problems(TooLarge, TooManyRequests, Invalid))
async def begin_upload(new: upload_schemas.UploadCreate, door: DoorDep, platform: PlatformDep) -> upload_schemas.Upload:
    """Begins a file. One that nobody goes on with for a day is forgotten."""
    return await receiving.begin(door, platform, new)


@router.get("/uploads/{upload_id}", dependencies=_write, responses=problems(NotFound))
async def read_upload(upload_id: UUID, caller: CallerDep, door: DoorDep) -> upload_schemas.Upload:
    """How far an upload of the caller's has come: after an interruption, send the parts that it lacks."""
    return await receiving.read(door, caller, upload_id)


@router.put(
    "/uploads/{upload_id}/parts/{part}",
    status_code=204,
    dependencies=_write,
    openapi_extra=_PART,
    responses=problems(NotFound, Conflict, TooLarge, UnsupportedFile, Invalid, Unavailable, BadRequest),
)
async def put_upload_part(  # noqa: PLR0917 - each a parameter of the request
    upload_id: UUID,
    part: Annotated[int, Path(ge=1, le=100_000)],
    request: Request,
    caller: CallerDep,
    platform: PlatformDep,
    content_digest: Annotated[str, Header(max_length=200, description="`sha-256=:<base64>:` of the part (RFC 9530)")] = "",
) -> None:
    """Stores one part, whichever came before it; sent again it changes nothing."""
    await receiving.put_part(platform, caller, upload_id, part, digest=content_digest, body=request.stream())


@router.post("/uploads/{upload_id}/complete", dependencies=_write, responses=problems(NotFound, Conflict, Unavailable))
async def complete_upload(upload_id: UUID, caller: CallerDep, platform: PlatformDep) -> upload_schemas.Upload:
    """Puts the parts together and has the file checked; larger ones by the worker: ask again while it is `checking`."""
    return await receiving.complete(platform, caller, upload_id)


@router.delete("/uploads/{upload_id}", status_code=204, dependencies=_write, responses=problems(NotFound, Conflict))
async def cancel_upload(upload_id: UUID, caller: CallerDep, platform: PlatformDep) -> None:
    """Forgets a file that was not used, and what was sent of it."""
    await receiving.cancel(platform, caller, upload_id)


@router.post("/drivers/{driver_id}/upload-link", status_code=201, dependencies=_write, responses=problems(NotFound, Invalid))
async def create_upload_link(
    driver_id: UUID, wanted: schemas.UploadLinkCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep
) -> schemas.UploadLink:
    """A path that takes one document for fifteen minutes without a token, for a program that can't hold one."""
    return await sending.create_link(door, platform, caller, driver_id, wanted)


@public_router.put(
    "/documents/upload/{token}",
    status_code=201,
    openapi_extra=_PART,
    responses=problems(Unauthorized, NotFound, Conflict, TooLarge, UnsupportedFile, Invalid, Unavailable, BadRequest),
)
async def send_by_link(
    token: Annotated[str, Path(max_length=sending.LONGEST)], request: Request, platform: PlatformDep
) -> schemas.Evidence:
    """The file itself, for a link of `POST /drivers/{id}/upload-link`."""
    try:
        return await sending.receive(platform, token, request.stream())
    except ClientDisconnect:
        raise BadRequest("The connection broke off. Nothing was saved; send it again.") from None


@router.get(
    "/documents/{document_id}/preview/{page}",
    dependencies=_read,
    response_class=Response,
    responses=problems(NotFound, Unavailable) | PICTURE,
)
async def read_document_preview(document_id: UUID, page: Page, caller: CallerDep, platform: PlatformDep) -> Response:
    """A picture of a document: upright, and without what the camera noted of place and time."""
    return picture(await reading.read_preview(platform, caller, document_id, page))


def picture(data: bytes) -> Response:
    """Of a stranger's file, but drawn by us; it may be kept by the browser of whoever was allowed to see it, for a while."""
    headers = {"Cache-Control": "private, max-age=300", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(data, media_type="image/jpeg", headers=headers)
