"""Passkeys: one's own, signing in with one, and showing with one that it is you."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from dot_copilot.core.errors import Forbidden, Invalid, NotFound, TooManyRequests, Unauthorized, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep
from dot_copilot.features.identity.api.cookies import ClientDep, answer_with, read_cookie, same_origin
from dot_copilot.features.identity.api.fresh import FRESH
from dot_copilot.features.identity.errors import (
    AccountDisabled,
    AccountExpired,
    ConfirmFirst,
    CrossSite,
    LastFactor,
    PasskeyKnown,
    PasskeysNeedName,
    PasskeyWrong,
    TooManyPasskeys,
)
from dot_copilot.features.identity.passkey_schemas import (
    Passkey,
    PasskeyAssertion,
    PasskeyAttestation,
    PasskeyCreation,
    PasskeyRename,
    PasskeyRequest,
    Passkeys,
)
from dot_copilot.features.identity.schemas import AccessToken
from dot_copilot.features.identity.service import confirming, passkeys, sessions

public_router = APIRouter(
    prefix="/auth/passkey",
    tags=["auth"],
    dependencies=[Depends(same_origin)],
    responses=problems(CrossSite, TooManyRequests),
)
router = APIRouter(tags=["auth"], responses=problems(Unauthorized, Forbidden))


@public_router.post("/begin", responses=problems(PasskeysNeedName))
async def begin_passkey_sign_in(client: ClientDep, platform: PlatformDep, response: Response) -> PasskeyRequest:
    """A challenge, good once and for five minutes."""
    response.headers["Cache-Control"] = "no-store"
    return await passkeys.begin_sign_in(platform, client)


@public_router.post("", responses=problems(PasskeyWrong, AccountDisabled, AccountExpired, Invalid))
async def sign_in_with_passkey(
    body: PasskeyAssertion, client: ClientDep, request: Request, response: Response, platform: PlatformDep
) -> AccessToken:
    """Signs in; the authenticator has verified its person, so neither a password nor a code is asked for."""
    tokens = await passkeys.enter(platform, body, client)
    if replaced := read_cookie(request):
        await sessions.end_by_token(platform, replaced, "signed in anew")
    return answer_with(tokens, response, platform)


@router.post("/auth/confirm/passkey/begin", responses=problems(PasskeysNeedName))
async def begin_passkey_confirmation(
    caller: CallerDep, door: DoorDep, platform: PlatformDep, response: Response
) -> PasskeyRequest:
    """A challenge for one's own passkeys."""
    response.headers["Cache-Control"] = "no-store"
    return await passkeys.begin_confirming(door, platform, caller.user_id)


@router.post("/auth/confirm/passkey", status_code=204, responses=problems(PasskeyWrong, TooManyRequests, Invalid))
async def confirm_with_passkey(body: PasskeyAssertion, caller: CallerDep, client: ClientDep, platform: PlatformDep) -> None:
    """Shows with a passkey that it is you; sensitive changes are open then."""
    await passkeys.confirm(platform, caller, body, client)


@router.get("/me/passkeys")
async def list_passkeys(caller: CallerDep, door: DoorDep) -> Passkeys:
    """One's own passkeys."""
    return await passkeys.list_own(door, caller.user_id)


@router.post("/me/passkeys/begin", dependencies=FRESH, responses=problems(ConfirmFirst, PasskeysNeedName))
async def begin_passkey(caller: CallerDep, door: DoorDep, platform: PlatformDep, response: Response) -> PasskeyCreation:
    """What the browser asks the authenticator with for a new passkey."""
    response.headers["Cache-Control"] = "no-store"
    return await passkeys.begin_adding(door, platform, caller.user_id)


@router.post(
    "/me/passkeys",
    status_code=201,
    dependencies=FRESH,
    responses=problems(ConfirmFirst, PasskeyWrong, PasskeyKnown, TooManyPasskeys, Invalid),
)
async def add_passkey(body: PasskeyAttestation, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> Passkey:
    """Takes the new passkey."""
    added = await passkeys.add(door, platform, caller.user_id, body)
    await confirming.tell(door, caller, "passkey-on")
    return added


@router.patch("/me/passkeys/{passkey_id}", responses=problems(NotFound, Invalid))
async def rename_passkey(passkey_id: UUID, body: PasskeyRename, caller: CallerDep, door: DoorDep) -> Passkey:
    """Gives a passkey another name."""
    return await passkeys.rename(door, caller.user_id, passkey_id, body.name)


@router.delete(
    "/me/passkeys/{passkey_id}",
    status_code=204,
    dependencies=FRESH,
    responses=problems(ConfirmFirst, LastFactor, NotFound, Invalid),
)
async def remove_passkey(passkey_id: UUID, caller: CallerDep, door: DoorDep) -> None:
    """Takes a passkey away. The only second factor stays where the carrier asks for one."""
    await passkeys.remove(door, caller, passkey_id)
    await confirming.tell(door, caller, "passkey-off")
