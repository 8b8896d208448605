"""The people who can sign in to the demo carriers, and the file that tells their passwords."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
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

FILE_NAME = "demo-accounts.json"
_AUDIT_LASTS = timedelta(days=60)


def read_file(home: Path) -> list[dict[str, str]]:
    """What the file tells; nothing when it is not there or damaged."""
    try:
        found = json.loads((home / FILE_NAME).read_bytes())
        return [{name: str(one[name]) for name in ("email", "password", "role", "carrier")} for one in found]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def write_file(home: Path, accounts: Sequence[dict[str, str]]) -> None:
    """Writes the file whole or not at all, readable by its owner alone from the first moment."""
    temporary = home / f".{FILE_NAME}.{os.getpid()}"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(list(accounts), out, indent=2, ensure_ascii=False)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(home / FILE_NAME)


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
