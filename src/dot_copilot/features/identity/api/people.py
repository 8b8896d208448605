"""The administration of people."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from dot_copilot.core.caller import Permission, Role
from dot_copilot.core.errors import Conflict, Forbidden, Invalid, InvalidCursor, NotFound, Unauthorized, problems
from dot_copilot.core.http import CallerDep, CursorQuery, DoorDep, LimitQuery, PlatformDep, allow
from dot_copilot.features.identity.errors import ConfirmFirst, EmailTaken, LastAdmin
from dot_copilot.features.identity.schemas import User, UserCreate, Users, UserUpdate, UserWithPassword
from dot_copilot.features.identity.service import second_factor, users

router = APIRouter(
    prefix="/users",
    tags=["users"],
    dependencies=[Depends(allow(Permission.MANAGE_USERS))],
    responses=problems(Unauthorized, Forbidden),
)


def _with_password(created: users.CreatedUser, response: Response) -> UserWithPassword:
    response.headers["Cache-Control"] = "no-store"
    return UserWithPassword(**users.as_user(created.account).model_dump(), one_time_password=created.one_time_password)


@router.get("", responses=problems(InvalidCursor, Invalid))
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
    return await users.list_users(door, platform.cursors, role=role, q=q, cursor=cursor, limit=limit)


@router.post("", status_code=201, responses=problems(ConfirmFirst, EmailTaken, Invalid))
async def create_user(
    body: UserCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep, response: Response
) -> UserWithPassword:
    """Adds a person. An administrator is made only by who showed a moment ago who they are."""
    if body.role is Role.ADMIN:
        await second_factor.want_fresh(door, caller, platform.clock.now())
    return _with_password(await users.create_user(door, **dict(body), clock=platform.clock), response)


@router.get("/{user_id}", responses=problems(NotFound, Invalid))
async def read_user(user_id: UUID, door: DoorDep) -> User:
    """One person."""
    return await users.read_user(door, user_id)


@router.patch("/{user_id}", responses=problems(ConfirmFirst, NotFound, Conflict, LastAdmin, Invalid))
async def update_user(
    *,
    user_id: UUID,
    body: UserUpdate,
    caller: CallerDep,
    door: DoorDep,
    platform: PlatformDep,
    response: Response,
) -> UserWithPassword:
    """Changes a person. The last active administrator can't be disabled or given another role.

    To make somebody an administrator, or to give one a new password, show first that it is you.
    """
    if await users.opens_administration(door, user_id, body):
        await second_factor.want_fresh(door, caller, platform.clock.now())
    return _with_password(await users.update_user(door, user_id, body, clock=platform.clock), response)
