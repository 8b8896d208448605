"""The refresh cookie, and the check that a request to it was sent by our own pages."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from dot_copilot.core import audit
from dot_copilot.core.http import PlatformDep
from dot_copilot.core.platform import Platform
from dot_copilot.core.settings import Settings
from dot_copilot.features.identity.errors import CrossSite
from dot_copilot.features.identity.models import Client, Tokens
from dot_copilot.features.identity.schemas import AccessToken

COOKIE = "dot_refresh"
_PATH = "/api/v1/auth"


def read_cookie(request: Request) -> str | None:
    """The refresh token of the request, if it carries one."""
    return request.cookies.get(COOKIE)


def _secure(settings: Settings) -> bool:
    return settings.secure_cookies or settings.public_url.startswith("https:")


def answer_with(tokens: Tokens, response: Response, platform: Platform) -> AccessToken:
    """The access token as the body, the refresh token as the cookie."""
    response.set_cookie(
        COOKIE,
        tokens.refresh_token,
        max_age=tokens.refresh_seconds,
        path=_PATH,
        secure=_secure(platform.settings),
        httponly=True,
        samesite="strict",
    )
    response.headers["Cache-Control"] = "no-store"
    return AccessToken(access_token=tokens.access_token, expires_in=tokens.expires_in)


def clear_cookie(response: Response, platform: Platform) -> None:
    """Tells the browser to forget the refresh token."""
    response.delete_cookie(COOKIE, path=_PATH, secure=_secure(platform.settings), httponly=True, samesite="strict")


async def same_origin(request: Request, platform: PlatformDep) -> None:
    """`CrossSite` for a request that another origin's page made (Fetch Metadata, or else the Origin header).

    Our own pages may be at a neighbouring origin (`web_url`); then the browser calls the request same-site, and names them.

    Only browsers hold the cookie without being asked, and every browser sends at least one of the two with a POST. A client
    that sends neither carries nothing but what it was given.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        good = site == "same-origin" or (site == "same-site" and origin == platform.settings.web_url != "")
    elif origin is not None:
        own = {urlsplit(url).netloc for url in (platform.settings.public_url, platform.settings.pages_url)}
        good = urlsplit(origin).netloc in {*own, request.headers.get("host")}
    else:
        good = True
    if not good:
        raise CrossSite("Send this from the application's own pages. Nothing was changed.")


async def read_client(request: Request) -> Client:
    """Where the request came from. The server takes the address from its trusted proxy's X-Forwarded-For."""
    agent = request.headers.get("user-agent")
    address = request.client.host if request.client else None
    audit.came_from(address)
    return Client(address or "unknown", agent[:300] if agent else None)


ClientDep = Annotated[Client, Depends(read_client)]
