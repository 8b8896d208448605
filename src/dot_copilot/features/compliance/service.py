"""What the routes of this feature do: each function is one request, in the transaction of its door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from dot_copilot.core.database import Door
from dot_copilot.core.http import Locale
from dot_copilot.core.platform import Platform

from .model import State
from .schemas import (
    DriverFileOut,
    DriverPage,
    PolicyChange,
    PolicyIn,
    PolicyPatch,
    RequirementList,
    SummaryOut,
    UpcomingPage,
    WaiverIn,
    WaiverList,
    WaiverOut,
)


@dataclass(frozen=True, slots=True)
class DriverQuery:
    """The filters, sort and page of a driver list, as sent."""

    terminal: str | None
    state: State | None
    requirement: str | None
    may_drive: bool | None
    everyone: bool
    q: str | None
    sort: Literal["name", "employee_id", "next_due"]
    cursor: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class UpcomingQuery:
    """The filters and page of a list of what falls due, as sent."""

    days: int
    terminal: str | None
    requirement: str | None
    cursor: str | None
    limit: int


async def summary(door: Door, platform: Platform, locale: Locale, as_of: date | None) -> SummaryOut:
    raise NotImplementedError


async def list_drivers(door: Door, platform: Platform, locale: Locale, query: DriverQuery, as_of: date | None) -> DriverPage:
    raise NotImplementedError


async def driver_file(door: Door, platform: Platform, locale: Locale, driver_id: UUID, as_of: date | None) -> DriverFileOut:
    raise NotImplementedError


async def upcoming(door: Door, platform: Platform, locale: Locale, query: UpcomingQuery, as_of: date | None) -> UpcomingPage:
    raise NotImplementedError


async def requirements(door: Door, locale: Locale) -> RequirementList:
    raise NotImplementedError


async def add_policy(door: Door, platform: Platform, locale: Locale, body: PolicyIn) -> PolicyChange:
    raise NotImplementedError


async def change_policy(door: Door, locale: Locale, key: str, body: PolicyPatch) -> PolicyChange:
    raise NotImplementedError


async def retire_policy(door: Door, platform: Platform, locale: Locale, key: str) -> PolicyChange:
    raise NotImplementedError


async def waivers(door: Door, locale: Locale, driver_id: UUID) -> WaiverList:
    raise NotImplementedError


async def grant_waiver(door: Door, locale: Locale, driver_id: UUID, body: WaiverIn) -> WaiverOut:
    raise NotImplementedError


async def revoke_waiver(door: Door, platform: Platform, waiver_id: UUID) -> None:
    raise NotImplementedError
