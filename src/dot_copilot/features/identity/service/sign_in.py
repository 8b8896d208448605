"""Sign-in with a password: rate limits, lockout, and answers that do not tell who exists (ADR 0004)."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from dot_copilot.core import audit, telemetry
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.errors import FieldProblem, Invalid, Problem, TooManyRequests
from dot_copilot.core.platform import Platform
from dot_copilot.features.identity import passwords
from dot_copilot.features.identity.errors import (
    AccountDisabled,
    AccountExpired,
    Locked,
    PasswordChangeRequired,
    PasswordExpired,
    SecondFactorWrong,
    WrongCredentials,
)
from dot_copilot.features.identity.models import Account, Client, Tokens, address_hash
from dot_copilot.features.identity.repository import sessions, users
from dot_copilot.features.identity.service import second_factor
from dot_copilot.features.identity.service.sessions import issue, session_end

# A refusal leaves at a multiple of this after the request came: what was done meanwhile does not show in the time.
_STEP = 0.25
_SIGN_INS = telemetry.counter("dot_sign_ins_total", "Attempts to sign in, with a password or a passkey.", ("outcome",))
_OUTCOMES: dict[type[Problem], str] = {Locked: "locked", TooManyRequests: "limited"}
for _outcome in ("succeeded", "failed", *_OUTCOMES.values()):
    _SIGN_INS.labels(_outcome)
_WRONG = "Check the address and the password. After several failures the address is locked for a while."


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody signs in with, and from where."""

    email: str
    password: str
    client: Client
    new_password: str | None = None
    via: str = "web"
    code: str | None = None
    means: str = "password"


async def sign_in(platform: Platform, attempt: Attempt) -> Tokens:
    """Tokens of a new session for the right password of an account that may sign in."""
    began = time.monotonic()
    try:
        with counted():
            return await _sign_in(platform, replace(attempt, email=attempt.email.lower()))
    except (WrongCredentials, Locked):
        passed = time.monotonic() - began
        await asyncio.sleep(math.ceil(passed / _STEP) * _STEP - passed)
        raise


@contextmanager
def counted() -> Iterator[None]:
    """Counts what becomes of an attempt."""
    try:
        yield
    except Problem as problem:
        _SIGN_INS.add(_OUTCOMES.get(type(problem), "failed"))
        raise
    _SIGN_INS.add("succeeded")


async def _sign_in(platform: Platform, attempt: Attempt) -> Tokens:
    await _limit(platform, attempt)
    locked_until = await _count(platform, attempt.email)
    account, demand = await _read(platform, attempt.email)
    good = await passwords.verify_password(account.password_hash if account else None, attempt.password)
    if account is None or not good:
        if account is not None:
            await _record_failure(platform, account, attempt, locked_until)
        raise WrongCredentials(_WRONG)
    if demand is second_factor.Demand.NONE:
        await users.clear_attempts(platform.database, address_hash(attempt.email))
    await refuse_unfit(platform, account, attempt)
    if demand is not second_factor.Demand.NONE:
        await _pass_second_factor(platform, account, attempt, locked_until)
    return await start(platform, account, attempt, await _next_hash(platform, account, attempt))


async def _limit(platform: Platform, attempt: Attempt) -> None:
    per_minute = platform.settings.sign_ins_per_minute
    keys = (f"sign-in:from:{attempt.client.address}", f"sign-in:to:{address_hash(attempt.email).hex()[:32]}")
    if not all([await platform.limiter.allow(key, per_minute) for key in keys]):
        raise TooManyRequests("Too many sign-ins in a minute. Wait a minute, then try again.", headers={"Retry-After": "60"})


async def _count(platform: Platform, email: str) -> datetime | None:
    """Counts an attempt; `Locked` when there were too many. The time: locked until then, should this last one fail."""
    settings, now = platform.settings, platform.clock.now()
    allowed, until = await users.count_attempt(
        platform.database, address_hash(email), now, most=settings.sign_in_attempts, minutes=settings.lockout_minutes
    )
    if not allowed and until is not None:
        seconds = max(1, math.ceil((until - now).total_seconds()))
        wait = f"{math.ceil(seconds / 60)} minutes" if seconds > 60 else "a minute"
        raise Locked(
            f"There were too many failures for this address. Try again in {wait}, or ask an administrator of your carrier.",
            headers={"Retry-After": str(seconds)},
        )
    return until


async def _read(platform: Platform, email: str) -> tuple[Account | None, second_factor.Demand]:
    found = await users.find_by_email(platform.database, email)
    if found is None:
        return None, second_factor.Demand.NONE
    carrier_id, user_id = found
    async with platform.database.sign_in_door(user_id, carrier_id) as door:
        account = await users.get(door, user_id)
        return account, await second_factor.demand(door, account) if account else second_factor.Demand.NONE


async def _pass_second_factor(platform: Platform, account: Account, attempt: Attempt, locked_until: datetime | None) -> None:
    """The failures of the address are forgotten only now: whoever has the password alone can't go on guessing codes."""
    try:
        async with platform.database.sign_in_door(account.id, account.carrier_id, via=attempt.via) as door:
            await second_factor.check(door, platform, account, attempt.code)
    except SecondFactorWrong:
        await _record_failure(platform, account, attempt, locked_until)
        raise
    await users.clear_attempts(platform.database, address_hash(attempt.email))


async def prove(platform: Platform, attempt: Attempt) -> Account:
    """The account of the right password, without signing in: counted and refused as a sign-in is."""
    await _limit(platform, attempt)
    locked_until = await _count(platform, attempt.email)
    account, _ = await _read(platform, attempt.email)
    if not await passwords.verify_password(account.password_hash if account else None, attempt.password) or account is None:
        if account is not None:
            await _record_failure(platform, account, attempt, locked_until)
        raise WrongCredentials(_WRONG)
    await refuse_unfit(platform, account, attempt)
    return account


async def _record_failure(platform: Platform, account: Account, attempt: Attempt, locked_until: datetime | None) -> None:
    async with platform.database.sign_in_door(account.id, account.carrier_id, via=attempt.via) as door:
        door.actor_id = None  # whoever it was
        details: dict[str, object] = {"address": attempt.client.address}
        await audit.record(door, "sign_in.failed", "user", account.id, details)
        if locked_until is not None:
            await audit.record(door, "sign_in.locked", "user", account.id, {**details, "until": locked_until.isoformat()})


async def refuse_unfit(platform: Platform, account: Account, attempt: Attempt) -> None:
    """Whoever knows the password, or has the passkey, is told why it does not help."""
    problem: AccountDisabled | AccountExpired | None = None
    if account.disabled_at is not None:
        problem = AccountDisabled("An administrator of your carrier disabled this account. Ask them to enable it again.")
    elif account.expired(platform.clock.now()):
        problem = AccountExpired(f"Its last day was {account.expires_on}. Ask an administrator of your carrier to extend it.")
    if problem is None:
        return
    async with platform.database.sign_in_door(account.id, account.carrier_id, via=attempt.via) as door:
        await audit.record(
            door, "sign_in.refused", "user", account.id, {"address": attempt.client.address, "reason": problem.slug}
        )
    raise problem


async def _next_hash(platform: Platform, account: Account, attempt: Attempt) -> str | None:
    """The hash to store from now on: of the person's own password instead of a one-time one, or with today's parameters."""
    if account.one_time_until is None:
        if attempt.new_password is not None:
            problem = "Only a one-time password is replaced at sign-in. Sign in without it, then change the password."
            raise Invalid(problem, errors=[FieldProblem(field="new_password", problem=problem)])
        return await passwords.hash_password(attempt.password) if passwords.outdated(account.password_hash) else None
    if account.one_time_until <= platform.clock.now():
        raise PasswordExpired("The one-time password has run out. Ask an administrator of your carrier for a new one.")
    if attempt.new_password is None:
        raise PasswordChangeRequired("This password is good for one sign-in. Send it with a new_password of your own.")
    _check_replacement(account, attempt.password, attempt.new_password, field="new_password")
    return await passwords.hash_password(attempt.new_password)


def _check_replacement(account: Account, old: str, new: str, *, field: str) -> None:
    if new == old:
        problem = "The new password must differ from the present one."
        raise Invalid(f"{problem} Nothing was changed.", errors=[FieldProblem(field=field, problem=problem)])
    passwords.check_new_password(new, account.email, field=field)


async def start(platform: Platform, checked: Account, attempt: Attempt, new_hash: str | None) -> Tokens:
    """A new session of an account that was checked, and is still what it was; `new_hash` is stored from now on."""
    async with platform.database.sign_in_door(checked.id, checked.carrier_id, via=attempt.via) as door:
        account = await _unchanged(door, checked)
        now = platform.clock.now()
        values: dict[str, object] = {"last_signed_in_at": now}
        if new_hash is not None:
            values["password_hash"] = new_hash
        if attempt.new_password is not None:
            values["one_time_until"] = None
            await sessions.revoke_all(door, account.id, "password changed")
            await audit.record(door, "password.changed", "user", account.id, {"was": "one-time"})
        await users.update(door, account.id, values)
        end = session_end(platform, account, now, now)
        session_id = await sessions.start(door, account.id, attempt.client, now, end)
        details: dict[str, object] = {"session_id": str(session_id), "address": attempt.client.address}
        if attempt.means != "password":
            details["with"] = attempt.means
        await audit.record(door, "sign_in.succeeded", "user", account.id, details)
        return await issue(platform, door, account, session_id, now=now, end=end)


async def _unchanged(door: Door, checked: Account) -> Account:
    """The account, locked, if it is still the one whose password was checked."""
    account = await users.get(door, checked.id, lock=True)
    if account is None or replace(account, last_signed_in_at=checked.last_signed_in_at) != checked:
        raise WrongCredentials("The account was changed a moment ago. Try again.")
    return account


async def change_password(platform: Platform, caller: Caller, current: str, new: str) -> None:
    """Replaces the caller's password and ends their other sessions. Wrong tries count towards the lockout."""
    async with platform.database.door(caller) as door:
        account = await users.get(door, caller.user_id)
    assert account is not None
    await _count(platform, account.email)
    if not await passwords.verify_password(account.password_hash, current):
        async with platform.database.door(caller) as door:
            await audit.record(door, "password.change_failed", "user", account.id)
        problem = "The present password is not right."
        raise Invalid(f"{problem} Nothing was changed.", errors=[FieldProblem(field="current", problem=problem)])
    await users.clear_attempts(platform.database, address_hash(account.email))
    _check_replacement(account, current, new, field="new")
    new_hash = await passwords.hash_password(new)
    async with platform.database.door(caller) as door:
        account = await _unchanged(door, account)
        await users.update(door, account.id, {"password_hash": new_hash, "one_time_until": None})
        ended = await sessions.revoke_all(door, account.id, "password changed", keep=caller.session_id)
        await audit.record(door, "password.changed", "user", account.id, {"sessions_ended": ended})
