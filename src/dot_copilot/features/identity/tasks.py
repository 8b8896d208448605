"""Background work on sessions."""

from __future__ import annotations

import logging

from procrastinate import Blueprint

from dot_copilot.core.tasks import platform
from dot_copilot.features.identity.service import sessions

log = logging.getLogger(__name__)
tasks = Blueprint()


@tasks.periodic(cron="41 3 * * *")
@tasks.task(name="sweep_sessions", queueing_lock="identity:sweep_sessions", pass_context=False)
async def sweep_sessions(timestamp: int) -> None:
    """Deletes sessions that ended long ago, every night; the audit log keeps what happened."""
    removed = await sessions.sweep(platform().database)
    log.info("removed %d sessions that ended long ago (run %d)", removed, timestamp)
