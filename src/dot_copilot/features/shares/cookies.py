"""The cookie of an auditor's session: it goes to `/shared` and nowhere else, and dies with the share."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request, Response

from dot_copilot.core.settings import Settings

COOKIE = "dot_share"
_PATH = "/api/v1/shared"


def read(request: Request) -> str | None:
    """The session's token, if the request carries one."""
    return request.cookies.get(COOKIE)


def write(response: Response, settings: Settings, token: str, expires_at: datetime, now: datetime) -> None:
    """Sets it, until the share ends."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=max(1, int((expires_at - now).total_seconds())),
        path=_PATH,
        secure=settings.secure_cookies or settings.public_url.startswith("https:"),
        httponly=True,
        samesite="strict",
    )


def clear(response: Response, settings: Settings) -> None:
    """Tells the browser to forget it."""
    secure = settings.secure_cookies or settings.public_url.startswith("https:")
    response.delete_cookie(COOKIE, path=_PATH, secure=secure, httponly=True, samesite="strict")
