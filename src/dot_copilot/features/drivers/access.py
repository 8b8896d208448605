"""Who may reach which driver: the one place that decides it.

Permissions (`core.caller`) say what a role may do at all, and the routes check them. This module says to whom:
a supervisor reaches the drivers of the own terminal, a driver only the own file, the others every driver of the
carrier. Whatever is out of reach does not exist (404), so nobody learns from an error whom a carrier employs.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.database import Door
from dot_copilot.features.drivers import repository
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.drivers.models import DriverRef


class Reach(Struct, frozen=True, gc=False):
    """The drivers a caller may reach: all, or those of one terminal, or one. For the conditions of a query."""

    only_terminal: UUID | None = None
    only_driver: UUID | None = None

    def excludes(self, driver_id: UUID) -> bool:
        """Whether `driver_id` is out of reach, as far as that can be told without asking the database."""
        return self.only_driver is not None and self.only_driver != driver_id


_EVERYONE = Reach()
_NOBODY = UUID(int=0)


def reach(caller: Caller) -> Reach:
    """What bounds `caller`. A supervisor without a terminal, or a driver without a file, reaches nobody."""
    if caller.role is Role.SUPERVISOR:
        return Reach(only_terminal=caller.terminal_id or _NOBODY)
    if caller.role is Role.DRIVER:
        return Reach(only_driver=caller.driver_id or _NOBODY)
    return _EVERYONE


async def access_driver(door: Door, caller: Caller, driver_id: UUID) -> DriverRef:
    """The driver, if within the caller's reach; `DriverNotFound` otherwise."""
    bounds = reach(caller)
    found = None if bounds.excludes(driver_id) else await repository.find_driver(door, driver_id, bounds.only_terminal)
    if found is None:
        raise DriverNotFound
    return found
