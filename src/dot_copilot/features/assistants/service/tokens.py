"""The token endpoint: codes and refresh tokens become access tokens, and are revoked.

OAuth 2.1 sections 4.1.3 and 4.3, RFC 7009, RFC 9068.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dot_copilot.core import audit, scopes
from dot_copilot.core.database import Door
from dot_copilot.core.errors import Unauthorized
from dot_copilot.core.platform import Platform
from dot_copilot.core.scopes import Scope, held
from dot_copilot.core.tokens import OAUTH_TYPE
from dot_copilot.features.assistants.models import Code, OAuthClient, Standing
from dot_copilot.features.assistants.oauth_errors import OAuthError, invalid_grant
from dot_copilot.features.assistants.repository import grants
from dot_copilot.features.assistants.service import connections
from dot_copilot.features.assistants.service.authorize import check_resource
from dot_copilot.features.assistants.service.clients import digest
from dot_copilot.features.identity.models import Account, Client
from dot_copilot.features.identity.repository import sessions, users
from dot_copilot.features.identity.service import sessions as sessions_service

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_AGAIN = "Connect the assistant again."


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What an authenticated client sent, and where from."""

    client: OAuthClient
    form: Mapping[str, str]
    resources: list[str]
    peer: Client


@dataclass(frozen=True, slots=True)
class _Opened:
    """A connection whose session runs out at `end`, with what it may do now."""

    account: Account
    connection: Standing
    granted: frozenset[Scope]
    now: datetime
    end: datetime


async def exchange(platform: Platform, request: TokenRequest) -> dict[str, Any]:
    """The answer to a token request."""
    check_resource(platform, request.resources, needed=False)
    kind = request.form.get("grant_type")
    if kind == "authorization_code":
        return await _of_code(platform, request)
    if kind == "refresh_token":
        return await _of_refresh_token(platform, request)
    raise OAuthError("unsupported_grant_type", "grant_type has to be 'authorization_code' or 'refresh_token'.")


async def _of_code(platform: Platform, request: TokenRequest) -> dict[str, Any]:
    code = request.form.get("code")
    if not code or not request.form.get("code_verifier"):
        raise OAuthError("invalid_request", "code and code_verifier are needed.")
    code_hash = digest(code)
    found = await grants.find_code(platform.database, code_hash)
    if found is None:
        raise invalid_grant(f"The code is not one of ours, or it is long over. {_AGAIN}")
    carrier_id, user_id = found
    async with platform.database.sign_in_door(user_id, carrier_id, via=request.client.via) as door:
        kept = await grants.lock_code(door, code_hash)
        if kept is not None and kept.used_at is None:
            return await _redeem(platform, door, request, kept, code_hash)
        if kept is not None:
            await _end_reused(door, kept)
    # Out here, so that the end of what the code had opened is committed.
    raise invalid_grant(f"The code was used already. What it had opened is closed now. {_AGAIN}")


async def _end_reused(door: Door, code: Code) -> None:
    """Two have the code, and one of them should not: neither goes on (OAuth 2.1 section 4.1.3)."""
    connection = await grants.by_session(door, code.session_id) if code.session_id else None
    if connection is not None:
        door.actor_id = None  # whoever it was
        await connections.end(door, connection, "code used twice")


async def _redeem(platform: Platform, door: Door, request: TokenRequest, code: Code, code_hash: bytes) -> dict[str, Any]:
    client, now = request.client, platform.clock.now()
    _check_binding(client, code, request.form, now)
    account = await users.get(door, code.user_id, lock=True)
    granted = _granted(account, code.scopes, now)
    if account is None or not granted:
        raise invalid_grant(f"The person may not do this any more. {_AGAIN}")
    stays = Scope.OFFLINE_ACCESS in granted
    end = now + timedelta(seconds=platform.settings.assistant_token_seconds)
    if stays:
        end = sessions_service.session_end(platform, account, now, now)
    if client.kind == "registered":
        # One installation that has asked again, mostly for more: what it had is of no use to it, so it should not stand.
        for old in await grants.of_client(door, account.id, client.id):
            await connections.end(door, old, "replaced by a new connection")
    session_id = await sessions.start(door, account.id, request.peer, now, end)
    await grants.use_code(door, code_hash, session_id, now)
    connection = await grants.connect(door, account.id, client, sorted(granted), session_id)
    details = {"client_name": client.name, "client_id": client.id, "scopes": sorted(granted), "address": request.peer.address}
    await audit.record(door, "assistant.connected", "connection", connection.id, details)
    return await _answer(platform, door, _Opened(account, connection, granted, now, end), refreshable=stays)


def _check_binding(client: OAuthClient, code: Code, form: Mapping[str, str], now: datetime) -> None:
    """`invalid_grant` unless the code is fresh and comes from the client that asked, with the secret only it knows (PKCE)."""
    verifier = form.get("code_verifier", "")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).digest()).rstrip(b"=")
    if code.client_id != client.id:
        raise invalid_grant("The code was given to another client.")
    if code.expires_at <= now:
        raise invalid_grant(f"The code has run out; it is good for a minute. {_AGAIN}")
    if form.get("redirect_uri", code.redirect_uri) != code.redirect_uri:
        raise invalid_grant("redirect_uri is not the one of the authorization request.")
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge, code.code_challenge.encode()):
        raise invalid_grant("code_verifier does not belong to the code_challenge of the authorization request.")


def _granted(account: Account | None, granted: list[str], now: datetime) -> frozenset[Scope]:
    """What was granted, as far as the person may still do it; nothing when only staying connected is left."""
    if account is None or account.disabled_at is not None or account.expired(now) or account.one_time_until is not None:
        return frozenset()
    left = held(account.role) & frozenset(granted)
    return left if left - {Scope.OFFLINE_ACCESS} else frozenset()


async def _of_refresh_token(platform: Platform, request: TokenRequest) -> dict[str, Any]:
    token = request.form.get("refresh_token")
    if not token:
        raise OAuthError("invalid_request", "refresh_token is needed.")
    token_hash = sessions_service.digest(token)
    found = await sessions.find_token(platform.database, token_hash)
    if found is not None:
        carrier_id, user_id = found
        async with platform.database.sign_in_door(user_id, carrier_id, via=request.client.via) as door:
            connection = await grants.by_refresh_token(door, token_hash)
            if connection is not None and connection.client_id == request.client.id:
                answer = await _refresh(platform, door, request, connection, token_hash)
                if answer is not None:
                    return answer
    raise invalid_grant(f"The refresh token is not good any more. {_AGAIN}")


async def _refresh(
    platform: Platform, door: Door, request: TokenRequest, connection: Standing, token_hash: bytes
) -> dict[str, Any] | None:
    """None when the token stands for nothing; what was found out about it is then committed."""
    wanted = frozenset(request.form.get("scope", "").split()) or frozenset(connection.scopes)
    if not wanted <= frozenset(connection.scopes):
        raise OAuthError("invalid_scope", "A refresh can't ask for more than the person granted. Connect again for more.")
    rotated = await sessions_service.rotate(platform, door, token_hash, request.peer, assistant=True)
    if rotated is None:
        return None
    (state, end), now = rotated, platform.clock.now()
    held_still = _granted(state.account, connection.scopes, now)
    if not held_still:
        await connections.end(door, connection, "its person holds none of its scopes any more")
        return None
    granted = held_still & wanted
    if not granted - {Scope.OFFLINE_ACCESS}:
        raise OAuthError("invalid_scope", "The person does not hold these scopes any more.")
    return await _answer(platform, door, _Opened(state.account, connection, granted, now, end), refreshable=True)


async def _answer(platform: Platform, door: Door, opened: _Opened, *, refreshable: bool) -> dict[str, Any]:
    connection, lives = opened.connection, timedelta(seconds=platform.settings.assistant_token_seconds)
    lives = min(lives, opened.end - opened.now)
    caller = sessions_service.caller_of(opened.account, connection.session_id, door.via, opened.now + lives)
    scope = scopes.text(opened.granted)
    extra = {"client_id": connection.client_id, "scope": scope, "jti": secrets.token_urlsafe(12)}
    answer: dict[str, Any] = {
        "access_token": platform.assistant_keys.issue(caller, typ=OAUTH_TYPE, extra=extra),
        "token_type": "Bearer",
        "expires_in": max(1, int(lives.total_seconds())),
        "scope": scope,
    }
    if refreshable:
        token = await sessions_service.add_refresh_token(door, connection.session_id, opened.now, opened.end)
        answer["refresh_token"] = token
    return answer


async def revoke(platform: Platform, client: OAuthClient, token: str) -> None:
    """Ends the connection of an access or refresh token, if it is one of this client; else nothing happens (RFC 7009 2.2)."""
    token_hash, session_id = sessions_service.digest(token), None
    try:
        caller, _ = await platform.assistant_keys.known(lambda: platform.assistant_keys.read(token, typ=OAUTH_TYPE))
        carrier_id, user_id, session_id = caller.carrier_id, caller.user_id, caller.session_id
    except Unauthorized:
        found = await sessions.find_token(platform.database, token_hash)
        if found is None:
            return
        carrier_id, user_id = found
    async with platform.database.sign_in_door(user_id, carrier_id, via=client.via) as door:
        if session_id is not None:
            connection = await grants.by_session(door, session_id)
        else:
            connection = await grants.by_refresh_token(door, token_hash)
        if connection is not None and connection.client_id == client.id:
            await connections.end(door, connection, "disconnected by the client")
