"""Showing once more that it is you, before what is sensitive; and the generator that a carrier asks for."""

from __future__ import annotations

from uuid import uuid4

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door
from dot_copilot.core.errors import FieldProblem, Invalid
from dot_copilot.core.platform import Platform
from dot_copilot.features.identity.errors import SecondFactorWrong, WrongCredentials
from dot_copilot.features.identity.models import Client, address_hash
from dot_copilot.features.identity.people_schemas import TotpBegun
from dot_copilot.features.identity.repository import factors, users
from dot_copilot.features.identity.service import invitations, second_factor, sign_in


async def confirm(platform: Platform, caller: Caller, password: str, code: str | None, client: Client) -> None:
    """Notes on the session that the person has shown who they are. Wrong tries count towards the lockout."""
    async with platform.database.door(caller) as door:
        account = await second_factor.account_of(door, caller.user_id)
    try:
        await sign_in.prove(platform, sign_in.Attempt(account.email, password, client, via=caller.via))
    except WrongCredentials:
        problem = "The password is not right."
        raise Invalid(f"{problem} Nothing was changed.", errors=[FieldProblem(field="password", problem=problem)]) from None
    async with platform.database.door(caller) as door:
        await second_factor.check(door, platform, account, code)
        await factors.confirm_session(door, caller.session_id, platform.clock.now())
        await audit.record(door, "session.confirmed", "session", caller.session_id)
    await users.clear_attempts(platform.database, address_hash(account.email))


async def begin_required(platform: Platform, attempt: sign_in.Attempt) -> TotpBegun:
    """A generator for somebody who may not sign in without one, and has none."""
    account = await sign_in.prove(platform, attempt)
    async with platform.database.sign_in_door(account.id, account.carrier_id, via=attempt.via) as door:
        if await second_factor.demand(door, account) is not second_factor.Demand.SET_UP:
            raise SecondFactorWrong("There is nothing to set up. Sign in; your account page sets a generator up.")
        return await second_factor.begin(door, platform, account.id, account.email)


async def tell(door: Door, caller: Caller, change: str) -> None:
    """Tells the caller by mail what was changed."""
    account = await second_factor.account_of(door, caller.user_id)
    await invitations.tell(door, account, change, f"{change}:{uuid4()}")
