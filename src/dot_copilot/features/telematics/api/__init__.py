"""The routes of telematics: the administrators' own, and the open ones that providers call."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from dot_copilot.core.caller import Permission
from dot_copilot.core.errors import Forbidden, Unauthorized, problems
from dot_copilot.core.http import allow
from dot_copilot.features.telematics.api import events, feeds, receiving

public_router = receiving.public_router
router = APIRouter(
    prefix="/telematics",
    tags=["telematics"],
    dependencies=[Depends(allow(Permission.MANAGE_USERS))],
    responses=problems(Unauthorized, Forbidden),
)
router.include_router(feeds.router)
router.include_router(events.router)
