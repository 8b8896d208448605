"""A carrier's feeds and their signing secrets.

A row says what the secret store holds, and is written before the secret moves: whoever dies in between leaves a version that
counts for nothing, which the sweep deletes. The version in use is never touched, so a rotation that fails changes nothing.
"""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import TooManyRequests, Unavailable
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import SecretsUnavailable, telematics_secret
from dot_copilot.core.settings import Settings
from dot_copilot.features.telematics.errors import FeedNotFound, PeopleOnly, TooManyFeeds
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.repository import feeds, secrets
from dot_copilot.features.telematics.schemas import FeedCreate, FeedSecret, TelematicsFeed, TelematicsFeeds
from dot_copilot.features.telematics.signatures import check_secret

MOST_FEEDS = 20
ABANDONED = timedelta(minutes=10)
_PER_MINUTE = 20


def shape(row: Row, settings: Settings) -> TelematicsFeed:
    """A feed on the wire."""
    names = ("id", "provider", "name", "created_at", "secret_since", "previous_secret_until")
    url = f"{settings.public_url}/api/v1/telematics/{row['provider']}/{row['endpoint_key']}"
    return TelematicsFeed(webhook_url=url, **{name: row[name] for name in names})


async def list_feeds(door: Door, settings: Settings) -> TelematicsFeeds:
    """All of the carrier's."""
    return TelematicsFeeds(items=[shape(row, settings) for row in await feeds.all_of(door)])


async def create_feed(door: Door, caller: Caller, settings: Settings, new: FeedCreate) -> TelematicsFeed:
    """A feed with an address of its own: 256 random bits. It says whose events come, and the signature that they are genuine."""
    _refuse_assistants(caller)
    if len(await feeds.all_of(door)) >= MOST_FEEDS:
        raise TooManyFeeds(f"A carrier has {MOST_FEEDS} feeds at most. Delete one that is not used.")
    feed_id = await feeds.insert(door, new.provider, new.name, random.token_urlsafe(32))
    await audit.record(door, "telematics.feed_created", "telematics_feed", feed_id, {"provider": new.provider, "name": new.name})
    return await _read(door, settings, feed_id)


async def replace_secret(platform: Platform, caller: Caller, feed_id: UUID, new: FeedSecret) -> TelematicsFeed:
    """Enters a signing secret, or the next one; the one before is accepted for a while, because deliveries are on their way."""
    _refuse_assistants(caller)
    if not await platform.limiter.allow(f"telematics-secret:{caller.carrier_id}", _PER_MINUTE):
        raise TooManyRequests("Too many secrets in a minute. Wait a minute, then try again.", headers={"Retry-After": "60"})
    async with platform.database.door(caller) as door:
        feed = await _lock(door, feed_id)
        check_secret(Provider(feed["provider"]), new.secret)
        version = await secrets.begin(door, feed_id)
    try:
        await platform.secrets.put(telematics_secret(caller.carrier_id, feed_id, version), new.secret)
    except SecretsUnavailable:
        raise _silent() from None
    async with platform.database.door(caller) as door:
        feed = await _lock(door, feed_id)
        if not await secrets.promote(door, feed_id, version, timedelta(hours=new.keep_previous_hours)):
            raise _silent()  # it took so long that the sweep gave it up
        told = {"name": feed["name"], "version": version, "keep_previous_hours": new.keep_previous_hours}
        await audit.record(door, "telematics.secret_replaced", "telematics_feed", feed_id, told)
        changed = await _read(door, platform.settings, feed_id)
    await _tidy_now(platform, caller)
    return changed


async def delete_feed(platform: Platform, caller: Caller, feed_id: UUID) -> None:
    """From now on nothing is received at its address. Events that came through it stay until they expire."""
    _refuse_assistants(caller)
    async with platform.database.door(caller) as door:
        feed = await _lock(door, feed_id)
        await secrets.discard_all(door, feed_id)
        await feeds.delete(door, feed_id)
        await audit.record(door, "telematics.feed_deleted", "telematics_feed", feed_id, dict(feed))
    await _tidy_now(platform, caller)


async def sweep(platform: Platform) -> int:
    """Deletes the secrets that are of no use any more; returns how many. For the worker."""
    swept = 0
    for carrier_id in await feeds.carrier_ids(platform.database):
        async with platform.database.job_door(carrier_id) as door:
            await secrets.discard_overdue(door, ABANDONED)
            swept += await _tidy(platform, door)
    return swept


async def _tidy(platform: Platform, door: Door) -> int:
    """Deletes what is discarded, from the store first: a row is forgotten only when its secret is gone."""
    gone = await secrets.discarded(door)
    for feed_id, version in gone:
        await platform.secrets.delete(telematics_secret(door.carrier_id, feed_id, version))
        await secrets.forget(door, feed_id, version)
    return len(gone)


async def _tidy_now(platform: Platform, caller: Caller) -> None:
    try:
        async with platform.database.door(caller) as door:
            await _tidy(platform, door)
    except SecretsUnavailable:
        return  # nothing accepts them any more; the sweep deletes them within the hour


async def _lock(door: Door, feed_id: UUID) -> Row:
    feed = await feeds.lock(door, feed_id)
    if feed is None:
        raise FeedNotFound
    return feed


async def _read(door: Door, settings: Settings, feed_id: UUID) -> TelematicsFeed:
    row = await feeds.read(door, feed_id)
    assert row is not None
    return shape(row, settings)


def _silent() -> Unavailable:
    return Unavailable(
        "The secret store is not answering. The secret before this one, if there was one, is still the one in use; try again in a"
        " minute.",
        headers={"Retry-After": "60"},
    )


def _refuse_assistants(caller: Caller) -> None:
    if caller.is_assistant:
        raise PeopleOnly("Where events come from is changed in the web application, by a person.")
