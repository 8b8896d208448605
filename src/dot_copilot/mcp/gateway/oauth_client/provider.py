"""The SDK's OAuth flow, with a memory that survives a restart.

Discovery (RFC 9728, RFC 8414), client id metadata documents or registration (RFC 7591), PKCE, the issuer of the answer
(RFC 9207), resource indicators (RFC 8707), step-up and refresh are the SDK's. It forgets when a token expires and where it is
refreshed, so what it found is kept together with the tokens.
"""

from __future__ import annotations

from typing import Any, Protocol

import orjson
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import (
    OAuthClientInformationFull,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import ValidationError


class Keep(Protocol):
    """Where one upstream's grant is kept, as one text; None when there is none."""

    async def load(self) -> str | None: ...

    async def save(self, text: str) -> None: ...


class MemoryKeep:
    """Keeps it for as long as the process lives."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text

    async def load(self) -> str | None:
        return self.text

    async def save(self, text: str) -> None:
        self.text = text


class Provider(OAuthClientProvider):
    """One upstream's grant. `keep` is loaded on first use, and written whenever a token or the registration changes."""

    def __init__(self, keep: Keep, **options: Any) -> None:
        super().__init__(storage=_Storage(self), **options)
        self._keep = keep

    async def _initialize(self) -> None:
        await self.load()

    async def load(self) -> None:
        """Take over what is kept: perhaps another process has refreshed it. What cannot be read counts as nothing."""
        text = await self._keep.load()
        context, self._initialized = self.context, True
        try:
            kept = orjson.loads(text or "{}")
            context.current_tokens = _read(OAuthToken, kept.get("tokens"))
            context.client_info = _read(OAuthClientInformationFull, kept.get("client"))
            context.protected_resource_metadata = _read(ProtectedResourceMetadata, kept.get("resource"))
            context.oauth_metadata = _read(OAuthMetadata, kept.get("server"))
            context.auth_server_url = kept.get("issuer")
            context.token_expiry_time = kept.get("expires_at")
        except (orjson.JSONDecodeError, ValidationError, AttributeError):
            context.clear_tokens()

    async def save(self) -> None:
        """Write down everything a restart would lose."""
        context = self.context
        kept = {
            "tokens": _write(context.current_tokens),
            "client": _write(context.client_info),
            "resource": _write(context.protected_resource_metadata),
            "server": _write(context.oauth_metadata),
            "issuer": context.auth_server_url,
            "expires_at": context.token_expiry_time,
        }
        await self._keep.save(orjson.dumps(kept).decode())


class _Storage:
    """What the SDK calls when something has changed; by then its context holds it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    async def get_tokens(self) -> OAuthToken | None:
        return self._provider.context.current_tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self._provider.context.current_tokens = tokens
        await self._provider.save()

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self._provider.context.client_info

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self._provider.context.client_info = client_info
        await self._provider.save()


def _read(kind: type[Any], value: Any) -> Any:
    return None if value is None else kind.model_validate(value)


def _write(model: Any) -> Any:
    return None if model is None else model.model_dump(mode="json", exclude_none=True)
