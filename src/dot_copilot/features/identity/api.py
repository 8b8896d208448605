"""Sign-in, the signed-in person, and the administration of people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from dot_copilot.core.caller import Permission, Role
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, NotFound, TooManyRequests, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.identity.schemas import (
    AccessToken,
    JsonWebKeySet,
    Me,
    MeUpdate,
    PasswordChange,
    Sessions,
    SignIn,
    User,
    UserCreate,
    Users,
    UserUpdate,
    UserWithPassword,
)

public_router = APIRouter(tags=["auth"])
root_router = APIRouter(include_in_schema=False)
router = APIRouter(responses=problems(Unauthorized, Forbidden))


@public_router.post("/auth/login", responses=problems(Unauthorized, Forbidden, TooManyRequests))
async def sign_in(body: SignIn, request: Request, response: Response, platform: PlatformDep) -> AccessToken:
    """Signs in, and sets the refresh cookie (httpOnly, SameSite=Strict). Several failures lock the address for a while."""
    raise NotImplementedError


@public_router.post("/auth/refresh", responses=problems(Unauthorized, Forbidden))
async def refresh_session(request: Request, response: Response, platform: PlatformDep) -> AccessToken:
    """A new access token for the refresh cookie, which is replaced. A cookie that was replaced before ends the session."""
    raise NotImplementedError


@public_router.post("/auth/logout", status_code=204, responses=problems(Forbidden))
async def sign_out(request: Request, response: Response, platform: PlatformDep) -> None:
    """Ends the session of the refresh cookie, of the bearer token, or of both; there is nothing wrong with none."""
    raise NotImplementedError


@public_router.get("/auth/jwks.json")
async def read_jwks(platform: PlatformDep) -> JsonWebKeySet:
    """The public keys that verify access tokens."""
    return JsonWebKeySet.model_validate(platform.keys.jwks())


@root_router.get("/.well-known/jwks.json")
async def read_well_known_jwks(platform: PlatformDep) -> JsonWebKeySet:
    """The same keys, where other software looks for them."""
    return await read_jwks(platform)


@router.post("/auth/logout-everywhere", status_code=204, tags=["auth"])
async def sign_out_everywhere(door: DoorDep, response: Response) -> None:
    """Ends every session of the signed-in person, this one too; their access tokens die at once."""
    raise NotImplementedError


@router.post("/auth/password", status_code=204, tags=["auth"], responses=problems(Invalid, TooManyRequests))
async def change_password(body: PasswordChange, caller: CallerDep, platform: PlatformDep) -> None:
    """Changes the password, and ends all other sessions."""
    raise NotImplementedError


@router.get("/me", tags=["auth"])
async def read_me(door: DoorDep) -> Me:
    """The signed-in person, and what they may do."""
    raise NotImplementedError


@router.patch("/me", tags=["auth"], responses=problems(Invalid))
async def update_me(body: MeUpdate, door: DoorDep) -> Me:
    """Changes the language or the name."""
    raise NotImplementedError


@router.get("/me/sessions", tags=["auth"])
async def list_my_sessions(door: DoorDep) -> Sessions:
    """Where the signed-in person is signed in."""
    raise NotImplementedError


@router.delete("/me/sessions/{session_id}", status_code=204, tags=["auth"], responses=problems(NotFound))
async def end_my_session(session_id: UUID, door: DoorDep) -> None:
    """Ends one session of one's own."""
    raise NotImplementedError


_MANAGE = [Depends(allow(Permission.MANAGE_USERS))]


@router.get("/users", tags=["users"], dependencies=_MANAGE)
async def list_users(
    *,
    door: DoorDep,
    platform: PlatformDep,
    role: Role | None = None,
    q: Annotated[str | None, Query(max_length=120, description="Part of the name or address")] = None,
    cursor: CursorQuery = None,
    limit: LimitQuery = 50,
) -> Users:
    """The people of the carrier, by name."""
    raise NotImplementedError


@router.post("/users", status_code=201, tags=["users"], dependencies=_MANAGE, responses=problems(Conflict, Invalid))
async def create_user(body: UserCreate, door: DoorDep) -> UserWithPassword:
    """Adds a person."""
    raise NotImplementedError


@router.get("/users/{user_id}", tags=["users"], dependencies=_MANAGE, responses=problems(NotFound))
async def read_user(user_id: UUID, door: DoorDep) -> User:
    """One person."""
    raise NotImplementedError


@router.patch("/users/{user_id}", tags=["users"], dependencies=_MANAGE, responses=problems(NotFound, Conflict, Invalid))
async def update_user(user_id: UUID, body: UserUpdate, door: DoorDep) -> UserWithPassword:
    """Changes a person. The last active administrator can't be disabled or given another role."""
    raise NotImplementedError
