"""Reading what was received."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dot_copilot.core.database import Door
from dot_copilot.core.event_documents import EventQuery, page, size_of
from dot_copilot.core.platform import Platform
from dot_copilot.features.telematics.errors import EventNotFound
from dot_copilot.features.telematics.providers import Provider
from dot_copilot.features.telematics.schemas import TelematicsEvent, TelematicsEventDocument, TelematicsEvents

_PROVIDERS = {provider.kind: provider for provider in Provider}


async def list_events(
    platform: Platform,
    door: Door,
    *,
    provider: Provider | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
) -> TelematicsEvents:
    """A page of events of one provider, or of all, the newest first."""
    query = EventQuery((provider.kind,) if provider else tuple(_PROVIDERS), since, until)
    heads, following = await page(platform.event_documents, door, platform.cursors, query, limit=limit, cursor=cursor)
    items = [
        TelematicsEvent(
            **_facts(head.kind, head.about),
            event_id=head.source_id,
            at=head.at,
            received_at=head.received_at,
            expires_at=head.expires_at,
            size=head.size,
        )
        for head in heads
    ]
    return TelematicsEvents(items=items, next_cursor=following)


async def read_event(platform: Platform, door: Door, provider: Provider, event_id: str) -> TelematicsEventDocument:
    """One event, whole; `EventNotFound` when there is none or it has expired."""
    found = await platform.event_documents.fetch(door, provider.kind, event_id)
    if found is None:
        raise EventNotFound("There is no such event, or it has expired: events are kept for 90 days.")
    return TelematicsEventDocument(
        **_facts(found.kind, found.about),
        event_id=found.source_id,
        at=found.at,
        received_at=found.received_at,
        expires_at=found.expires_at,
        size=size_of(found),
        body=found.body,
        sha256=hashlib.sha256(found.raw).hexdigest() if found.raw is not None else None,
    )


def _facts(kind: str, about: Mapping[str, Any]) -> dict[str, Any]:
    feed = about.get("feed")
    return {"provider": _PROVIDERS[kind], "type": about.get("type", ""), "feed_id": UUID(feed) if feed else None}
