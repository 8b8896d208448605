"""The authorization server's own routes, outside /api/v1: metadata, registration, authorization, tokens, revocation."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from dot_copilot.core.http import PlatformDep
from dot_copilot.core.platform import Platform
from dot_copilot.features.assistants.api.wire import (
    CORS,
    NO_STORE,
    OAuthRoute,
    client_credentials,
    parse_parameters,
    read_body,
    read_form,
)
from dot_copilot.features.assistants.models import OAuthClient
from dot_copilot.features.assistants.oauth_errors import OAuthError, invalid_client, too_many
from dot_copilot.features.assistants.service import authorize, clients, metadata, tokens
from dot_copilot.features.assistants.service.tokens import TokenRequest
from dot_copilot.features.identity.api.cookies import ClientDep
from dot_copilot.features.identity.models import Client

root_router = APIRouter(include_in_schema=False, route_class=OAuthRoute)
_METADATA = {**CORS, "Cache-Control": "public, max-age=300"}
_LONGEST_ID = 2048


@root_router.get("/.well-known/oauth-authorization-server")
async def read_authorization_server(platform: PlatformDep) -> Response:
    """RFC 8414."""
    return JSONResponse(metadata.authorization_server(platform.settings), headers=_METADATA)


@root_router.get("/.well-known/oauth-protected-resource")
@root_router.get("/.well-known/oauth-protected-resource/mcp")
async def read_protected_resource(platform: PlatformDep) -> Response:
    """RFC 9728, for the endpoint's path and for clients that look at the root."""
    return JSONResponse(metadata.protected_resource(platform.settings), headers=_METADATA)


@root_router.options("/.well-known/oauth-authorization-server")
@root_router.options("/.well-known/oauth-protected-resource")
@root_router.options("/.well-known/oauth-protected-resource/mcp")
@root_router.options("/oauth/register")
@root_router.options("/oauth/token")
@root_router.options("/oauth/revoke")
async def answer_preflight() -> Response:
    """What a browser asks before it lets a client of another origin go on."""
    return Response(status_code=204, headers=CORS)


@root_router.post("/oauth/register")
async def register_oauth_client(request: Request, peer: ClientDep, platform: PlatformDep) -> Response:
    """RFC 7591, open to everybody: a client gets no right by it, only a name under which a person may connect it."""
    await _limit(platform, peer, "register", platform.settings.oauth_registrations_per_minute)
    body = await read_body(request, "application/json")
    try:
        sent = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise OAuthError("invalid_client_metadata", "The body has to be a JSON object.") from None
    return JSONResponse(await clients.register(platform, sent), 201, {**NO_STORE, **CORS})


@root_router.get("/oauth/authorize")
async def begin_authorization(request: Request, peer: ClientDep, platform: PlatformDep) -> Response:
    """Sends the browser to the consent page."""
    await _limit(platform, peer, "authorize", platform.settings.oauth_requests_per_minute)
    location = await authorize.begin(platform, parse_parameters(request.url.query))
    return RedirectResponse(location, 302, {**NO_STORE, "Referrer-Policy": "no-referrer"})


@root_router.post("/oauth/token")
async def issue_oauth_token(request: Request, peer: ClientDep, platform: PlatformDep) -> Response:
    """An access token for a code or a refresh token."""
    await _limit(platform, peer, "token", platform.settings.oauth_requests_per_minute)
    form, resources = await read_form(request)
    client = await _authenticate(request, platform, form)
    return JSONResponse(
        await tokens.exchange(platform, TokenRequest(client, form, resources, peer)), headers={**NO_STORE, **CORS}
    )


@root_router.post("/oauth/revoke")
async def revoke_oauth_token(request: Request, peer: ClientDep, platform: PlatformDep) -> Response:
    """RFC 7009: ends the connection of a token."""
    await _limit(platform, peer, "token", platform.settings.oauth_requests_per_minute)
    form, _ = await read_form(request)
    client = await _authenticate(request, platform, form)
    if "token" not in form:
        raise OAuthError("invalid_request", "token is needed.")
    await tokens.revoke(platform, client, form["token"])
    return Response(status_code=200, headers={**NO_STORE, **CORS})


async def _limit(platform: Platform, peer: Client, what: str, per_minute: int) -> None:
    if not await platform.limiter.allow(f"oauth:{what}:{peer.address}", per_minute):
        raise too_many()


async def _authenticate(request: Request, platform: Platform, form: dict[str, str]) -> OAuthClient:
    client_id, secret, basic = client_credentials(request, form)
    if len(client_id) > _LONGEST_ID or "\x00" in client_id:
        raise invalid_client("This client_id is none of ours.", basic=basic)
    return await clients.authenticate(platform, client_id, secret, basic=basic)
