"""What passkeys speak on the wire: the values of WebAuthn, with bytes as base64url without padding."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dot_copilot.features.identity.schemas import Name

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=1400)]
# An attestation object may hold certificates.
LongBase64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=24_000)]
PasskeyName = Annotated[Name, StringConstraints(max_length=60)]
Transport = Literal["usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Passkey(BaseModel):
    """A passkey of one's own."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Passkeys(BaseModel):
    """The passkeys of the signed-in person, the oldest first."""

    items: list[Passkey]


class PasskeyDescriptor(BaseModel):
    """A credential as browsers want it named."""

    id: str
    transports: list[str]


class PasskeyCreation(BaseModel):
    """What `navigator.credentials.create` is asked with; user verification and a discoverable credential are required."""

    challenge: str
    rp_id: str
    rp_name: str
    user_id: str
    user_name: str
    user_display_name: str
    algorithms: list[int]
    exclude: list[PasskeyDescriptor]
    timeout_ms: int


class PasskeyRequest(BaseModel):
    """What `navigator.credentials.get` is asked with; user verification is required. `allow` is empty at sign-in."""

    challenge: str
    rp_id: str
    allow: list[PasskeyDescriptor]
    timeout_ms: int


class PasskeyAttestation(_In):
    """A new passkey, and what to call it."""

    name: PasskeyName
    credential_id: Base64Url
    client_data_json: Base64Url
    attestation_object: LongBase64Url
    transports: Annotated[list[Transport], Field(max_length=7)] = []


class PasskeyAssertion(_In):
    """An authenticator's answer to a challenge."""

    credential_id: Base64Url
    client_data_json: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url
    user_handle: Base64Url | None = None


class PasskeyRename(_In):
    """What to call it from now on."""

    name: PasskeyName
