"""What invitations, forgotten passwords and second factors speak on the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.core.caller import Role
from dot_copilot.core.http import Locale
from dot_copilot.features.identity.schemas import Email, MoreTerminals, Name, Password, Placed

Token = Annotated[str, StringConstraints(min_length=20, max_length=100)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=32)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class InvitationCreate(_In):
    """Whom to invite, as what; as `UserCreate`, the password is theirs to choose."""

    email: Email
    name: Name
    role: Role
    locale: Locale = "en"
    terminal_id: UUID | None = None
    more_terminals: MoreTerminals = []
    driver_id: UUID | None = None
    expires_on: date | None = None


class Invitation(Placed):
    """An invitation that waits. `mail_state`: waiting, claimed, handing_over, sent, refused or unsure (then `mail_problem`)."""

    link_until: datetime
    created_at: datetime
    mail_state: str | None
    mail_problem: str | None


class Invitations(BaseModel):
    """Those that wait, the newest first."""

    items: list[Invitation]


class InvitationToken(_In):
    """The token of the link."""

    token: Token


class InvitationView(BaseModel):
    """What an invitation says to whoever has the link."""

    carrier: str
    email: str
    name: str
    role: Role
    locale: Locale


class InvitationAccept(InvitationToken):
    """The name and the password that the person chose."""

    name: Name
    password: Password


class ForgottenPassword(_In):
    """Whose password was forgotten."""

    email: Email


class PasswordReset(InvitationToken):
    """The token of the link, and the password to come."""

    password: Password


class TotpBegun(BaseModel):
    """A code generator to be set up: its secret in base32, the address it reads, and that as a QR code (SVG)."""

    secret: str
    uri: str
    qr_svg: str


class TotpCode(_In):
    """Six digits."""

    code: Code


class RecoveryCodes(BaseModel):
    """Codes that are good once each, shown this once."""

    codes: list[str]


class SecondFactors(BaseModel):
    """What a person has besides the password."""

    totp: bool
    passkeys: int
    recovery_codes_left: int
    required: bool
    fresh_until: datetime | None = Field(description="Until when sensitive changes need no further proof")


class SecondFactorPolicy(_In):
    """The roles that nobody signs in to with a password alone."""

    roles: list[Role]


class Confirmation(_In):
    """The password once more, with a code where the person has a generator."""

    password: Password
    code: Code | None = None
