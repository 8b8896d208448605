"""What the telematics routes speak on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.telematics.providers import Provider

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\x00]+$")]
SigningSecret = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=512, pattern=r"^[!-~]+$")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FeedCreate(_In):
    """A new feed. Its signing secret follows, because the provider makes it when it is told the address."""

    provider: Provider
    name: Name


class FeedSecret(_In):
    """The provider's signing secret. `keep_previous_hours`: how long what was signed with the one before is still accepted."""

    secret: SigningSecret = Field(json_schema_extra={"format": "password"})
    keep_previous_hours: int = Field(default=24, ge=0, le=168)


class TelematicsFeed(BaseModel):
    """An account at a provider. `webhook_url` is what the provider is told; `secret_since` is null until a secret is entered.

    `previous_secret_until`: until then the secret before the present one is accepted too.
    """

    id: UUID
    provider: Provider
    name: str
    webhook_url: str
    created_at: datetime
    secret_since: datetime | None
    previous_secret_until: datetime | None


class TelematicsFeeds(BaseModel):
    """All feeds of the carrier, by name."""

    items: list[TelematicsFeed]


class TelematicsReceipt(BaseModel):
    """What was stored: `received` events are new, `duplicates` were there already."""

    received: int
    duplicates: int


class TelematicsEvent(BaseModel):
    """An event as lists show it. `at`: when it happened; `type`: the provider's own word; `size` in bytes."""

    provider: Provider
    event_id: str
    type: str
    feed_id: UUID | None
    at: datetime
    received_at: datetime
    expires_at: datetime
    size: int


class TelematicsEvents(BaseModel):
    """A page, the newest first."""

    items: list[TelematicsEvent]
    next_cursor: str | None


class TelematicsEventDocument(TelematicsEvent):
    """An event with what was sent. `sha256`: of the bytes that were signed, where they held this event alone."""

    body: Any
    sha256: str | None
