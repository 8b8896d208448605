"""Who may reach which driver: the one place that decides it.

Permissions (`core.caller`) say what a role may do at all, and the routes check them. This module says to whom:
supervisors and coaches reach the drivers of their terminals, a driver only the own file, an auditor who came by a link those of
the share (row-level security says so too), the others every driver of the carrier. Whatever is out of reach does not exist
(404), so nobody learns from an error whom a carrier employs.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.caller import AT_TERMINALS, Caller, Role
from dot_copilot.core.database import Door
from dot_copilot.features.drivers import repository
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.drivers.models import DriverRef


class Reach(Struct, frozen=True, gc=False):
    """The drivers a caller may reach: all, those of some terminals, one, or those of a share. For the conditions of a query.

    Lists and counts are bounded by terminal; within a share there are none of them, so `only_terminals` is then nobody's.
    """

    only_terminals: tuple[UUID, ...] | None = None
    only_driver: UUID | None = None
    only_share: UUID | None = None

    def excludes(self, driver_id: UUID) -> bool:
        """Whether `driver_id` is out of reach, as far as that can be told without asking the database."""
        return self.only_driver is not None and self.only_driver != driver_id


_EVERYONE = Reach()
_NOBODY = UUID(int=0)


def reach(caller: Caller) -> Reach:
    """What bounds `caller`. A supervisor or coach without a terminal, or a driver without a file, reaches nobody."""
    if caller.share_id is not None:
        return Reach(only_terminals=(_NOBODY,), only_share=caller.share_id)
    if caller.role in AT_TERMINALS:
        return Reach(only_terminals=caller.terminals or (_NOBODY,))
    if caller.role is Role.DRIVER:
        return Reach(only_driver=caller.driver_id or _NOBODY)
    return _EVERYONE


async def access_driver(door: Door, caller: Caller, driver_id: UUID) -> DriverRef:
    """The driver, if within the caller's reach; `DriverNotFound` otherwise."""
    bounds = reach(caller)
    if bounds.only_share is not None:
        found = await repository.find_shared_driver(door, driver_id, bounds.only_share)
    else:
        found = None if bounds.excludes(driver_id) else await repository.find_driver(door, driver_id, bounds.only_terminals)
    if found is None:
        raise DriverNotFound
    return found


async def reachable(door: Door, caller: Caller, driver_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these drivers are within the caller's reach, in one statement."""
    bounds = reach(caller)
    if bounds.only_share is not None:
        return await repository.shared_drivers(door, driver_ids, bounds.only_share)
    wanted = [driver_id for driver_id in driver_ids if not bounds.excludes(driver_id)]
    return await repository.find_drivers(door, wanted, bounds.only_terminals)
