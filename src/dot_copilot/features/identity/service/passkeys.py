"""Passkeys of one's own: adding, naming, removing; and what they answer, at sign-in and when it matters (ADR 25)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import NotFound, TooManyRequests
from dot_copilot.core.platform import Platform
from dot_copilot.features.identity import authenticators, challenges
from dot_copilot.features.identity.errors import LastFactor, PasskeyWrong, TooManyPasskeys
from dot_copilot.features.identity.models import Account, Client, Tokens
from dot_copilot.features.identity.passkey_schemas import (
    Passkey,
    PasskeyAssertion,
    PasskeyAttestation,
    PasskeyCreation,
    PasskeyDescriptor,
    PasskeyRequest,
    Passkeys,
)
from dot_copilot.features.identity.repository import factors, passkeys, users
from dot_copilot.features.identity.service import second_factor, sign_in

MOST = 20
_TIMEOUT_MS = int(challenges.LIFE.total_seconds() * 1000)
_NONE_SUCH = "You have no such passkey; it may have been removed already."
_TOO_OLD = "It took too long, or was sent twice. Try once more. Nothing was changed."


async def list_own(door: Door, user_id: UUID) -> Passkeys:
    """The caller's passkeys."""
    return Passkeys(items=[_shape(row) for row in await passkeys.of_person(door, user_id)])


def _shape(row: Row) -> Passkey:
    return Passkey(id=row["id"], name=row["name"], created_at=row["created_at"], last_used_at=row["last_used_at"])


def _describe(rows: list[Row]) -> list[PasskeyDescriptor]:
    return [PasskeyDescriptor(id=authenticators.text(row["credential_id"]), transports=row["transports"]) for row in rows]


async def begin_adding(door: Door, platform: Platform, user_id: UUID) -> PasskeyCreation:
    """What the browser is to ask the authenticator for."""
    account, carrier = await second_factor.account_of(door, user_id), await users.carrier(door)
    challenge = challenges.make(platform.link_key, "create", platform.clock.now(), user_id)
    return PasskeyCreation(
        challenge=authenticators.text(challenge),
        rp_id=challenges.rp_id(platform.settings),
        rp_name=f"DOT-Copilot - {carrier['name']}",
        user_id=authenticators.text(user_id.bytes),
        user_name=account.email,
        user_display_name=account.name,
        algorithms=[int(algorithm) for algorithm in authenticators.ALGORITHMS],
        exclude=_describe(await passkeys.of_person(door, user_id)),
        timeout_ms=_TIMEOUT_MS,
    )


async def add(door: Door, platform: Platform, user_id: UUID, body: PasskeyAttestation) -> Passkey:
    """Takes the new passkey. `PasskeyWrong`, `PasskeyKnown`, or `TooManyPasskeys`."""
    challenge, until = _challenge(platform, body.client_data_json, "create", user_id)
    if not await passkeys.spend_challenge_here(door, challenges.digest(challenge), until):
        raise PasskeyWrong(_TOO_OLD)
    key = authenticators.read_attestation(platform.settings, body, challenge)
    await users.get(door, user_id, lock=True)  # two at once must not both be the last that is allowed
    if await passkeys.count(door, user_id) >= MOST:
        raise TooManyPasskeys(f"You have {MOST} passkeys. Remove one that you no longer use first. Nothing was changed.")
    stored = (key.credential_id, key.public_key, key.sign_count)
    now = platform.clock.now()
    row = await passkeys.insert(door, user_id, body.name, key=stored, transports=body.transports, now=now)
    await audit.record(door, "passkey.added", "user", user_id, {"passkey_id": str(row["id"]), "name": row["name"]})
    return _shape(row)


async def _answered(platform: Platform, client_data_json: str, purpose: str, user_id: UUID | None = None) -> bytes:
    """The challenge that was answered, spent with this, whatever the answer is worth. `PasskeyWrong` if it is not good."""
    challenge, until = _challenge(platform, client_data_json, purpose, user_id)
    if not await passkeys.spend_challenge(platform.database, challenges.digest(challenge), until):
        raise PasskeyWrong(_TOO_OLD)
    return challenge


def _challenge(platform: Platform, client_data_json: str, purpose: str, user_id: UUID | None) -> tuple[bytes, datetime]:
    challenge = authenticators.challenge_of(client_data_json)
    until = challenges.good_until(platform.link_key, challenge, purpose, platform.clock.now(), user_id)
    if until is None:
        raise PasskeyWrong(_TOO_OLD)
    return challenge, until


async def rename(door: Door, user_id: UUID, passkey_id: UUID, name: str) -> Passkey:
    """Another name for it."""
    row = await passkeys.rename(door, user_id, passkey_id, name)
    if row is None:
        raise NotFound(_NONE_SUCH)
    await audit.record(door, "passkey.renamed", "user", user_id, {"passkey_id": str(passkey_id), "name": name})
    return _shape(row)


async def remove(door: Door, caller: Caller, passkey_id: UUID) -> None:
    """Takes it away. `LastFactor` if the person could not sign in as the carrier wants it without."""
    await users.get(door, caller.user_id, lock=True)  # two at once must not take the last two
    row = await passkeys.remove(door, caller.user_id, passkey_id)
    if row is None:
        raise NotFound(_NONE_SUCH)
    if (
        caller.role.value in await factors.required_roles(door)
        and await factors.totp(door, caller.user_id) is None
        and await passkeys.count(door, caller.user_id) == 0
    ):
        raise LastFactor("Your carrier asks for a second factor. Add another passkey or a code generator first.")
    await audit.record(door, "passkey.removed", "user", caller.user_id, {"passkey_id": str(passkey_id), "name": row["name"]})


async def begin_sign_in(platform: Platform, client: Client) -> PasskeyRequest:
    """A challenge for whoever comes; the authenticator says who that is."""
    await _limit(platform, client)
    return _request(platform, "sign-in", None, [])


async def begin_confirming(door: Door, platform: Platform, user_id: UUID) -> PasskeyRequest:
    """A challenge for the caller's own passkeys."""
    return _request(platform, "confirm", user_id, await passkeys.of_person(door, user_id))


def _request(platform: Platform, purpose: str, user_id: UUID | None, rows: list[Row]) -> PasskeyRequest:
    challenge = challenges.make(platform.link_key, purpose, platform.clock.now(), user_id)
    return PasskeyRequest(
        challenge=authenticators.text(challenge),
        rp_id=challenges.rp_id(platform.settings),
        allow=_describe(rows),
        timeout_ms=_TIMEOUT_MS,
    )


async def _limit(platform: Platform, client: Client) -> None:
    # Begun and answered: two requests a sign-in.
    if not await platform.limiter.allow(f"passkey:from:{client.address}", 2 * platform.settings.sign_ins_per_minute):
        raise TooManyRequests("Too many sign-ins in a minute. Wait a minute, then try again.", headers={"Retry-After": "60"})


async def enter(platform: Platform, body: PasskeyAssertion, client: Client) -> Tokens:
    """Tokens of a new session: the authenticator has verified its person, so this stands for password and code."""
    with sign_in.counted():
        await _limit(platform, client)
        challenge = await _answered(platform, body.client_data_json, "sign-in")
        found = await passkeys.find(platform.database, authenticators.raw(body.credential_id))
        if found is None:
            raise PasskeyWrong("Nobody here has this passkey, or it was removed. Sign in with your password.")
        carrier_id, user_id = found
        attempt = sign_in.Attempt("", "", client, means="passkey")
        async with platform.database.sign_in_door(user_id, carrier_id) as door:
            account = await users.get(door, user_id)
            assert account is not None  # a passkey refers to its person
            refused = await _check(door, platform, account, body, challenge)
        if refused is not None:
            async with platform.database.sign_in_door(user_id, carrier_id) as door:
                await _record(door, account, refused, client)
            raise PasskeyWrong(authenticators.WRONG)
        await sign_in.refuse_unfit(platform, account, attempt)
        return await sign_in.start(platform, account, attempt, None)


async def _check(door: Door, platform: Platform, account: Account, body: PasskeyAssertion, challenge: bytes) -> str | None:
    """Why the answer is refused; None when it is good, and its counter is noted then."""
    row = await passkeys.lock(door, account.id, authenticators.raw(body.credential_id))
    if row is None:
        return "removed"
    try:
        count = authenticators.read_assertion(platform.settings, body, challenge, row["public_key"], account.id)
    except PasskeyWrong:
        return "not right"
    # Authenticators without a counter say 0 always. One that goes back, or stands, is a copy of the key.
    if (count or row["sign_count"]) and count <= row["sign_count"]:
        return "counter went back"
    await passkeys.used(door, row["id"], count, platform.clock.now())
    return None


async def _record(door: Door, account: Account, reason: str, client: Client) -> None:
    door.actor_id = None  # whoever it was
    details: dict[str, object] = {"address": client.address, "with": "passkey", "reason": reason}
    await audit.record(door, "sign_in.failed", "user", account.id, details)


async def confirm(platform: Platform, caller: Caller, body: PasskeyAssertion, client: Client) -> None:
    """Notes on the session that the person has shown with a passkey who they are."""
    await _limit(platform, client)
    challenge = await _answered(platform, body.client_data_json, "confirm", caller.user_id)
    async with platform.database.door(caller) as door:
        account = await second_factor.account_of(door, caller.user_id)
        refused = await _check(door, platform, account, body, challenge)
        if refused is None:
            await _note(door, caller, platform.clock.now())
        else:
            await _record(door, account, refused, client)
    if refused is not None:
        raise PasskeyWrong(authenticators.WRONG)


async def _note(door: Door, caller: Caller, now: datetime) -> None:
    await factors.confirm_session(door, caller.session_id, now)
    await audit.record(door, "session.confirmed", "session", caller.session_id, {"with": "passkey"})
