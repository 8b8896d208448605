"""Connected assistants, the person's GitHub token, and how to connect."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from dot_copilot.core.errors import Forbidden, Invalid, TooManyRequests, Unauthorized, Unavailable, problems
from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep
from dot_copilot.features.assistants.errors import ConnectionNotFound, GithubTokenRefused, PagesOnly
from dot_copilot.features.assistants.schemas import AssistantSetup, Connections, GithubToken, GithubTokenAttach
from dot_copilot.features.assistants.service import connections, github

router = APIRouter(tags=["assistants"], responses=problems(Unauthorized, Forbidden))


@router.get("/setup")
async def read_assistant_setup(_caller: CallerDep, platform: PlatformDep) -> AssistantSetup:
    """The address to give to an assistant."""
    return AssistantSetup(mcp_url=f"{platform.settings.public_url}/mcp")


@router.get("/connections", responses=problems(Invalid))
async def list_connections(
    caller: CallerDep,
    door: DoorDep,
    everyone: Annotated[bool, Query(alias="all", description="Those of everybody; for administrators")] = False,
) -> Connections:
    """The assistants that are connected for the signed-in person, or for everybody."""
    return await connections.list_standing(door, caller, everyone=everyone)


@router.delete("/connections/{connection_id}", status_code=204, responses=problems(ConnectionNotFound, PagesOnly, Invalid))
async def revoke_connection(connection_id: UUID, caller: CallerDep, door: DoorDep) -> None:
    """Ends a connection at once: one's own, or as an administrator anybody's."""
    await connections.revoke(door, caller, connection_id)


@router.get("/github-token")
async def read_github_token(caller: CallerDep, door: DoorDep) -> GithubToken:
    """Whether the signed-in person has attached a GitHub token."""
    return await github.read(door, caller)


@router.put("/github-token", responses=problems(GithubTokenRefused, PagesOnly, TooManyRequests, Unavailable, Invalid))
async def attach_github_token(body: GithubTokenAttach, caller: CallerDep, platform: PlatformDep) -> GithubToken:
    """Attaches a GitHub token, or replaces it, after asking GitHub whose it is. GitHub's tools appear within a second."""
    return await github.attach(platform, caller, body.token)


@router.delete("/github-token", status_code=204, responses=problems(PagesOnly, Unavailable))
async def detach_github_token(caller: CallerDep, platform: PlatformDep) -> None:
    """Deletes the token here. GitHub's own page revokes it."""
    await github.detach(platform, caller)
