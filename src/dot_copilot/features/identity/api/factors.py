"""Second factors, and showing once more that it is you."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Forbidden, Invalid, NotFound, TooManyRequests, Unauthorized, Unavailable, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep, allow
from dot_copilot.features.identity.api.cookies import ClientDep, same_origin
from dot_copilot.features.identity.api.fresh import FRESH
from dot_copilot.features.identity.errors import (
    ConfirmFirst,
    CrossSite,
    Locked,
    SecondFactorMissing,
    SecondFactorWrong,
    WrongCredentials,
)
from dot_copilot.features.identity.people_schemas import (
    Confirmation,
    RecoveryCodes,
    SecondFactorPolicy,
    SecondFactors,
    TotpBegun,
    TotpCode,
)
from dot_copilot.features.identity.schemas import SignIn
from dot_copilot.features.identity.service import confirming, second_factor, users
from dot_copilot.features.identity.service.sign_in import Attempt

public_router = APIRouter(tags=["auth"], dependencies=[Depends(same_origin)], responses=problems(CrossSite))
router = APIRouter(tags=["auth"], responses=problems(Unauthorized, Forbidden, Unavailable))


_MANAGE = Depends(allow(Permission.MANAGE_USERS))


@public_router.post("/auth/totp", responses=problems(WrongCredentials, SecondFactorWrong, Locked, TooManyRequests, Invalid))
async def begin_required_totp(body: SignIn, client: ClientDep, platform: PlatformDep, response: Response) -> TotpBegun:
    """Begins the code generator of somebody who may not sign in without one; sign in with its first code then."""
    response.headers["Cache-Control"] = "no-store"
    return await confirming.begin_required(platform, Attempt(body.email, body.password, client))


@router.get("/me/second-factors")
async def read_second_factors(caller: CallerDep, door: DoorDep) -> SecondFactors:
    """What one has besides the password."""
    return await second_factor.read(door, caller)


@router.post("/auth/confirm", status_code=204, responses=problems(Locked, SecondFactorWrong, Invalid))
async def confirm_identity(body: Confirmation, caller: CallerDep, client: ClientDep, platform: PlatformDep) -> None:
    """Shows with the password, and a code where there is a generator, that it is you; sensitive changes are open then."""
    await confirming.confirm(platform, caller, body.password, body.code, client)


@router.post("/me/totp", dependencies=FRESH, responses=problems(ConfirmFirst))
async def begin_totp(caller: CallerDep, door: DoorDep, platform: PlatformDep, response: Response) -> TotpBegun:
    """Begins a code generator; it counts when its first code is sent."""
    response.headers["Cache-Control"] = "no-store"
    account = await second_factor.account_of(door, caller.user_id)
    return await second_factor.begin(door, platform, caller.user_id, account.email)


@router.post(
    "/me/totp/confirm", dependencies=FRESH, responses=problems(ConfirmFirst, SecondFactorWrong, SecondFactorMissing, Invalid)
)
async def confirm_totp(
    body: TotpCode, caller: CallerDep, door: DoorDep, platform: PlatformDep, response: Response
) -> RecoveryCodes:
    """The first code. Recovery codes come with it, shown this once."""
    response.headers["Cache-Control"] = "no-store"
    codes = await second_factor.confirm(door, platform, caller, body.code)
    await confirming.tell(door, caller, "totp-on")
    return codes


@router.post("/me/recovery-codes", dependencies=FRESH, responses=problems(ConfirmFirst))
async def make_recovery_codes(caller: CallerDep, door: DoorDep, response: Response) -> RecoveryCodes:
    """Ten new ones; the old ones are worthless."""
    response.headers["Cache-Control"] = "no-store"
    return await second_factor.new_codes(door, caller)


@router.delete("/me/totp", status_code=204, dependencies=FRESH, responses=problems(ConfirmFirst))
async def remove_totp(caller: CallerDep, door: DoorDep, platform: PlatformDep) -> None:
    """Takes the code generator and the recovery codes away."""
    await second_factor.remove(door, platform, caller.user_id, by="themselves")
    await confirming.tell(door, caller, "totp-off")


@router.delete(
    "/users/{user_id}/second-factor",
    status_code=204,
    dependencies=[_MANAGE, *FRESH],
    responses=problems(ConfirmFirst, NotFound, Invalid),
)
async def reset_second_factor(user_id: UUID, door: DoorDep, platform: PlatformDep) -> None:
    """For somebody who lost the phone: takes the generator and the passkeys away, and ends the person's sessions."""
    await users.read_user(door, user_id)
    await second_factor.remove(door, platform, user_id, by="an administrator")


@router.put(
    "/carrier/second-factor",
    status_code=204,
    dependencies=[_MANAGE, *FRESH],
    responses=problems(ConfirmFirst, SecondFactorMissing, Invalid),
)
async def require_second_factor(body: SecondFactorPolicy, caller: CallerDep, door: DoorDep) -> None:
    """Says which roles sign in with a second factor only."""
    await second_factor.require(door, caller, body.roles)


@router.get("/carrier/second-factor", dependencies=[_MANAGE])
async def read_second_factor_policy(door: DoorDep) -> SecondFactorPolicy:
    """Which roles sign in with a second factor only."""
    return await second_factor.policy(door)
