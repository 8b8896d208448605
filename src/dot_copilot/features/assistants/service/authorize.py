"""The authorization request: checked, kept, and handed to the consent page (OAuth 2.1 section 4.1, RFC 8707, RFC 9207)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from dot_copilot.core.platform import Platform
from dot_copilot.core.scopes import Scope, parse
from dot_copilot.core.tokens import mcp_audience
from dot_copilot.features.assistants import redirects
from dot_copilot.features.assistants.models import AuthorizationRequest, OAuthClient
from dot_copilot.features.assistants.oauth_errors import OAuthError, RedirectedError
from dot_copilot.features.assistants.repository import clients
from dot_copilot.features.assistants.service import documents

WAITS = timedelta(minutes=10)
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # a SHA-256 in base64url, without padding
_LONGEST_STATE = 4096


async def begin(platform: Platform, query: Mapping[str, list[str]]) -> str:
    """The address of the consent page for a request. `RedirectedError` goes to the client, any other `OAuthError` never does."""
    client = await _client(platform, _single(query, "client_id") or "")
    asked_uri = _single(query, "redirect_uri")
    redirect_uri = redirects.find(client.redirect_uris, asked_uri)
    if redirect_uri is None:
        raise OAuthError(
            "invalid_request",
            "The redirect_uri is not one that this client registered. It has to be the same, character by character; only the"
            " port on this computer may differ. Register the client again with this address.",
        )
    try:
        state = _single(query, "state")
        scopes = _check(platform, query, client)
    except OAuthError as error:
        states = query.get("state", [])
        values = {**error.body(), "state": states[0] if len(states) == 1 else None, "iss": platform.settings.public_url}
        location = redirects.with_query(redirect_uri, values)
        raise RedirectedError(error.error, error.description, location=location) from None
    request = AuthorizationRequest(
        id=secrets.token_urlsafe(24),
        client_id=client.id,
        redirect_uri=redirect_uri,
        scopes=[scope.value for scope in Scope if scope in scopes],
        state=state,
        code_challenge=_single(query, "code_challenge") or "",
        expires_at=platform.clock.now() + WAITS,
    )
    await clients.ask(platform.database, request)
    return f"{platform.settings.pages_url}/connect?request={request.id}"


async def _client(platform: Platform, client_id: str) -> OAuthClient:
    if not client_id or len(client_id) > redirects.LONGEST:
        raise OAuthError("invalid_request", "The request has to name its client_id.")
    if documents.is_document(client_id):
        return await documents.find(platform, client_id)
    client = await clients.find(platform.database, client_id)
    if client is None:
        raise OAuthError(
            "invalid_client",
            "This client is not known here, or not any more. In your assistant, remove this server and add it again: it then"
            " registers anew.",
        )
    return client


def _single(query: Mapping[str, list[str]], name: str) -> str | None:
    """A parameter's value; a parameter without one is as absent, and none may come twice (RFC 6749 section 3.1)."""
    values = query.get(name, [])
    if len(values) > 1:
        raise OAuthError("invalid_request", f"{name} was sent more than once.")
    if values and "\x00" in values[0]:
        raise OAuthError("invalid_request", f"{name} has a NUL character in it.")
    return values[0] if values and values[0] else None


def _check(platform: Platform, query: Mapping[str, list[str]], client: OAuthClient) -> frozenset[Scope]:
    if len(_single(query, "state") or "") > _LONGEST_STATE:
        raise OAuthError("invalid_request", f"state is longer than {_LONGEST_STATE} characters.")
    if _single(query, "response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type has to be 'code'.")
    if _single(query, "code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(_single(query, "code_challenge") or ""):
        raise OAuthError("invalid_request", "PKCE is needed: code_challenge with code_challenge_method 'S256' (RFC 7636).")
    check_resource(platform, query.get("resource", []), needed=True)
    wanted = _single(query, "scope")
    if wanted is None:
        scopes = frozenset(Scope)
    else:
        scopes, unknown = parse(wanted)
        if not scopes - {Scope.OFFLINE_ACCESS}:
            named = f" {', '.join(sorted(unknown))[:200]} is unknown here." if unknown else ""
            raise OAuthError("invalid_scope", f"Ask for at least one of: {' '.join(Scope)}.{named}")
    # Whether a client may stay connected is the person's to say; one that can't use a refresh token is not worth asking about.
    return scopes | {Scope.OFFLINE_ACCESS} if client.refreshes else scopes - {Scope.OFFLINE_ACCESS}


def check_resource(platform: Platform, resources: list[str], *, needed: bool) -> None:
    """`invalid_target` unless every resource named is the MCP endpoint (RFC 8707 section 2)."""
    ours = mcp_audience(platform.settings.public_url)
    if not all(_same(resource, ours) for resource in resources) or (needed and not resources):
        raise OAuthError("invalid_target", f"resource has to be {ours} (RFC 8707): tokens of this server are for nothing else.")


def _same(one: str, other: str) -> bool:
    """Scheme and host in any case, with or without a slash at the end."""
    try:
        first, second = urlsplit(one), urlsplit(other)
    except ValueError:
        return False
    return (
        (first.scheme.lower(), first.netloc.lower(), first.path.rstrip("/"))
        == (second.scheme.lower(), second.netloc.lower(), second.path.rstrip("/"))
        and not first.query
        and "#" not in one
    )
