"""The people who can sign in to the demo carriers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Role
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door
from dot_copilot.demo.fleets import Account, Fleet
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.drivers import bulk_repository as drivers
from dot_copilot.features.identity import passwords
from dot_copilot.features.identity.repository import sessions, users
from dot_copilot.features.identity.service import create_user

_AUDIT_LASTS = timedelta(days=60)


async def ensure(door: Door, fleet: Fleet, known: dict[str, str], clock: Clock) -> list[dict[str, str]]:
    """The fleet's accounts with passwords that open them: as `known` (by address), else new ones."""
    told = []
    for account in fleet.accounts:
        present = await users.page(door, role=None, q=account.email, after=None, limit=1)
        password = known.get(account.email)
        if not present:
            password = password or passwords.one_time_password()
            await _create(door, account, password, clock)
        elif password is None:
            password = passwords.one_time_password()
            await _reset(door, present[0].id, password)
        told.append({"email": account.email, "password": password, "role": account.role, "carrier": fleet.name})
    return told


async def _create(door: Door, account: Account, password: str, clock: Clock) -> None:
    terminal = await carriers.find_terminal(door, account.terminal) if account.terminal else None
    driver = await drivers.ids_by_employee_id(door, [account.employee_id]) if account.employee_id else {}
    role = Role(account.role)
    await create_user(
        door,
        email=account.email,
        name=account.name,
        role=role,
        locale=account.locale,
        terminal_id=terminal["id"] if terminal else None,
        driver_id=driver.get(account.employee_id or ""),
        expires_on=clock.now().date() + _AUDIT_LASTS if role is Role.AUDITOR else None,
        password=password,
        clock=clock,
    )


async def _reset(door: Door, user_id: UUID, password: str) -> None:
    """A new password for an account whose old one nobody knows any more; whoever is signed in with it is signed out."""
    values = {"password_hash": await passwords.hash_password(password), "one_time_until": None}
    await users.update(door, user_id, values, bump=True)
    await sessions.revoke_all(door, user_id, "demo accounts written anew")
    await audit.record(door, "user.password_reset", "user", user_id, {"by": "demo seed"})
