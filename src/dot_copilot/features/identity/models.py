"""People and sessions as the repository hands them out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from dot_copilot.core.caller import Role


def address_hash(email: str) -> bytes:
    """Under which the sign-in attempts of an address are counted, whether or not anyone has it."""
    return hashlib.sha256(email.lower().encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person with what sign-in has to know. `time_zone` is the carrier's, `expires_on` the last day."""

    id: UUID
    carrier_id: UUID
    email: str
    name: str
    password_hash: str
    role: Role
    locale: str
    terminal_id: UUID | None
    more_terminals: list[UUID]
    driver_id: UUID | None
    expires_on: date | None
    token_version: int
    one_time_until: datetime | None
    last_signed_in_at: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    time_zone: str

    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row that has every column."""
        values = {field.name: row[field.name] for field in fields(cls)}
        return cls(**{**values, "role": Role(values["role"])})

    @property
    def ends_at(self) -> datetime | None:
        """The instant at which the last day ends where the carrier is."""
        if self.expires_on is None:
            return None
        return datetime.combine(self.expires_on + timedelta(days=1), time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def expired(self, now: datetime) -> bool:
        """Whether the last day is over."""
        return self.ends_at is not None and self.ends_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshState:
    """A refresh token, the session it belongs to, and its person; the session's row is locked."""

    session_id: UUID
    session_created_at: datetime
    session_expires_at: datetime
    revoked_at: datetime | None
    via: str
    used_at: datetime | None
    account: Account


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request came from: the peer's address as the trusted proxy gave it, and the User-Agent."""

    address: str
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or a refresh gives: the access token, and the next refresh token with its seconds to live."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_seconds: int
