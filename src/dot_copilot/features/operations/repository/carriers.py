"""Which carrier asks."""

from __future__ import annotations

from dot_copilot.core.database import Door


async def usdot(door: Door) -> str:
    """The USDOT number of the carrier behind the door."""
    number: str = await door.fetchval("select usdot from carriers where id = $1", door.carrier_id)
    return number
