"""Invitations, and passwords that were forgotten."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Depends, Response

from dot_copilot.core.caller import Permission, Role
from dot_copilot.core.errors import Forbidden, Invalid, NotFound, TooManyRequests, Unauthorized, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep, allow
from dot_copilot.features.identity.api.cookies import ClientDep, answer_with, same_origin
from dot_copilot.features.identity.errors import ConfirmFirst, CrossSite, EmailTaken, InvitationOpen, LinkWorthless
from dot_copilot.features.identity.people_schemas import (
    ForgottenPassword,
    Invitation,
    InvitationAccept,
    InvitationCreate,
    Invitations,
    InvitationToken,
    InvitationView,
    PasswordReset,
)
from dot_copilot.features.identity.schemas import AccessToken
from dot_copilot.features.identity.service import invitations, second_factor

public_router = APIRouter(
    prefix="/auth", tags=["auth"], dependencies=[Depends(same_origin)], responses=problems(CrossSite, Invalid, TooManyRequests)
)
router = APIRouter(
    prefix="/invitations",
    tags=["users"],
    dependencies=[Depends(allow(Permission.MANAGE_USERS))],
    responses=problems(Unauthorized, Forbidden),
)


@public_router.post("/invitation", responses=problems(LinkWorthless))
async def read_invitation(body: InvitationToken, client: ClientDep, platform: PlatformDep) -> InvitationView:
    """What an invitation says."""
    return await invitations.view(platform, client, body.token)


@public_router.post("/invitation/accept", responses=problems(LinkWorthless, EmailTaken))
async def accept_invitation(body: InvitationAccept, client: ClientDep, response: Response, platform: PlatformDep) -> AccessToken:
    """Makes the account and signs in. The link is good once, and confirms the address."""
    return answer_with(await invitations.accept(platform, client, body), response, platform)


@public_router.post("/password/forgot", status_code=202)
async def forgot_password(body: ForgottenPassword, client: ClientDep, platform: PlatformDep) -> None:
    """Sends a link for a new password, if the address has an account. The answer is the same if not."""
    await invitations.ask_reset(platform, client, body.email)


@public_router.post("/password/reset", status_code=204, responses=problems(LinkWorthless))
async def reset_password(body: PasswordReset, client: ClientDep, platform: PlatformDep) -> None:
    """Sets the new password, and ends every session."""
    await invitations.reset(platform, client, body.token, body.password)


@router.get("")
async def list_invitations(door: DoorDep) -> Invitations:
    """Invitations that wait, the newest first."""
    return Invitations(items=await invitations.pending(door))


@router.post("", status_code=201, responses=problems(EmailTaken, InvitationOpen, ConfirmFirst, Invalid))
async def invite(body: InvitationCreate, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> Invitation:
    """Invites somebody by mail. The link is good for seven days."""
    if body.role is Role.ADMIN:
        await second_factor.want_fresh(door, caller, platform.clock.now())
    return await invitations.invite(door, platform, body)


@router.post("/{invitation_id}/resend", responses=problems(NotFound, Invalid))
async def resend_invitation(invitation_id: UUID, door: DoorDep, platform: PlatformDep) -> Invitation:
    """Sends another link; the one before is worthless."""
    return await invitations.resend(door, platform, invitation_id)


@router.delete("/{invitation_id}", status_code=204, responses=problems(NotFound, Invalid))
async def revoke_invitation(invitation_id: UUID, door: DoorDep, platform: PlatformDep) -> None:
    """Takes an invitation back; its link is worthless."""
    await invitations.revoke(door, platform, invitation_id)
