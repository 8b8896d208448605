"""Reading the audit log, and checking that nobody changed it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Forbidden, Invalid, InvalidCursor, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.audit import service
from dot_copilot.features.audit.repository import Filters
from dot_copilot.features.audit.schemas import AuditEntries, AuditVerification

router = APIRouter(
    prefix="/audit",
    tags=["audit"],
    dependencies=[Depends(allow(Permission.READ_AUDIT))],
    responses=problems(Unauthorized, Forbidden),
)


def read_filters(
    *,
    actor: Annotated[UUID | None, Query(description="The id of a person")] = None,
    person: Annotated[str | None, Query(max_length=120, description="Part of a person's name or address")] = None,
    subject: Annotated[str | None, Query(max_length=100, description="The id of what was changed")] = None,
    action: Annotated[str | None, Query(max_length=100, description="As 'evidence.recorded', or 'evidence.*'")] = None,
    from_: Annotated[date | None, Query(alias="from", description="First day, in the carrier's time zone")] = None,
    to: Annotated[date | None, Query(description="Last day, in the carrier's time zone")] = None,
) -> Filters:
    """What entries are asked for."""
    return Filters(actor, subject, action, from_, to, person)


FiltersDep = Annotated[Filters, Depends(read_filters)]


@router.get("", responses=problems(InvalidCursor, Invalid))
async def list_audit_entries(
    door: DoorDep, platform: PlatformDep, filters: FiltersDep, cursor: CursorQuery = None, limit: LimitQuery = 50
) -> AuditEntries:
    """Who did what, the newest first."""
    return await service.list_entries(door, platform.cursors, filters, cursor=cursor, limit=limit)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}, **problems(Invalid)},
)
async def export_audit_entries(caller: CallerDep, platform: PlatformDep, filters: FiltersDep) -> StreamingResponse:
    """The same entries, all of them, as CSV for a spreadsheet."""
    headers = {"Content-Disposition": 'attachment; filename="audit-log.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(service.export(platform.database, caller, filters), media_type="text/csv", headers=headers)


@router.get("/verify", responses=problems(Invalid))
async def verify_audit_log(
    door: DoorDep,
    known: Annotated[str | None, Query(max_length=90, description="`last` of an earlier verification")] = None,
) -> AuditVerification:
    """Recomputes the hash chain of the carrier from its first entry to its last."""
    return await service.verify(door, known)
