"""What reminders look like over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Step = Literal[90, 60, 30, 14, 7, -1]
ReminderRole = Literal["driver", "safety_manager", "supervisor", "admin", "coach"]


class NoticeItem(BaseModel):
    """One thing that runs out, or has."""

    driver_id: UUID
    driver: str
    requirement: str
    title: str
    due_on: date


class Notice(BaseModel):
    """What a person was told on a day: the first of it, and how much there is in all."""

    id: UUID
    on_day: date
    items: list[NoticeItem]
    total: int
    read_at: datetime | None


class Notices(BaseModel):
    """The newest first, those of the last weeks; and whether the same comes by mail."""

    items: list[Notice]
    unread: int
    by_mail: bool


class NoticesRead(BaseModel):
    """Which notices were read."""

    model_config = ConfigDict(extra="forbid")

    ids: list[UUID] = Field(min_length=1, max_length=100)


class ReminderWishes(BaseModel):
    """What a person wants."""

    model_config = ConfigDict(extra="forbid")

    by_mail: bool


class ReminderRule(BaseModel):
    """On how many days before the last day a role is reminded; -1 is the day after it. No steps: never."""

    model_config = ConfigDict(extra="forbid")

    requirement: Annotated[
        str, Field(max_length=64, pattern=r"^(\*|[a-z][a-z0-9_]{1,63})$", description="A key, or '*' for the rest")
    ]
    role: ReminderRole
    steps: list[Step] = Field(max_length=6)


class ReminderRules(BaseModel):
    """The carrier's own rules, and what holds without any."""

    items: list[ReminderRule]
    defaults: list[ReminderRule]
