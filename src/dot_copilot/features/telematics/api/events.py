"""What was received."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from dot_copilot.core.errors import Invalid, InvalidCursor, problems
from dot_copilot.core.http import CursorQuery, DoorDep, LimitQuery, PlatformDep
from dot_copilot.core.instants import Instant
from dot_copilot.features.telematics.errors import EventNotFound
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.schemas import TelematicsEventDocument, TelematicsEvents
from dot_copilot.features.telematics.service import events

router = APIRouter()


@router.get("/events", responses=problems(InvalidCursor, Invalid))
async def list_telematics_events(
    *,
    door: DoorDep,
    platform: PlatformDep,
    provider: Provider | None = None,
    since: Annotated[Instant | None, Query(description="What happened then or later")] = None,
    until: Annotated[Instant | None, Query(description="What happened before")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> TelematicsEvents:
    """Events by the time they happened, the newest first, without what they say."""
    return await events.list_events(platform, door, provider=provider, since=since, until=until, limit=limit, cursor=cursor)


@router.get("/events/{provider}/{event_id:path}", responses=problems(EventNotFound, Invalid))
async def read_telematics_event(
    provider: Provider, event_id: Annotated[str, Path(max_length=200)], door: DoorDep, platform: PlatformDep
) -> TelematicsEventDocument:
    """One event, with what the provider sent."""
    return await events.read_event(platform, door, provider, event_id)
