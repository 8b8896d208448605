"""What routes share: the caller, the door (one transaction a request), permissions, locale."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import Depends, Query, Request

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.database import Door
from dot_copilot.core.errors import Forbidden, Unauthorized
from dot_copilot.core.platform import Platform
from dot_copilot.core.telemetry import set_carrier
from dot_copilot.core.tokens import UnknownKey

Locale = Literal["en", "es"]


def get_platform(request: Request) -> Platform:
    """The process's platform."""
    platform: Platform = request.app.state.platform
    return platform


async def caller_of(platform: Platform, authorization: str, now: float) -> Caller:
    """The person behind an Authorization header (RFC 6750); `Unauthorized` without a valid token.

    Waits only for a key that is newer than ours; `Unavailable` when the secret store does not answer then.
    """
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized(
            "Send the access token in the Authorization header, as 'Bearer <token>'.", headers={"WWW-Authenticate": "Bearer"}
        )
    token = token.strip()
    try:
        caller = platform.keys.verify(token, now)
    except UnknownKey:
        await platform.keys.learn()
        caller = platform.keys.verify(token, now)
    set_carrier(caller.carrier_id)
    return caller


def refuse(caller: Caller, permissions: tuple[Permission, ...]) -> None:
    """`Forbidden` unless the caller holds at least one of `permissions`."""
    if not any(caller.may(permission) for permission in permissions):
        raise Forbidden(f"The role {caller.role} may not do this. Ask an administrator of your carrier.")


async def get_caller(request: Request) -> Caller:
    """The caller of a request."""
    caller = await caller_of(get_platform(request), request.headers.get("authorization", ""), time.time())
    request.state.caller = caller
    audit.came_from(origin_of(request, caller))
    return caller


def origin_of(request: Request, caller: Caller) -> str | None:
    """The network address of whoever asks; unknown of an assistant's calls, which the gateway hands on."""
    return None if caller.is_assistant or request.client is None else request.client.host


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
        refuse(caller, permissions)

    return check


async def get_locale(request: Request) -> Locale:
    """The language of texts in answers, from Accept-Language (RFC 9110): Spanish if it comes first, else English."""
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "es" if first.startswith("es") else "en"


LocaleDep = Annotated[Locale, Depends(get_locale)]
LimitQuery = Annotated[int, Query(ge=1, le=200, description="Items a page")]
CursorQuery = Annotated[str | None, Query(max_length=600, description="`next_cursor` of the page before")]
