"""The administration of people by an administrator, by the shell and by the demo data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import AT_TERMINALS, PERMISSIONS, Permission, Role
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door
from dot_copilot.core.errors import FieldProblem, Invalid, NotFound
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.settings import Settings
from dot_copilot.core.watching import shows_operations
from dot_copilot.features.identity import passwords
from dot_copilot.features.identity.errors import LastAdmin
from dot_copilot.features.identity.models import Account, address_hash
from dot_copilot.features.identity.repository import sessions, users
from dot_copilot.features.identity.schemas import Me, MeUpdate, MyCarrier, User, Users, UserUpdate

# How long a one-time password waits for its first use.
ONE_TIME_LIFE = timedelta(days=7)
# What a role needs, and only that role (`expires_on`: others may have it too).
_NEEDS = {"terminal_id": AT_TERMINALS, "driver_id": frozenset({Role.DRIVER}), "expires_on": frozenset({Role.AUDITOR})}
_WORDS = {"terminal_id": "a terminal", "driver_id": "a driver", "expires_on": "a last day"}
_IN_TOKENS = ("role", "terminal_id", "more_terminals", "driver_id", "expires_on")


@dataclass(frozen=True, slots=True)
class CreatedUser:
    """A person just made; the one-time password exists nowhere else."""

    account: Account
    one_time_password: str | None


async def create_user(
    door: Door,
    *,
    email: str,
    name: str,
    role: Role,
    locale: str = "en",
    terminal_id: UUID | None = None,
    more_terminals: Sequence[UUID] = (),
    driver_id: UUID | None = None,
    expires_on: date | None = None,
    password: str | None = None,
    clock: Clock | None = None,
    user_id: UUID | None = None,
) -> CreatedUser:
    """Adds a person to the carrier of `door`; without `password` a one-time password is made.

    Raises `EmailTaken`, and `Invalid` for a weak password or for what the role needs and does not get.
    """
    clock, email = clock or Clock(), email.strip().lower()
    values: dict[str, Any] = {"name": name, "role": role.value, "locale": locale, "expires_on": expires_on}
    values |= {"terminal_id": terminal_id, "driver_id": driver_id}
    check_role(role, values)
    values["more_terminals"] = await check_terminals(door, role, terminal_id, more_terminals)
    if user_id is not None:
        values["id"] = user_id
    await check_last_day(door, clock, expires_on)
    one_time = None
    if password is None:
        one_time = password = passwords.one_time_password()
        values["one_time_until"] = clock.now() + ONE_TIME_LIFE
    else:
        passwords.check_new_password(password, email, field="password")
    values["password_hash"] = await passwords.hash_password(password)
    user_id = await users.insert(door, email, values)
    await audit.record(door, "user.created", "user", user_id, {"email": email, "role": role.value})
    return CreatedUser(await _get(door, user_id), one_time)


def check_role(role: Role, values: dict[str, Any]) -> None:
    """`Invalid` unless `values` has what the role needs, and nothing that only another has."""
    for field, needing in _NEEDS.items():
        problem = None
        if role in needing and values[field] is None:
            problem = f"The role {role} needs {_WORDS[field]}."
        elif role not in needing and values[field] is not None and field != "expires_on":
            problem = f"Only the role {' or '.join(sorted(needing))} has {_WORDS[field]}."
        if problem:
            raise Invalid(f"{problem} Nothing was saved.", errors=[FieldProblem(field=field, problem=problem)])


def _further(terminal_id: UUID | None, more: Sequence[UUID] | None) -> list[UUID]:
    return [terminal for terminal in dict.fromkeys(more or ()) if terminal != terminal_id]


async def check_terminals(door: Door, role: Role, terminal_id: UUID | None, more: Sequence[UUID]) -> list[UUID]:
    """The further terminals, each once; `Invalid` for a role that has none, or one that is not the carrier's."""
    further = _further(terminal_id, more)
    problem = None
    if further and role not in AT_TERMINALS:
        problem = f"The role {role} has no terminals."
    elif further and await users.unknown_terminals(door, further):
        problem = "There is no such terminal in this carrier."
    if problem:
        raise Invalid(f"{problem} Nothing was saved.", errors=[FieldProblem(field="more_terminals", problem=problem)])
    return further


async def check_last_day(door: Door, clock: Clock, expires_on: date | None) -> None:
    """`Invalid` for a day that is over where the carrier is."""
    if expires_on is None:
        return
    carrier = await users.carrier(door)
    if expires_on < clock.today(carrier["default_time_zone"]):
        problem = "The last day lies in the past."
        raise Invalid(f"{problem} Nothing was saved.", errors=[FieldProblem(field="expires_on", problem=problem)])


async def _get(door: Door, user_id: UUID, *, lock: bool = False) -> Account:
    account = await users.get(door, user_id, lock=lock)
    if account is None:
        raise NotFound("There is no such person in your carrier.")
    return account


async def read_user(door: Door, user_id: UUID) -> User:
    """One person; `NotFound` if they are not of this carrier."""
    return as_user(await _get(door, user_id))


async def opens_administration(door: Door, user_id: UUID, body: UserUpdate) -> bool:
    """Whether somebody could administer the carrier after it who could not before."""
    person = await _get(door, user_id)
    if person.role is not Role.ADMIN:
        return body.role is Role.ADMIN
    return bool(body.reset_password) or (body.disabled is False and person.disabled_at is not None)


async def update_user(door: Door, user_id: UUID, body: UserUpdate, *, clock: Clock) -> CreatedUser:
    """Writes what was sent. `LastAdmin` if nobody would be left to administer the carrier."""
    admins = await users.lock_active_admins(door)
    account = await _get(door, user_id, lock=True)
    values = _changes(account, body, clock)
    if "more_terminals" in values:
        role = Role(values.get("role", account.role))
        await check_terminals(door, role, values.get("terminal_id", account.terminal_id), values["more_terminals"])
    if "expires_on" in values:
        await check_last_day(door, clock, values["expires_on"])
    _keep_an_admin(admins, account, values)
    one_time = None
    if body.reset_password:
        one_time = passwords.one_time_password()
        values |= {"password_hash": await passwords.hash_password(one_time), "one_time_until": clock.now() + ONE_TIME_LIFE}
    if values:
        bump = body.reset_password is not None or any(key in values for key in (*_IN_TOKENS, "disabled_at"))
        await users.update(door, user_id, values, bump=bump)
        await _end_and_record(door, account, values)
    return CreatedUser(await _get(door, user_id), one_time)


def _changes(account: Account, body: UserUpdate, clock: Clock) -> dict[str, Any]:
    """The columns that differ from now on. A place that the new role does not have is emptied with it."""
    sent: dict[str, Any] = body.model_dump(exclude_unset=True, exclude={"reset_password", "disabled"})
    for required in ("name", "role", "locale"):
        if required in sent and sent[required] is None:
            del sent[required]
    role = Role(sent.get("role", account.role))
    merged = {field: sent.get(field, getattr(account, field)) for field in _NEEDS}
    for field, needing in _NEEDS.items():
        if role not in needing and field != "expires_on" and field not in sent:
            merged[field] = None
    check_role(role, merged)
    more = sent.get("more_terminals", account.more_terminals) if role in AT_TERMINALS else []
    wanted = {**sent, **merged, "role": role.value, "more_terminals": _further(merged["terminal_id"], more)}
    changed = {field: value for field, value in wanted.items() if value != getattr(account, field)}
    if body.disabled is not None and body.disabled != (account.disabled_at is not None):
        changed["disabled_at"] = clock.now() if body.disabled else None
    return changed


def _keep_an_admin(admins: list[Account], account: Account, values: dict[str, Any]) -> None:
    leaves = values.get("role", "admin") != "admin" or values.get("disabled_at") or values.get("expires_on")
    others = [admin for admin in admins if admin.id != account.id and not admin.expires_on and not admin.one_time_until]
    if account.role is Role.ADMIN and account.disabled_at is None and leaves and not others:
        raise LastAdmin("This is the only administrator who can always sign in. Make somebody else one first.")


async def _end_and_record(door: Door, account: Account, values: dict[str, Any]) -> None:
    # Sessions before the audit log, as everybody who locks both does it.
    if values.get("disabled_at") or "expires_on" in values or "password_hash" in values:
        await sessions.revoke_all(door, account.id, "changed by an administrator")
    elif any(key in values for key in _IN_TOKENS):
        await sessions.tell_outdated(door, account.id)
    hidden = ("password_hash", "one_time_until", "disabled_at")
    if "password_hash" in values:
        await users.unlock(door, address_hash(account.email))
        await audit.record(door, "user.password_reset", "user", account.id)
    if "disabled_at" in values:
        await audit.record(door, "user.disabled" if values["disabled_at"] else "user.enabled", "user", account.id)
    if shown := {key: [_plain(getattr(account, key)), _plain(value)] for key, value in values.items() if key not in hidden}:
        await audit.record(door, "user.updated", "user", account.id, {"changed": shown})


def _plain(value: object) -> object:
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if value is None else str(value)


async def list_users(door: Door, cursors: Cursors, *, role: Role | None, q: str | None, cursor: str | None, limit: int) -> Users:
    """A page of people by name."""
    listing = f"users:{role}:{q}"
    after = cursors.open(door.carrier_id, listing, cursor) if cursor else None
    found = await users.page(door, role=role, q=q, after=after, limit=limit + 1)
    following = None
    if len(found) > limit:
        last = found[limit - 1]
        following = cursors.seal(door.carrier_id, listing, [last.name, str(last.id)])
    return Users(items=[as_user(account) for account in found[:limit]], next_cursor=following)


def as_user(account: Account) -> User:
    """A person as the administrator sees them."""
    return User(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        locale="es" if account.locale == "es" else "en",
        terminal_id=account.terminal_id,
        more_terminals=account.more_terminals,
        driver_id=account.driver_id,
        expires_on=account.expires_on,
        disabled=account.disabled_at is not None,
        password_is_one_time=account.one_time_until is not None,
        last_signed_in_at=account.last_signed_in_at,
        created_at=account.created_at,
    )


async def read_me(door: Door, user_id: UUID, settings: Settings) -> Me:
    """The signed-in person with the carrier and the permissions of the role, as far as this installation gives them."""
    account, carrier = await _get(door, user_id), await users.carrier(door)
    withheld = set() if shows_operations(settings, carrier["usdot"]) else {Permission.READ_OPERATIONS}
    return Me(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        locale="es" if account.locale == "es" else "en",
        carrier=MyCarrier(id=carrier["id"], usdot=carrier["usdot"], name=carrier["name"]),
        terminal_id=account.terminal_id,
        more_terminals=account.more_terminals,
        driver_id=account.driver_id,
        expires_on=account.expires_on,
        permissions=sorted(PERMISSIONS[account.role] - withheld),
    )


async def update_me(door: Door, user_id: UUID, body: MeUpdate, settings: Settings) -> Me:
    """Writes what was sent."""
    values = body.model_dump(exclude_none=True)
    if values:
        await users.update(door, user_id, values)
        await audit.record(door, "user.updated", "user", user_id, {"by": "themselves", "fields": sorted(values)})
    return await read_me(door, user_id, settings)
