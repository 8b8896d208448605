"""Sessions: refresh tokens that rotate, and the ways a session ends. The rule for reuse is argued in ADR 0004."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import ASSISTANT, Caller
from dot_copilot.core.database import Database, Door
from dot_copilot.core.errors import NotFound, Unauthorized
from dot_copilot.core.platform import Platform
from dot_copilot.features.identity.errors import SessionEnded
from dot_copilot.features.identity.models import Account, Client, RefreshState, Tokens
from dot_copilot.features.identity.repository import sessions
from dot_copilot.features.identity.schemas import Session, Sessions

log = logging.getLogger(__name__)
# A replaced token may still be exchanged this long: two tabs at once, or an answer that was lost on the way.
GRACE = timedelta(seconds=10)
# However often it is refreshed, a session ends this long after its sign-in.
LONGEST = timedelta(days=90)
# Ended sessions are kept this long, so that their tokens are still known when they come back.
KEPT = timedelta(days=30)
_ENDED = "Your session has ended. Sign in again."


def session_end(platform: Platform, account: Account, created_at: datetime, now: datetime) -> datetime:
    """When a session used now runs out if it is not used again: idle time, longest life, or the person's last day."""
    ends = [now + timedelta(days=platform.settings.refresh_token_days), created_at + LONGEST]
    if account.ends_at is not None:
        ends.append(account.ends_at)
    return min(ends)


async def issue(platform: Platform, door: Door, account: Account, session_id: UUID, *, now: datetime, end: datetime) -> Tokens:
    """An access token and a refresh token of a session that runs out at `end`; the refresh token is stored as a hash."""
    refresh_token = await add_refresh_token(door, session_id, now, end)
    lives = min(timedelta(seconds=platform.settings.access_token_seconds), end - now)
    return Tokens(
        access_token=platform.keys.issue(caller_of(account, session_id, door.via, now + lives)),
        expires_in=max(1, int(lives.total_seconds())),
        refresh_token=refresh_token,
        refresh_seconds=max(1, int((end - now).total_seconds())),
    )


async def add_refresh_token(door: Door, session_id: UUID, now: datetime, end: datetime) -> str:
    """Another refresh token of a session that runs out at `end`."""
    refresh_token = secrets.token_urlsafe(32)
    await sessions.add_token(door, session_id, digest(refresh_token), now, end)
    return refresh_token


def caller_of(account: Account, session_id: UUID, via: str, expires_at: datetime) -> Caller:
    """What a token until `expires_at` says of the person."""
    return Caller(
        session_id=session_id,
        user_id=account.id,
        carrier_id=account.carrier_id,
        role=account.role,
        token_version=account.token_version,
        expires_at=int(expires_at.timestamp()),
        terminal_id=account.terminal_id,
        driver_id=account.driver_id,
        via=via,
        more_terminals=tuple(account.more_terminals),
    )


def digest(token: str) -> bytes:
    """What is stored of a token. It has 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def refresh(platform: Platform, token: str | None, client: Client) -> Tokens:
    """Exchanges a refresh token. `SessionEnded` when it stands for nothing any more."""
    if not token:
        raise SessionEnded("There is no session to go on with. Sign in.")
    token_hash = digest(token)
    found = await sessions.find_token(platform.database, token_hash)
    if found is None:
        raise SessionEnded(_ENDED)
    carrier_id, user_id = found
    async with platform.database.sign_in_door(user_id, carrier_id) as door:
        rotated = await rotate(platform, door, token_hash, client)
        if rotated is not None:
            state, end = rotated
            return await issue(platform, door, state.account, state.session_id, now=platform.clock.now(), end=end)
    raise SessionEnded(_ENDED)  # out here, so that what was found out is committed


async def rotate(
    platform: Platform, door: Door, token_hash: bytes, client: Client, *, assistant: bool = False
) -> tuple[RefreshState, datetime] | None:
    """Marks a refresh token as used; its session and when that runs out now. None when it stands for nothing any more.

    An assistant's token is good at the authorization server only, and a browser's only here: with the other it would turn
    into rights that nobody granted.
    """
    now = platform.clock.now()
    state = await sessions.lock_by_token(door, token_hash)
    if state is None or not _stands(state, now) or state.via.startswith(ASSISTANT) is not assistant:
        return None
    door.via = state.via
    if state.used_at is None:
        # Tokens issued within the grace may be on their way to the same browser: only the older ones are replaced too.
        await sessions.replace_tokens(door, state.session_id, token_hash, now, now - GRACE)
    elif now - state.used_at > GRACE:
        await _end_stolen(door, state, client)
        return None
    end = session_end(platform, state.account, state.session_created_at, now)
    await sessions.extend(door, state.session_id, client, now, end)
    return state, end


def _stands(state: RefreshState, now: datetime) -> bool:
    account = state.account
    return (
        state.revoked_at is None and state.session_expires_at > now and account.disabled_at is None and not account.expired(now)
    )


async def _end_stolen(door: Door, state: RefreshState, client: Client) -> None:
    log.warning("a replaced refresh token came back; session %s has been ended", state.session_id)
    await sessions.revoke(door, state.session_id, "reuse")
    door.actor_id = None  # whoever it was
    details: dict[str, object] = {"user_id": str(state.account.id), "address": client.address}
    await audit.record(door, "session.reuse_detected", "session", state.session_id, details)


async def end_by_token(platform: Platform, token: str, reason: str) -> None:
    """Ends the session of a refresh token, if there is one."""
    found = await sessions.find_token(platform.database, digest(token))
    if found is None:
        return
    carrier_id, user_id = found
    async with platform.database.sign_in_door(user_id, carrier_id) as door:
        state = await sessions.lock_by_token(door, digest(token))
        if state is not None:
            await _end(door, state.session_id, reason)


async def end_by_caller(platform: Platform, caller: Caller, reason: str) -> None:
    """Ends the session of an access token, if it still stands."""
    try:
        async with platform.database.door(caller) as door:
            await _end(door, caller.session_id, reason)
    except Unauthorized:
        return


async def _end(door: Door, session_id: UUID, reason: str) -> None:
    if await sessions.revoke(door, session_id, reason):
        await audit.record(door, "session.ended", "session", session_id, {"reason": reason})


async def end_own(door: Door, user_id: UUID, session_id: UUID) -> None:
    """Ends one session of the person; `NotFound` if it is not theirs, or over."""
    if not await sessions.revoke(door, session_id, "ended by its owner", user_id=user_id):
        raise NotFound("There is no such session of yours, or it has ended already.")
    await audit.record(door, "session.ended", "session", session_id, {"reason": "ended by its owner"})


async def end_everywhere(door: Door, user_id: UUID) -> None:
    """Ends every session of the person; their access tokens die with them, because each door asks for the session."""
    ended = await sessions.revoke_all(door, user_id, "signed out everywhere")
    await audit.record(door, "session.ended_everywhere", "user", user_id, {"sessions": ended})


async def end_others(door: Door, caller: Caller) -> None:
    """Ends every session of the person but the caller's."""
    ended = await sessions.revoke_all(door, caller.user_id, "signed out elsewhere", keep=caller.session_id)
    await audit.record(door, "session.ended_elsewhere", "user", caller.user_id, {"sessions": ended})


async def list_own(door: Door, caller: Caller) -> Sessions:
    """Where the caller is signed in."""
    rows = await sessions.standing(door, caller.user_id)
    return Sessions(items=[Session(**dict(row), current=row["id"] == caller.session_id) for row in rows])


async def sweep(database: Database) -> int:
    """Deletes the sessions of every carrier that ended long ago, a transaction a carrier; returns how many."""
    removed = 0
    for carrier_id in await sessions.carrier_ids(database):
        async with database.job_door(carrier_id) as door:
            removed += await sessions.delete_ended(door, KEPT)
    return removed


async def carriers(database: Database) -> list[UUID]:
    """Every carrier; the worker alone may ask."""
    return await sessions.carrier_ids(database)
