"""Sign-in, sessions, and the signed-in person."""

from __future__ import annotations

import contextlib
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from dot_copilot.core.errors import Forbidden, Invalid, NotFound, TooManyRequests, Unauthorized, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep, get_caller
from dot_copilot.features.identity.api.cookies import ClientDep, answer_with, clear_cookie, read_cookie, same_origin
from dot_copilot.features.identity.errors import (
    AccountDisabled,
    AccountExpired,
    CrossSite,
    Locked,
    PasswordChangeRequired,
    PasswordExpired,
    SecondFactorMissing,
    SecondFactorRequired,
    SecondFactorWrong,
    SessionEnded,
    WrongCredentials,
)
from dot_copilot.features.identity.schemas import AccessToken, JsonWebKeySet, Me, MeUpdate, PasswordChange, Sessions, SignIn
from dot_copilot.features.identity.service import sessions, users
from dot_copilot.features.identity.service import sign_in as signing_in
from dot_copilot.features.identity.service.sign_in import Attempt

public_router = APIRouter(tags=["auth"])
root_router = APIRouter(include_in_schema=False)
router = APIRouter(tags=["auth"], responses=problems(Unauthorized, Forbidden))
_OWN_PAGES = [Depends(same_origin)]
_UNFIT = (AccountDisabled, AccountExpired, PasswordChangeRequired, PasswordExpired, CrossSite)
_FACTORS = (SecondFactorRequired, SecondFactorWrong, SecondFactorMissing)


@public_router.post(
    "/auth/login",
    dependencies=_OWN_PAGES,
    responses=problems(WrongCredentials, *_UNFIT, *_FACTORS, Invalid, Locked, TooManyRequests),
)
async def sign_in(body: SignIn, client: ClientDep, request: Request, response: Response, platform: PlatformDep) -> AccessToken:
    """Signs in, and sets the refresh cookie (httpOnly, SameSite=Strict). Several failures lock the address for a while."""
    attempt = Attempt(body.email, body.password, client, body.new_password, code=body.code)
    tokens = await signing_in.sign_in(platform, attempt)
    if replaced := read_cookie(request):
        await sessions.end_by_token(platform, replaced, "signed in anew")
    return answer_with(tokens, response, platform)


@public_router.post("/auth/refresh", dependencies=_OWN_PAGES, responses=problems(SessionEnded, CrossSite))
async def refresh_session(client: ClientDep, request: Request, response: Response, platform: PlatformDep) -> AccessToken:
    """A new access token for the refresh cookie, which is replaced. A cookie that was replaced before ends the session."""
    return answer_with(await sessions.refresh(platform, read_cookie(request), client), response, platform)


@public_router.post("/auth/logout", status_code=204, dependencies=_OWN_PAGES, responses=problems(CrossSite))
async def sign_out(request: Request, response: Response, platform: PlatformDep) -> None:
    """Ends the session of the refresh cookie, of the bearer token, or of both; there is nothing wrong with none."""
    with contextlib.suppress(Unauthorized):
        await sessions.end_by_caller(platform, await get_caller(request), "signed out")
    if token := read_cookie(request):
        await sessions.end_by_token(platform, token, "signed out")
    clear_cookie(response, platform)


@public_router.get("/auth/jwks.json")
async def read_jwks(platform: PlatformDep) -> JsonWebKeySet:
    """The public keys that verify access tokens."""
    return JsonWebKeySet.model_validate(platform.keys.jwks())


@root_router.get("/.well-known/jwks.json")
async def read_well_known_jwks(platform: PlatformDep) -> JsonWebKeySet:
    """The same keys, where other software looks for them."""
    return await read_jwks(platform)


@router.post("/auth/logout-everywhere", status_code=204)
async def sign_out_everywhere(caller: CallerDep, door: DoorDep, response: Response, platform: PlatformDep) -> None:
    """Ends every session of the signed-in person, this one too; their access tokens die at once."""
    await sessions.end_everywhere(door, caller.user_id)
    clear_cookie(response, platform)


@router.post("/auth/password", status_code=204, responses=problems(Invalid, Locked))
async def change_password(body: PasswordChange, caller: CallerDep, platform: PlatformDep) -> None:
    """Changes the password, and ends all other sessions."""
    await signing_in.change_password(platform, caller, body.current, body.new)


@router.get("/me")
async def read_me(caller: CallerDep, door: DoorDep, platform: PlatformDep) -> Me:
    """The signed-in person, and what they may do."""
    return await users.read_me(door, caller.user_id, platform.settings)


@router.patch("/me", responses=problems(Invalid))
async def update_me(body: MeUpdate, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> Me:
    """Changes the language or the name."""
    return await users.update_me(door, caller.user_id, body, platform.settings)


@router.get("/me/sessions")
async def list_my_sessions(caller: CallerDep, door: DoorDep) -> Sessions:
    """Where the signed-in person is signed in."""
    return await sessions.list_own(door, caller)


@router.delete("/me/sessions", status_code=204)
async def end_my_other_sessions(caller: CallerDep, door: DoorDep) -> None:
    """Ends every session of one's own but this one."""
    await sessions.end_others(door, caller)


@router.delete("/me/sessions/{session_id}", status_code=204, responses=problems(NotFound, Invalid))
async def end_my_session(session_id: UUID, caller: CallerDep, door: DoorDep) -> None:
    """Ends one session of one's own."""
    await sessions.end_own(door, caller.user_id, session_id)
