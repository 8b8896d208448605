"""How many drivers can drive today, of all carriers together: what the platform is for, as a figure."""

from __future__ import annotations

from dot_copilot.core import telemetry
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


async def refresh(platform: Platform) -> None:
    """Counts them anew; the worker asks every minute."""
    counts = await calendar_repository.platform_counts(platform.database, list(_KEYS.values()))
    for state, key in _KEYS.items():
        _DRIVERS.set(state, to=counts.get(key, 0))
