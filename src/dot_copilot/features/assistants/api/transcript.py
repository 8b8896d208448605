"""What assistants asked and were told, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Forbidden, Invalid, InvalidCursor, Unauthorized, problems
from dot_copilot.core.http import CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.core.instants import Instant
from dot_copilot.features.assistants.errors import CallNotFound
from dot_copilot.features.assistants.schemas import Transcript, TranscriptCall
from dot_copilot.features.assistants.service import transcript

router = APIRouter(
    prefix="/transcript",
    tags=["assistants"],
    dependencies=[Depends(allow(Permission.MANAGE_USERS))],
    responses=problems(Unauthorized, Forbidden),
)


@router.get("", responses=problems(InvalidCursor, Invalid))
async def list_assistant_transcript(
    *,
    door: DoorDep,
    platform: PlatformDep,
    since: Annotated[Instant | None, Query(description="Calls made then or later")] = None,
    until: Annotated[Instant | None, Query(description="Calls made before")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Transcript:
    """Calls within the last 30 days, of our own tools and of others', the newest first, without what was asked."""
    return await transcript.page(platform, door, since=since, until=until, limit=limit, cursor=cursor)


@router.get("/{call_id}", responses=problems(CallNotFound, Invalid))
async def read_assistant_transcript(
    call_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")], door: DoorDep, platform: PlatformDep
) -> TranscriptCall:
    """One call, with what was asked and, where the installation keeps it, what was answered."""
    return await transcript.read(platform, door, call_id)
