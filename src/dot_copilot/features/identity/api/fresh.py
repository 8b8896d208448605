"""For what is sensitive: that the person showed a moment ago who they are."""

from __future__ import annotations

from fastapi import Depends

from dot_copilot.core.http import CallerDep, DoorDep, PlatformDep
from dot_copilot.features.identity.service import second_factor


async def _fresh(caller: CallerDep, door: DoorDep, platform: PlatformDep) -> None:
    await second_factor.want_fresh(door, caller, platform.clock.now())


FRESH = [Depends(_fresh)]
