"""The planner's clock. Each run may happen twice, late, or not at all: what was told is on record, the rest is told next."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate import Blueprint

from dot_copilot.core.tasks import platform, stopping
from dot_copilot.features.reminders import planning

log = logging.getLogger(__name__)
tasks = Blueprint()


@tasks.periodic(cron="*/10 * * * *")
@tasks.task(name="plan", queueing_lock="reminders:plan", pass_context=False)
async def plan(timestamp: int) -> None:
    """Every ten minutes: tells those for whom it has become day."""
    del timestamp
    running = platform()
    for row in await running.database.lookup_all("select id from app.all_carriers()"):
        url = running.settings.pages_url
        done = await planning.plan(running.database, UUID(str(row["id"])), running.clock.now(), url, stopping.is_set)
        if done:
            log.info("reminded %d people of carrier %s", done, row["id"])
