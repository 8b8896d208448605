"""A person's GitHub token: checked with GitHub, kept in the secret store, and never shown again.

The row says what is stored; the secret is moved between two commits of it. Whoever dies in between leaves a row that says
"on its way", and the sweep then deletes the secret: none is ever kept that its owner does not see.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta

import msgspec

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.errors import FieldProblem, TooManyRequests, Unavailable
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import OutsideError, SecretsUnavailable, github_secret
from dot_copilot.core.signals import CREDENTIALS
from dot_copilot.features.assistants.errors import GithubTokenRefused
from dot_copilot.features.assistants.repository import github_tokens
from dot_copilot.features.assistants.schemas import GithubToken
from dot_copilot.features.assistants.service.consent import refuse_assistants

_MOST_BYTES = 256 * 1024
_PER_MINUTE = 10
ABANDONED = timedelta(minutes=10)


class _GithubUser(msgspec.Struct):
    login: str


async def read(door: Door, caller: Caller) -> GithubToken:
    """Whether one is attached."""
    row = await github_tokens.read(door, caller.user_id)
    return GithubToken(attached=True, **dict(row)) if row else GithubToken(attached=False)


async def attach(platform: Platform, caller: Caller, token: str) -> GithubToken:
    """Stores a token that GitHub does not refuse. When GitHub is silent it is stored as unchecked."""
    refuse_assistants(caller)
    if not await platform.limiter.allow(f"github-token:{caller.user_id}", _PER_MINUTE):
        raise TooManyRequests("Too many tokens in a minute. Wait a minute, then try again.", headers={"Retry-After": "60"})
    async with platform.database.door(caller) as door:
        await github_tokens.read(door, caller.user_id)  # nobody whose session has ended makes us ask GitHub
    login = await _ask_github(platform, token)
    async with platform.database.door(caller) as door:
        await github_tokens.begin(door, caller.user_id, platform.clock.now())
    async with platform.database.door(caller) as door:
        now = platform.clock.now()
        await github_tokens.begin(door, caller.user_id, now)  # its row is locked until the secret is in place
        await _move(platform.secrets.put(github_secret(caller.user_id), token))
        await github_tokens.finish(door, caller.user_id, login, checked=login is not None, now=now)
        details = {"login": login, "checked": login is not None}
        await audit.record(door, "assistant.github_attached", "user", caller.user_id, details)
        door.announce(CREDENTIALS, str(caller.user_id))
    return GithubToken(attached=True, login=login, attached_at=now, checked=login is not None)


async def _ask_github(platform: Platform, token: str) -> str | None:
    """The login of the token's owner, None when GitHub does not tell; `GithubTokenRefused` when it says the token is none."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "User-Agent": "DOT-Copilot",
    }
    try:
        answer = await platform.outside.get(
            f"{platform.settings.github_api.rstrip('/')}/user", headers=headers, limit=_MOST_BYTES
        )
    except OutsideError:
        return None
    if answer.status == 401:
        problem = "GitHub says that this token is wrong, revoked or expired."
        advice = "Make a new one on GitHub under Settings, Developer settings, Personal access tokens. Nothing was stored."
        raise GithubTokenRefused(f"{problem} {advice}", errors=[FieldProblem(field="token", problem=problem)])
    if answer.status != 200:
        return None
    try:
        return msgspec.json.decode(answer.body, type=_GithubUser).login[:100]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


async def detach(platform: Platform, caller: Caller) -> None:
    """Deletes the token from the secret store; there is nothing wrong with none."""
    refuse_assistants(caller)
    async with platform.database.door(caller) as door:
        if await github_tokens.read(door, caller.user_id) is None:
            return
        await github_tokens.begin(door, caller.user_id, platform.clock.now())
    async with platform.database.door(caller) as door:
        await github_tokens.begin(door, caller.user_id, platform.clock.now())
        await _move(platform.secrets.delete(github_secret(caller.user_id)))
        await github_tokens.remove(door, caller.user_id)
        await audit.record(door, "assistant.github_detached", "user", caller.user_id)
        door.announce(CREDENTIALS, str(caller.user_id))


async def _move(change: Awaitable[None]) -> None:
    try:
        await change
    except SecretsUnavailable:
        raise Unavailable(
            "The secret store is not answering. No token counts as attached now; try again in a minute.",
            headers={"Retry-After": "60"},
        ) from None


async def sweep(platform: Platform) -> int:
    """Deletes the secrets that a dead process left on their way; returns how many. For the worker."""
    swept = 0
    for carrier_id in await github_tokens.carrier_ids(platform.database):
        async with platform.database.job_door(carrier_id) as door:
            for user_id in await github_tokens.abandoned(door, ABANDONED):
                await platform.secrets.delete(github_secret(user_id))
                await github_tokens.remove(door, user_id)
                door.announce(CREDENTIALS, str(user_id))
                swept += 1
    return swept
