"""What this feature does when a lower one says that something has changed."""

from __future__ import annotations

from dot_copilot.core.database import Door
from dot_copilot.core.events import subscribe
from dot_copilot.features.carriers.events import RulesChanged
from dot_copilot.features.documents.requirements import answer_with
from dot_copilot.features.drivers.events import DriversChanged

from . import policy_rules, upkeep
from .projection import project


@subscribe(DriversChanged)
async def on_drivers_changed(door: Door, event: DriversChanged) -> None:
    """Projects them in the same transaction, so that no list ever shows a driver as before."""
    changed = await project(door, event.driver_ids)
    if changed >= upkeep.MANY_DRIVERS:
        await upkeep.fold_if_much(door)


@subscribe(RulesChanged)
async def on_rules_changed(door: Door, _event: RulesChanged) -> None:
    """Every driver of the carrier may stand otherwise: a job projects them all."""
    await upkeep.rebuild_later(door)


@answer_with
async def outcomes_of(door: Door, key: str) -> frozenset[str] | None:
    """The results that evidence of a requirement may carry; None when neither catalogue nor carrier knows the key."""
    requirement = (await policy_rules.load_rules(door)).find(key)
    return None if requirement is None else requirement.outcomes
