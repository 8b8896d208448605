"""Clients: how they register (RFC 7591), and how they prove at the token endpoint who they are (RFC 6749 section 2.3)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from dot_copilot.core.platform import Platform
from dot_copilot.core.scopes import Scope
from dot_copilot.features.assistants import redirects
from dot_copilot.features.assistants.models import AuthMethod, OAuthClient
from dot_copilot.features.assistants.oauth_errors import OAuthError, invalid_client
from dot_copilot.features.assistants.repository import clients

GRANTS = ("authorization_code", "refresh_token")
AUTH_METHODS: tuple[AuthMethod, ...] = ("none", "client_secret_basic", "client_secret_post")
MOST_REDIRECTS = 20
_NAME = 100


async def register(platform: Platform, metadata: dict[str, Any]) -> dict[str, Any]:
    """Registers a client; its information response. `OAuthError` says which member is wrong."""
    method = metadata.get("token_endpoint_auth_method", "client_secret_basic")
    if method not in AUTH_METHODS:
        raise _bad(f"token_endpoint_auth_method is one of {', '.join(AUTH_METHODS)}")
    secret = None if method == "none" else secrets.token_urlsafe(32)
    now = platform.clock.now()
    client = read_metadata(
        metadata,
        id=f"client-{secrets.token_urlsafe(18)}",
        kind="registered",
        auth_method=method,
        secret_hash=None if secret is None else digest(secret),
        created_at=now,
        fresh_until=None,
    )
    await clients.save(platform.database, client)
    answer: dict[str, Any] = {
        "client_id": client.id,
        "client_id_issued_at": int(now.timestamp()),
        "client_name": client.name,
        "redirect_uris": client.redirect_uris,
        "token_endpoint_auth_method": method,
        "grant_types": list(GRANTS if client.refreshes else GRANTS[:1]),
        "response_types": ["code"],
        "scope": " ".join(Scope),
    }
    if client.uri:
        answer["client_uri"] = client.uri
    if secret is not None:
        answer |= {"client_secret": secret, "client_secret_expires_at": 0}
    return answer


def read_metadata(metadata: dict[str, Any], **given: Any) -> OAuthClient:
    """A client from its metadata (RFC 7591 section 2) and what is `given`. Members we do not know are passed over."""
    uris = _texts(metadata, "redirect_uris")
    if not uris or len(uris) > MOST_REDIRECTS:
        raise OAuthError("invalid_redirect_uri", f"redirect_uris has one to {MOST_REDIRECTS} addresses")
    for uri in uris:
        if why := redirects.problem(uri):
            raise OAuthError("invalid_redirect_uri", f"A redirect URI can't be used: {why}.")
    grants = _texts(metadata, "grant_types") if "grant_types" in metadata else list(GRANTS[:1])
    if "authorization_code" not in grants:
        raise _bad("grant_types has to have authorization_code: it is how a person connects a client here")
    if "response_types" in metadata and "code" not in _texts(metadata, "response_types"):
        raise _bad("response_types has to have code")
    return OAuthClient(
        name=_name(metadata, uris[0]), uri=_uri(metadata), redirect_uris=uris, refreshes="refresh_token" in grants, **given
    )


def _texts(metadata: dict[str, Any], member: str) -> list[str]:
    value = metadata.get(member)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        code = "invalid_redirect_uri" if member == "redirect_uris" else "invalid_client_metadata"
        raise OAuthError(code, f"{member} has to be a list of texts")
    return list(dict.fromkeys(value))


def _name(metadata: dict[str, Any], redirect_uri: str) -> str:
    """What people see. Characters that steer the display instead of showing are left out (isprintable knows them)."""
    value = metadata.get("client_name", "")
    if not isinstance(value, str):
        raise _bad("client_name has to be a text")
    shown = " ".join("".join(c if c.isprintable() else " " for c in value[:1000]).split())
    return shown[:_NAME] or f"A client at {redirects.place(redirect_uri)}"[:_NAME]


def _uri(metadata: dict[str, Any]) -> str | None:
    value = metadata.get("client_uri")
    if value in (None, ""):
        return None
    parts = redirects.split(value) if isinstance(value, str) else None
    if parts is None or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in redirects.LOOPBACK)):
        raise _bad("client_uri has to be an https address")
    return str(value)


def _bad(description: str) -> OAuthError:
    return OAuthError("invalid_client_metadata", description + ".")


def digest(secret: str) -> bytes:
    """What is stored of a secret or code. Each has 192 random bits or more, so a plain hash suffices."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


async def authenticate(platform: Platform, client_id: str, secret: str | None, *, basic: bool) -> OAuthClient:
    """The client, if it proves who it is; one without a secret has its id only, and PKCE."""
    client = await clients.find(platform.database, client_id)
    if client is None:
        raise invalid_client("This client is not known here any more. Register it again, then connect again.", basic=basic)
    if client.secret_hash is None:
        if secret:
            raise invalid_client("This client has no secret; send its client_id alone.", basic=basic)
        return client
    if secret is None or not hmac.compare_digest(client.secret_hash, digest(secret)):
        raise invalid_client("The client's secret is wrong or missing.", basic=True)
    return client
