"""Which accounts at providers a carrier has connected."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from dot_copilot.core.errors import Invalid, TooManyRequests, Unavailable, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep
from dot_copilot.features.telematics.errors import FeedNotFound, PeopleOnly, TooManyFeeds, UnusableSecret
from dot_copilot.features.telematics.schemas import FeedCreate, FeedSecret, TelematicsFeed, TelematicsFeeds
from dot_copilot.features.telematics.service import feeds

router = APIRouter()


@router.get("/feeds")
async def list_telematics_feeds(door: DoorDep, platform: PlatformDep) -> TelematicsFeeds:
    """The carrier's feeds, with the addresses that their providers send to."""
    return await feeds.list_feeds(door, platform.settings)


@router.post("/feeds", status_code=201, responses=problems(TooManyFeeds, PeopleOnly, Invalid))
async def create_telematics_feed(body: FeedCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> TelematicsFeed:
    """A new feed. Give its `webhook_url` to the provider, then enter the signing secret that the provider shows."""
    return await feeds.create_feed(door, caller, platform.settings, body)


@router.put(
    "/feeds/{feed_id}/secret",
    responses=problems(FeedNotFound, UnusableSecret, PeopleOnly, TooManyRequests, Unavailable, Invalid),
)
async def replace_telematics_secret(feed_id: UUID, body: FeedSecret, caller: CallerDep, platform: PlatformDep) -> TelematicsFeed:
    """Enters the signing secret, or replaces it; it is never shown again."""
    return await feeds.replace_secret(platform, caller, feed_id, body)


@router.delete("/feeds/{feed_id}", status_code=204, responses=problems(FeedNotFound, PeopleOnly, Invalid))
async def delete_telematics_feed(feed_id: UUID, caller: CallerDep, platform: PlatformDep) -> None:
    """Receives nothing at its address any more, and deletes its secrets."""
    await feeds.delete_feed(platform, caller, feed_id)
