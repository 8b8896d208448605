"""Background work on sessions, and the mail that leaves."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from procrastinate import Blueprint, RetryStrategy

from dot_copilot.core import outbox
from dot_copilot.core.tasks import mail, platform
from dot_copilot.features.identity.service import sessions

log = logging.getLogger(__name__)
tasks = Blueprint()


@tasks.periodic(cron="41 3 * * *")
@tasks.task(name="sweep_sessions", queueing_lock="identity:sweep_sessions", pass_context=False)
async def sweep_sessions(timestamp: int) -> None:
    """Deletes sessions that ended long ago, every night; the audit log keeps what happened."""
    removed = await sessions.sweep(platform().database)
    log.info("removed %d sessions that ended long ago (run %d)", removed, timestamp)


_MAIL_KEPT = timedelta(days=180)
"""As long as an occasion must be known to have been: longer than any reminder repeats itself."""


def _office() -> outbox.Office:
    held = platform()
    return outbox.Office(held.database, mail(), held.clock, held.link_key)


@tasks.task(name="deliver_mail", retry=RetryStrategy(max_attempts=5, wait=10))
async def deliver_mail(*, carrier_id: str, actor_id: str | None = None) -> None:
    """Sends what a carrier has just posted."""
    del actor_id
    await outbox.deliver(_office(), UUID(carrier_id))


@tasks.periodic(cron="* * * * *")
@tasks.task(name="sweep_mail", queueing_lock="identity:sweep_mail", lock="identity:sweep_mail", pass_context=False)
async def sweep_mail(timestamp: int) -> None:
    """Every minute: sends what is due for another attempt, and what a worker left that died."""
    del timestamp
    await outbox.deliver_everywhere(_office())


@tasks.periodic(cron="21 4 * * *")
@tasks.task(name="prune_mail", queueing_lock="identity:prune_mail", pass_context=False)
async def prune_mail(timestamp: int) -> None:
    """Every night: forgets mail that ended long ago."""
    held = platform()
    removed = 0
    for carrier_id in await sessions.carriers(held.database):
        async with held.database.job_door(carrier_id) as door:
            removed += await outbox.prune(door, held.clock.now() - _MAIL_KEPT)
    log.info("removed %d mails that ended long ago (run %d)", removed, timestamp)
