"""What is there of the demo: the file that tells the accounts, and whether anything is left to do. Light to import."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from dot_copilot.core.database import Database
from dot_copilot.demo.fleets import FLEETS
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.drivers import bulk_repository as drivers

FILE_NAME = "demo-accounts.json"


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


async def is_done(database: Database, home: Path) -> bool:
    """Whether there is nothing to do: every carrier is there, and the file tells an account of each kind."""
    told = {account["email"] for account in read_file(home)}
    if not told.issuperset(account.email for fleet in FLEETS for account in fleet.accounts):
        return False
    for fleet in FLEETS:
        carrier_id = await carriers.find_carrier(database, fleet.usdot)
        if carrier_id is None:
            return False
        async with database.job_door(carrier_id, via="seed") as door:
            if not await drivers.page_of_ids(door, None, 1):
                return False
    return True
