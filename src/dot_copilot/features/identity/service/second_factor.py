"""Code generators and recovery codes: what a password alone does not open."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID, uuid4

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import Unavailable
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import SecretsUnavailable, totp_secret
from dot_copilot.features.identity import passwords, totp
from dot_copilot.features.identity.errors import (
    ConfirmFirst,
    PasskeyRequired,
    SecondFactorMissing,
    SecondFactorRequired,
    SecondFactorWrong,
)
from dot_copilot.features.identity.models import Account
from dot_copilot.features.identity.people_schemas import RecoveryCodes, SecondFactorPolicy, SecondFactors, TotpBegun
from dot_copilot.features.identity.repository import factors, passkeys, sessions, users

FRESH = timedelta(minutes=10)
_CODES = 10
_WRONG = "Take the code that the generator shows now; each is good once. Or use a recovery code."


class Demand(Enum):
    """What sign-in wants besides the password."""

    NONE = "none"
    CODE = "code"
    SET_UP = "set up"
    PASSKEY = "passkey"


async def demand(door: Door, account: Account) -> Demand:
    """A code, if the person has a generator; else, if the carrier wants a factor of the role, a passkey or setting one up."""
    if await factors.totp(door, account.id) is not None:
        return Demand.CODE
    if account.role.value not in await factors.required_roles(door):
        return Demand.NONE
    # With passkeys alone: a stolen password must not set up a generator past them.
    return Demand.PASSKEY if await passkeys.count(door, account.id) else Demand.SET_UP


def _hash(user_id: UUID, code: str) -> bytes:
    # 79 random bits: a plain hash suffices, as for tokens.
    return hashlib.sha256(
        user_id.bytes + code.replace("-", "").replace(" ", "").lower().encode("utf-8", "surrogatepass")
    ).digest()


async def _secret(platform: Platform, user_id: UUID, factor_id: UUID) -> str:
    try:
        return await platform.secrets.get(totp_secret(user_id, factor_id))
    except (KeyError, OSError, SecretsUnavailable):
        raise Unavailable("Codes can't be checked just now. Try again in a minute.", headers={"Retry-After": "30"}) from None


async def check(door: Door, platform: Platform, account: Account, code: str | None) -> None:
    """Takes a code of the generator or a recovery code, each once. `SecondFactor...` when there is none, or it is wrong."""
    row = await factors.totp(door, account.id, lock=True)
    if row is None:
        await _check_first(door, platform, account, code)
        return
    if not code:
        raise SecondFactorRequired("Enter the code of your generator, or a recovery code.")
    if code.replace(" ", "").isdigit():
        if not await _take(door, platform, row, code.replace(" ", "")):
            raise SecondFactorWrong(_WRONG)
        return
    if not await factors.spend_code(door, account.id, _hash(account.id, code), platform.clock.now()):
        raise SecondFactorWrong(_WRONG)
    left = await factors.codes_left(door, account.id)
    await audit.record(door, "second_factor.recovery_code_used", "user", account.id, {"left": left})


async def _take(door: Door, platform: Platform, row: Row, code: str) -> bool:
    secret = await _secret(platform, row["user_id"], row["id"])
    step = totp.matching_step(secret, code, platform.clock.now(), after=row["last_step"])
    return step is not None and await factors.spend_step(door, row["user_id"], row["id"], step)


async def _check_first(door: Door, platform: Platform, account: Account, code: str | None) -> None:
    """Whoever must have a generator and has none signs in with the first code of the one that they have just begun."""
    if account.role.value not in await factors.required_roles(door):
        return
    if await passkeys.count(door, account.id):
        raise PasskeyRequired("Your carrier asks for a second factor, and yours is a passkey. Sign in with that.")
    row = await factors.begun(door, account.id)
    if not code or row is None:
        raise SecondFactorMissing("Set up a code generator, then sign in with its first code.")
    if not await _confirm(door, platform, row, code):
        raise SecondFactorWrong(_WRONG)


async def _confirm(door: Door, platform: Platform, row: Row, code: str) -> bool:
    secret = await _secret(platform, row["user_id"], row["id"])
    step = totp.matching_step(secret, code.replace(" ", ""), platform.clock.now(), after=0)
    if step is None:
        return False
    await factors.confirm(door, row["user_id"], row["id"], step, platform.clock.now())
    await audit.record(door, "second_factor.set_up", "user", row["user_id"], {"kind": "totp"})
    return True


async def begin(door: Door, platform: Platform, user_id: UUID, email: str) -> TotpBegun:
    """A generator to be confirmed with its first code. The secret is shown this once; it is kept in the secret store alone."""
    factor_id, secret = uuid4(), totp.new_secret()
    try:
        await platform.secrets.put(totp_secret(user_id, factor_id), secret)
    except (OSError, SecretsUnavailable):
        raise Unavailable("A generator can't be set up just now. Nothing was changed.", headers={"Retry-After": "30"}) from None
    await factors.begin(door, user_id, factor_id, platform.clock.now())
    uri = totp.address(secret, email)
    return TotpBegun(secret=secret, uri=uri, qr_svg=totp.picture(uri))


async def confirm(door: Door, platform: Platform, caller: Caller, code: str) -> RecoveryCodes:
    """The generator counts from now on; recovery codes come with it."""
    row = await factors.begun(door, caller.user_id)
    if row is None:
        raise SecondFactorMissing("Begin to set up a code generator first.")
    if not await _confirm(door, platform, row, code):
        raise SecondFactorWrong(_WRONG)
    return await new_codes(door, caller)


async def new_codes(door: Door, caller: Caller) -> RecoveryCodes:
    """Ten new recovery codes; the old ones are worthless."""
    codes = [passwords.one_time_password() for _ in range(_CODES)]
    await factors.replace_codes(door, caller.user_id, [_hash(caller.user_id, code) for code in codes])
    await audit.record(door, "second_factor.recovery_codes_made", "user", caller.user_id)
    return RecoveryCodes(codes=codes)


async def remove(door: Door, platform: Platform, user_id: UUID, *, by: str) -> None:
    """Takes a person's generator and recovery codes away; sessions that stand go on when it was the person.

    An administrator's reset takes the passkeys, too: it is for devices that were lost, or that somebody else has.
    """
    removed = await factors.remove_totp(door, user_id)
    details: dict[str, object] = {"by": by, "generators": len(removed)}
    if by != "themselves":
        details["passkeys"] = await passkeys.remove_all(door, user_id)
        await sessions.revoke_all(door, user_id, "second factor reset")
    await audit.record(door, "second_factor.removed", "user", user_id, details)
    for factor_id in removed:
        try:
            await platform.secrets.delete(totp_secret(user_id, factor_id))
        except (OSError, SecretsUnavailable):
            continue  # nothing refers to it any more


async def read(door: Door, caller: Caller) -> SecondFactors:
    """What the caller has."""
    has = await factors.totp(door, caller.user_id) is not None
    at = await factors.confirmed_at(door, caller.session_id)
    return SecondFactors(
        totp=has,
        recovery_codes_left=await factors.codes_left(door, caller.user_id) if has else 0,
        passkeys=await passkeys.count(door, caller.user_id),
        required=caller.role.value in await factors.required_roles(door),
        fresh_until=at + FRESH if at else None,
    )


async def want_fresh(door: Door, caller: Caller, now: datetime) -> None:
    """`ConfirmFirst` unless the caller showed who they are a moment ago, and is no assistant."""
    at = await factors.confirmed_at(door, caller.session_id)
    if caller.is_assistant or at is None or at + FRESH < now:
        raise ConfirmFirst("Enter your password once more, or use a passkey, then try again. Nothing was changed.")


async def require(door: Door, caller: Caller, roles: list[Role]) -> None:
    """Sets the roles that sign in with a second factor only. Whoever sets it for themselves must have one."""
    has = await factors.totp(door, caller.user_id) is not None or await passkeys.count(door, caller.user_id) > 0
    if caller.role in roles and not has:
        raise SecondFactorMissing("Set up a code generator or a passkey for yourself first, so that you are not shut out.")
    await factors.require(door, sorted({role.value for role in roles}))
    await audit.record(door, "second_factor.required", "carrier", door.carrier_id, {"roles": sorted(roles)})


async def policy(door: Door) -> SecondFactorPolicy:
    """The roles that sign in with a second factor only."""
    return SecondFactorPolicy(roles=[Role(role) for role in await factors.required_roles(door)])


async def account_of(door: Door, user_id: UUID) -> Account:
    """The person, who is there: a session stands."""
    account = await users.get(door, user_id)
    assert account is not None
    return account
