"""What sign-in and the administration of people speak on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.core.caller import Permission, Role
from dot_copilot.core.http import Locale


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("control characters are not allowed")
    return value


_EMAIL = r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$"
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, max_length=254, pattern=_EMAIL),
    Field(examples=["maria@carrier.example"]),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_printable)]
# Any text of up to 256 characters can be tried; the rules for new passwords are the service's.
Password = Annotated[str, StringConstraints(min_length=1, max_length=256), Field(json_schema_extra={"format": "password"})]


MoreTerminals = Annotated[list[UUID], Field(max_length=24, description="Further terminals of a supervisor or coach")]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignIn(_In):
    """An address and a password. `new_password` replaces a one-time password, which is good for nothing else;
    `code` is of the code generator, or a recovery code, where the person has one.
    """

    email: Email
    password: Password
    new_password: Password | None = None
    code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)] | None = None


class AccessToken(BaseModel):
    """The access token, for the Authorization header; `expires_in` in seconds. The refresh token is in a cookie."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name (RFC 6750)
    expires_in: int


class PasswordChange(_In):
    """The present password and the one to come: 12 characters or more, not the address, not a common one."""

    current: Password
    new: Password


class JsonWebKeySet(BaseModel):
    """The public keys that verify access tokens (RFC 7517)."""

    keys: list[dict[str, str]]


class MyCarrier(BaseModel):
    """The carrier of the signed-in person."""

    id: UUID
    usdot: str
    name: str


class Me(BaseModel):
    """The signed-in person, and what the role allows."""

    id: UUID
    email: str
    name: str
    role: Role
    locale: Locale
    carrier: MyCarrier
    terminal_id: UUID | None
    more_terminals: list[UUID]
    driver_id: UUID | None
    expires_on: date | None
    permissions: list[Permission]


class MeUpdate(_In):
    """What one may change about oneself; what is absent stays."""

    locale: Locale | None = None
    name: Name | None = None


class Session(BaseModel):
    """A device that is signed in. `refreshed_at` is when it was last seen to within the life of an access token."""

    id: UUID
    via: str
    user_agent: str | None
    address: str | None
    created_at: datetime
    refreshed_at: datetime
    expires_at: datetime
    current: bool


class Sessions(BaseModel):
    """The sessions that stand, the newest first."""

    items: list[Session]


class Placed(BaseModel):
    """Who somebody is, or is going to be, and whose data they reach."""

    id: UUID
    email: str
    name: str
    role: Role
    locale: Locale
    terminal_id: UUID | None
    more_terminals: list[UUID]
    driver_id: UUID | None
    expires_on: date | None


class User(Placed):
    """A person as the administrator sees them."""

    disabled: bool
    password_is_one_time: bool
    last_signed_in_at: datetime | None
    created_at: datetime


class Users(BaseModel):
    """A page of people by name."""

    items: list[User]
    next_cursor: str | None


class UserCreate(_In):
    """A new person. Supervisors and coaches need `terminal_id` (and may have more), drivers `driver_id`, auditors `expires_on`
    (the last day).
    Without `password` a one-time password is made, shown once in the answer, and changed at the first sign-in.
    """

    email: Email
    name: Name
    role: Role
    locale: Locale = "en"
    terminal_id: UUID | None = None
    more_terminals: MoreTerminals = []
    driver_id: UUID | None = None
    expires_on: date | None = None
    password: Password | None = None


class UserUpdate(_In):
    """What is absent stays. A change of role, place or end date takes hold at once; disabling, an end date and a
    password reset end the person's sessions.
    """

    name: Name | None = None
    role: Role | None = None
    locale: Locale | None = None
    terminal_id: UUID | None = None
    more_terminals: MoreTerminals | None = None
    driver_id: UUID | None = None
    expires_on: date | None = None
    disabled: bool | None = None
    reset_password: Literal[True] | None = None


class UserWithPassword(User):
    """A person just made or given a new password: `one_time_password` is shown this once, and not kept."""

    one_time_password: str | None = None
