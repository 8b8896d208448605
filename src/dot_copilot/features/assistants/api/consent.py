"""The consent page's API: what an assistant asks for, and the person's answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from dot_copilot.core.errors import Forbidden, Invalid, Unauthorized, problems
from dot_copilot.core.http import CallerDep, DoorDep, LocaleDep, PlatformDep
from dot_copilot.features.assistants.errors import ConsentEnded, OwnPasswordFirst, PagesOnly, ScopeNotHeld
from dot_copilot.features.assistants.schemas import Approval, ConsentAnswer, ConsentRequest
from dot_copilot.features.assistants.service import consent

router = APIRouter(tags=["assistants"], responses=problems(Unauthorized, Forbidden))
RequestId = Annotated[str, Path(min_length=1, max_length=64, description="The `request` of the page's address")]


@router.get("/requests/{request_id}", responses=problems(ConsentEnded, PagesOnly, Invalid))
async def read_consent_request(
    request_id: RequestId, caller: CallerDep, door: DoorDep, platform: PlatformDep, locale: LocaleDep
) -> ConsentRequest:
    """What the assistant asks for."""
    return await consent.read(platform, door, caller, request_id, locale)


@router.post(
    "/requests/{request_id}/approve",
    responses=problems(ConsentEnded, ScopeNotHeld, OwnPasswordFirst, PagesOnly, Invalid),
)
async def approve_consent_request(
    *, request_id: RequestId, body: Approval, caller: CallerDep, door: DoorDep, platform: PlatformDep, response: Response
) -> ConsentAnswer:
    """Connects the assistant with the scopes of the body. `redirect_to` brings it a code that is good once, for a minute."""
    response.headers["Cache-Control"] = "no-store"
    return await consent.approve(platform, door, caller, request_id, body.scopes)


@router.post("/requests/{request_id}/deny", responses=problems(ConsentEnded, PagesOnly, Invalid))
async def deny_consent_request(request_id: RequestId, caller: CallerDep, door: DoorDep, platform: PlatformDep) -> ConsentAnswer:
    """Refuses. `redirect_to` tells the assistant."""
    return await consent.deny(platform, door, caller, request_id)
