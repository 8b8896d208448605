"""What routes share: the caller, the door (one transaction a request), permissions, locale."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Security
from fastapi.security import HTTPBearer

from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.database import Door
from dot_copilot.core.errors import Forbidden, Unauthorized
from dot_copilot.core.platform import Platform

Locale = Literal["en", "es"]
_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="The access token of /auth/login")


def get_platform(request: Request) -> Platform:
    """The process's platform."""
    platform: Platform = request.app.state.platform
    return platform


async def get_caller(request: Request) -> Caller:
    """The person behind the bearer token (RFC 6750); `Unauthorized` without a valid one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(
            "Send the access token in the Authorization header, as 'Bearer <token>'.", headers={"WWW-Authenticate": "Bearer"}
        )
    caller = get_platform(request).keys.verify(token.strip(), time.time())
    request.state.caller = caller
    return caller


CallerDep = Annotated[Caller, Depends(get_caller)]


async def open_door(request: Request, caller: CallerDep) -> AsyncIterator[Door]:
    """The request's transaction. It commits before the answer leaves (`scope="function"`)."""
    async with get_platform(request).database.door(caller) as door:
        yield door


async def get_platform_async(request: Request) -> Platform:
    """As `get_platform`, without a thread hop."""
    return get_platform(request)


DoorDep = Annotated[Door, Depends(open_door, scope="function")]
PlatformDep = Annotated[Platform, Depends(get_platform_async)]


def allow(*permissions: Permission) -> Callable[[Caller], object]:
    """A route dependency: the caller holds at least one of `permissions`. Use as `dependencies=[Depends(allow(...))]`."""

    async def check(caller: CallerDep) -> None:
        if not any(caller.may(permission) for permission in permissions):
            raise Forbidden(f"The role {caller.role} may not do this. Ask an administrator of your carrier.")

    return check


async def bearer_documented(_: Annotated[object, Security(_bearer)] = None) -> None:
    """Only tells the OpenAPI document that a router wants a bearer token."""


async def get_locale(request: Request) -> Locale:
    """The language of texts in answers, from Accept-Language (RFC 9110): Spanish if it comes first, else English."""
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "es" if first.startswith("es") else "en"


LocaleDep = Annotated[Locale, Depends(get_locale)]
LimitQuery = Annotated[int, Query(ge=1, le=200, description="Items a page")]
CursorQuery = Annotated[str | None, Query(max_length=600, description="`next_cursor` of the page before")]
