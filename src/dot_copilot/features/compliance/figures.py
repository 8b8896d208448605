"""How many drivers can drive today, of all carriers together: what the platform is for, as a figure."""

from __future__ import annotations

from dot_copilot.core import telemetry
from dot_copilot.core.database import Database
from dot_copilot.core.platform import Platform

from . import calendar_repository
from .model import State
from .projection_codes import CANNOT_DRIVE, MAY_DRIVE, SLOT, UNHIRED

_DRIVERS = telemetry.gauge(
    "dot_drivers", "Drivers today. Who is due soon can drive; who is unknown (no employment on record) can't.", ("state",)
)
_KEYS = {
    "can_drive": MAY_DRIVE,
    "cannot_drive": CANNOT_DRIVE,
    "due_soon": SLOT[State.EXPIRING],
    "unknown": UNHIRED,
}


async def count(database: Database) -> dict[str, int]:
    """Drivers by state, asked of the database; `python -m bench figures` says what that costs."""
    counts = await calendar_repository.platform_counts(database, list(_KEYS.values()))
    return {state: counts.get(key, 0) for state, key in _KEYS.items()}


async def refresh(platform: Platform) -> None:
    """Counts them anew. The worker asks every minute: a scrape reads what was counted last, and asks nobody."""
    for state, number in (await count(platform.database)).items():
        _DRIVERS.set(state, to=number)
