"""Invitations by mail, and passwords that were forgotten: links that are good once."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from dot_copilot.core import audit, links, outbox
from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door, Row
from dot_copilot.core.errors import NotFound, TooManyRequests
from dot_copilot.core.platform import Platform
from dot_copilot.features.identity import passwords, words
from dot_copilot.features.identity.errors import EmailTaken, LinkWorthless
from dot_copilot.features.identity.models import Account, Client, Tokens, address_hash
from dot_copilot.features.identity.people_schemas import Invitation, InvitationAccept, InvitationCreate, InvitationView
from dot_copilot.features.identity.repository import invitations, sessions, users
from dot_copilot.features.identity.service import sign_in as signing_in
from dot_copilot.features.identity.service.users import check_last_day, check_role, check_terminals, create_user

LINK_LIFE = timedelta(days=7)
RESET_LIFE = timedelta(hours=1)
_PER_MINUTE = 20
_RESETS_PER_MINUTE = 3
_STEP = 0.5
_WORTHLESS = "It was used, replaced by a newer one, taken back, or is too old. Ask for a new one. Nothing was changed."


async def invite(door: Door, platform: Platform, body: InvitationCreate) -> Invitation:
    """Asks somebody to join by mail. `EmailTaken`, `InvitationOpen`, or `Invalid` for what the role needs and does not get."""
    values: dict[str, Any] = body.model_dump(exclude={"email"})
    check_role(body.role, values)
    await check_last_day(door, platform.clock, body.expires_on)
    values["more_terminals"] = await check_terminals(door, body.role, body.terminal_id, body.more_terminals)
    values["role"] = body.role.value
    if await users.find_by_email(platform.database, body.email) is not None:
        raise EmailTaken("Somebody signs in with this address already. Use another one.")
    invitation_id, until = uuid4(), platform.clock.now() + LINK_LIFE
    token = links.token(platform.link_key, f"invitation:{invitation_id}:1")
    await invitations.insert(door, invitation_id, body.email, values, token_hash=links.digest(token), until=until)
    await audit.record(door, "invitation.sent", "user", invitation_id, {"email": body.email, "role": body.role.value})
    row = await _get(door, invitation_id)
    await _mail(door, platform, row)
    return shape(await _get(door, invitation_id))


async def _get(door: Door, invitation_id: UUID, *, lock: bool = False) -> Row:
    row = await invitations.get(door, invitation_id, lock=lock)
    if row is None:
        raise NotFound("There is no such invitation, or it was accepted or taken back.")
    return row


async def _mail(door: Door, platform: Platform, row: Row) -> None:
    carrier, name = await users.carrier(door), f"invitation:{row['id']}:{row['round']}"
    message = words.compose(
        "invitation",
        row["locale"],
        row["email"],
        url=f"{platform.settings.pages_url}/invitation",
        token=name,
        carrier=carrier["name"],
        name=row["name"],
        until=row["link_until"].date().isoformat(),
    )
    await outbox.post(door, message, occasion=name, good_until=row["link_until"])


def shape(row: Row) -> Invitation:
    """An invitation as the administrator sees it."""
    return Invitation.model_validate(dict(row))


async def pending(door: Door) -> list[Invitation]:
    """Those that wait."""
    return [shape(row) for row in await invitations.open_ones(door)]


async def resend(door: Door, platform: Platform, invitation_id: UUID) -> Invitation:
    """Another link by mail; the one before is worthless."""
    row = await _get(door, invitation_id, lock=True)
    round_ = row["round"] + 1
    token = links.token(platform.link_key, f"invitation:{invitation_id}:{round_}")
    until = platform.clock.now() + LINK_LIFE
    await invitations.renew(door, invitation_id, round_=round_, token_hash=links.digest(token), until=until)
    await _mail(door, platform, await _get(door, invitation_id))
    await audit.record(door, "invitation.sent_again", "user", invitation_id, {"email": row["email"]})
    return shape(await _get(door, invitation_id))


async def revoke(door: Door, platform: Platform, invitation_id: UUID) -> None:
    """Takes an invitation back."""
    row = await _get(door, invitation_id, lock=True)
    await invitations.close(door, invitation_id, "revoked_at", platform.clock.now())
    await audit.record(door, "invitation.revoked", "user", invitation_id, {"email": row["email"]})


async def _limit(platform: Platform, client: Client) -> None:
    if not await platform.limiter.allow(f"link:{client.address}", _PER_MINUTE):
        raise TooManyRequests("Too many attempts from your network. Wait a minute.", headers={"Retry-After": "60"})


async def _find(platform: Platform, client: Client, token: str) -> tuple[UUID, UUID]:
    await _limit(platform, client)
    found = await invitations.find(platform.database, links.digest(token))
    if found is None:
        raise LinkWorthless(_WORTHLESS)
    return found


async def _usable(door: Door, platform: Platform, invitation_id: UUID, token: str, *, lock: bool) -> Row:
    row = await invitations.get(door, invitation_id, lock=lock)
    if row is None or row["token_hash"] != links.digest(token) or row["link_until"] <= platform.clock.now():
        raise LinkWorthless(_WORTHLESS)
    return row


async def view(platform: Platform, client: Client, token: str) -> InvitationView:
    """What an invitation says, to whoever has the link."""
    carrier_id, invitation_id = await _find(platform, client, token)
    async with platform.database.sign_in_door(invitation_id, carrier_id) as door:
        row = await _usable(door, platform, invitation_id, token, lock=False)
        carrier = await users.carrier(door)
    return InvitationView(carrier=carrier["name"], email=row["email"], name=row["name"], role=row["role"], locale=row["locale"])


async def accept(platform: Platform, client: Client, body: InvitationAccept) -> Tokens:
    """Makes the account, with the password and the name that the person chose, and signs them in."""
    carrier_id, invitation_id = await _find(platform, client, body.token)
    async with platform.database.sign_in_door(invitation_id, carrier_id) as door:
        row = await _usable(door, platform, invitation_id, body.token, lock=True)
        # As the person to be: `create_user` checks the password and what the role needs once more.
        names = ("email", "role", "locale", "terminal_id", "more_terminals", "driver_id", "expires_on")
        values = {name: row[name] for name in names} | {"role": Role(row["role"])}
        await create_user(door, name=body.name, password=body.password, clock=platform.clock, user_id=invitation_id, **values)
        await invitations.close(door, invitation_id, "accepted_at", platform.clock.now())
        await audit.record(door, "invitation.accepted", "user", invitation_id, {"address": client.address})
    return await signing_in.sign_in(platform, signing_in.Attempt(row["email"], body.password, client))


async def ask_reset(platform: Platform, client: Client, email: str) -> None:
    """Sends a link, if the address has an account that may sign in. The answer, and when it comes, tell nothing of that."""
    await _limit(platform, client)
    began, email = time.monotonic(), email.lower()
    # One limit for every address, known or not; beyond it nothing is sent, and nothing is said of it either.
    if await platform.limiter.allow(f"reset:{address_hash(email).hex()[:32]}", _RESETS_PER_MINUTE):
        await _send_reset(platform, email)
    passed = time.monotonic() - began
    await asyncio.sleep(math.ceil(passed / _STEP) * _STEP - passed)


async def _send_reset(platform: Platform, email: str) -> None:
    found = await users.find_by_email(platform.database, email)
    if found is None:
        return
    now, reset_id = platform.clock.now(), uuid4()
    async with platform.database.sign_in_door(found[1], found[0]) as door:
        account = await users.get(door, found[1], lock=True)
        if account is None or account.disabled_at is not None or account.expired(now):
            return
        name = f"reset:{reset_id}"
        token_hash = links.digest(links.token(platform.link_key, name))
        await invitations.close_resets(door, account.id, now)
        await invitations.add_reset(door, reset_id, account.id, token_hash=token_hash, until=now + RESET_LIFE)
        page = f"{platform.settings.pages_url}/reset-password"
        message = words.compose("reset", account.locale, account.email, url=page, token=name, name=account.name)
        await outbox.post(door, message, occasion=name, good_until=now + RESET_LIFE)
        door.actor_id = None  # whoever asked
        await audit.record(door, "password.reset_asked", "user", account.id)


async def reset(platform: Platform, client: Client, token: str, password: str) -> None:
    """The new password of whoever has the link. Ends every session, and makes every other link worthless."""
    await _limit(platform, client)
    token_hash, now = links.digest(token), platform.clock.now()
    found = await invitations.find_reset(platform.database, token_hash)
    if found is None:
        raise LinkWorthless(_WORTHLESS)
    carrier_id, user_id = found
    async with platform.database.sign_in_door(user_id, carrier_id) as door:
        account = await users.get(door, user_id, lock=True)
        row = await invitations.open_reset(door, token_hash)
        unfit = account is None or account.disabled_at is not None or account.expired(now)
        if account is None or row is None or unfit or row["link_until"] <= now:
            raise LinkWorthless(_WORTHLESS)
        passwords.check_new_password(password, account.email, field="password")
        values: dict[str, Any] = {"password_hash": await passwords.hash_password(password), "one_time_until": None}
        await users.update(door, user_id, values, bump=True)
        await invitations.close_resets(door, user_id, now)
        ended = await sessions.revoke_all(door, user_id, "password reset")
        await users.unlock(door, address_hash(account.email))
        await audit.record(door, "password.changed", "user", user_id, {"by": "mail", "sessions_ended": ended})
        await tell(door, account, "password", f"password:{row['id']}")


async def tell(door: Door, account: Account, change: str, occasion: str) -> None:
    """Tells a person by mail that their account was changed, so that they notice when it was somebody else."""
    carrier = await users.carrier(door)
    what = words.what(change, account.locale)
    message = words.compose("changed", account.locale, account.email, name=account.name, what=what, carrier=carrier["name"])
    await outbox.post(door, message, occasion=f"changed:{occasion}")
