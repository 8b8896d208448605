"""`/roster-imports`: upload, preview, correct the mapping, confirm, watch."""

from __future__ import annotations

from importlib import resources
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import BadRequest, Forbidden, InvalidCursor, Unauthorized, Unavailable, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, LocaleDep, PlatformDep, allow
from dot_copilot.features.roster import schemas, service
from dot_copilot.features.roster.errors import (
    ImportNotFound,
    ImportStateConflict,
    RosterColumnsMissing,
    RosterFileRefused,
    RosterTooLarge,
    RosterUnreadable,
)
from dot_copilot.features.roster.upload import receive

router = APIRouter(
    prefix="/roster-imports",
    tags=["roster"],
    dependencies=[Depends(allow(Permission.IMPORT_ROSTER))],
    responses=problems(Unauthorized, Forbidden),
)
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "title": "RosterUpload",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary", "description": "CSV (UTF-8, UTF-16) or XLSX, at most 64 MB"},
                    "dry_run": {"type": "boolean", "default": False, "description": "Read and report only; confirm afterwards"},
                    "mapping": {"type": "string", "description": "A JSON object {column: field or null}, correcting the guess"},
                },
            }
        }
    },
}
_REFUSALS = problems(BadRequest, RosterTooLarge, RosterFileRefused, RosterUnreadable, RosterColumnsMissing, Unavailable)


@router.post("", status_code=202, response_model=schemas.RosterImport, openapi_extra={"requestBody": _BODY}, responses=_REFUSALS)
async def start_roster_import(
    request: Request,
    caller: CallerDep,
    platform: PlatformDep,
    locale: LocaleDep,
    dry_run: Annotated[bool, Query(description="As the form field of that name, which wins")] = False,
) -> schemas.RosterImport:
    """Takes a roster. What can be told at once about the file as a whole is refused here, the rows are read as a job."""
    async with receive(request, dry_run=dry_run) as upload:
        return await service.start_import(platform, caller, locale, upload)


@router.get("", responses=problems(InvalidCursor))
async def list_roster_imports(
    door: DoorDep, platform: PlatformDep, limit: LimitQuery = 20, cursor: CursorQuery = None
) -> schemas.RosterImportList:
    """The carrier's imports, newest first."""
    return await service.list_imports(door, platform.cursors, limit=limit, cursor=cursor)


@router.get(
    "/sample.csv",
    response_class=Response,
    responses={200: {"description": "A roster to start from", "content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def download_roster_sample() -> Response:
    """A small roster with the columns that are understood."""
    text = resources.files("dot_copilot.features.roster").joinpath("sample.csv").read_bytes()
    headers = {"Content-Disposition": 'attachment; filename="roster-sample.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/{import_id}", responses=problems(ImportNotFound))
async def read_roster_import(import_id: UUID, door: DoorDep, locale: LocaleDep) -> schemas.RosterImport:
    """One import with its mapping, progress and first errors."""
    return await service.read_import(door, locale, import_id)


@router.get("/{import_id}/errors", responses=problems(ImportNotFound, InvalidCursor))
async def list_roster_import_errors(
    import_id: UUID, door: DoorDep, platform: PlatformDep, limit: LimitQuery = 100, cursor: CursorQuery = None
) -> schemas.RosterErrorList:
    """The errors in the order of the file; the first 10,000 are kept."""
    return await service.list_errors(door, platform.cursors, import_id, limit=limit, cursor=cursor)


@router.put(
    "/{import_id}/mapping", status_code=202, responses=problems(ImportNotFound, ImportStateConflict, RosterColumnsMissing)
)
async def change_roster_import_mapping(
    import_id: UUID, change: schemas.MappingChange, door: DoorDep, locale: LocaleDep
) -> schemas.RosterImport:
    """Corrects what columns mean, and reads the file again for a new preview."""
    return await service.change_mapping(door, locale, import_id, change.mapping)


@router.post(
    "/{import_id}/confirm", status_code=202, responses=problems(ImportNotFound, ImportStateConflict, RosterColumnsMissing)
)
async def confirm_roster_import(import_id: UUID, door: DoorDep, locale: LocaleDep) -> schemas.RosterImport:
    """Writes what the preview showed. Rows with errors are left out."""
    return await service.confirm(door, locale, import_id)


@router.post("/{import_id}/cancel", status_code=202, responses=problems(ImportNotFound, ImportStateConflict))
async def cancel_roster_import(import_id: UUID, door: DoorDep, locale: LocaleDep) -> schemas.RosterImport:
    """Stops an import. What a running one has written so far stays; it stops within a few hundred rows."""
    return await service.cancel(door, locale, import_id)
