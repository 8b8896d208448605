"""Background tasks of this feature; each may be run again at any time."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate import Blueprint, RetryStrategy

from dot_copilot.core.tasks import platform, stopping

from . import upkeep

log = logging.getLogger(__name__)
tasks = Blueprint()
_AGAIN = RetryStrategy(max_attempts=10, exponential_wait=2)


@tasks.task(name="rebuild", retry=_AGAIN)
async def rebuild(carrier_id: str, actor_id: str | None = None) -> None:
    """Projects all drivers of a carrier by its present rules."""
    del actor_id
    done = await upkeep.rebuild(platform().database, UUID(carrier_id), stopping.is_set)
    log.info("projected %d drivers of carrier %s anew", done, carrier_id)


@tasks.task(name="fold", retry=_AGAIN)
async def fold(carrier_id: str, actor_id: str | None = None) -> None:
    """Folds a carrier's pending changes into its calendar."""
    del actor_id
    await upkeep.fold(platform().database, UUID(carrier_id))


@tasks.periodic(cron="* * * * *")
@tasks.task(name="upkeep", queueing_lock="compliance:upkeep", pass_context=False)
async def keep_up(timestamp: int) -> None:
    """Every minute: folds what waits, and finds carriers whose rules have changed with a release."""
    del timestamp
    await upkeep.rebuild_where_needed(platform().database)
    await upkeep.fold_everywhere(platform().database)
