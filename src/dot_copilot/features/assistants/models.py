"""Clients, requests and connections as the repository hands them out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from dot_copilot.core.caller import ASSISTANT, VIA_LENGTH
from dot_copilot.core.scopes import Scope

AuthMethod = Literal["none", "client_secret_basic", "client_secret_post"]


class _OfRow:
    @classmethod
    def of(cls, row: Any) -> Self:
        """From a row that has every column."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient(_OfRow):
    """An assistant's software, as it describes itself. `refreshes`: it can use refresh tokens."""

    id: str
    kind: Literal["registered", "document"]
    name: str
    uri: str | None
    redirect_uris: list[str]
    auth_method: AuthMethod
    secret_hash: bytes | None
    refreshes: bool
    created_at: datetime
    fresh_until: datetime | None

    @property
    def via(self) -> str:
        """How its calls are named in the audit log."""
        return f"{ASSISTANT}{self.name}"[:VIA_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest(_OfRow):
    """What a client asked for."""

    id: str
    client_id: str
    redirect_uri: str
    scopes: list[str]
    state: str | None
    code_challenge: str
    expires_at: datetime

    @property
    def asked(self) -> list[Scope]:
        """The scopes in the order in which a person reads them."""
        return [scope for scope in Scope if scope in self.scopes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(_OfRow):
    """A code and what it is bound to; its row is locked."""

    user_id: UUID
    client_id: str
    redirect_uri: str
    code_challenge: str
    scopes: list[str]
    expires_at: datetime
    used_at: datetime | None
    session_id: UUID | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One definition under one name of an upstream; `kind` as in the path, `hash` in hex."""

    upstream: str
    kind: str
    name: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(_OfRow):
    """A connection whose session may or may not stand."""

    id: UUID
    user_id: UUID
    client_id: str
    client_name: str
    scopes: list[str]
    session_id: UUID
