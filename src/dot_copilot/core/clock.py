"""Time comes from here, so that a test can stand on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """The real clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def today(self, time_zone: str) -> date:
        """The calendar date at this instant in `time_zone` (an IANA name)."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()


class FixedClock(Clock):
    """A clock that stands still at `instant` until it is moved."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant
