"""Background work on events that have expired and secrets that are of no use any more."""

from __future__ import annotations

import logging

from procrastinate import Blueprint

from dot_copilot.core.tasks import platform
from dot_copilot.features.telematics.service import feeds

log = logging.getLogger(__name__)
tasks = Blueprint()


@tasks.periodic(cron="47 * * * *")
@tasks.task(name="sweep_event_documents", queueing_lock="telematics:sweep_event_documents", pass_context=False)
async def sweep_event_documents(timestamp: int) -> None:
    """Deletes raw events of every kind whose time is over, every hour; MongoDB does that itself."""
    if removed := await platform().event_documents.sweep():
        log.info("removed %d events whose time was over (run %d)", removed, timestamp)


@tasks.periodic(cron="37 * * * *")
@tasks.task(name="sweep_telematics_secrets", queueing_lock="telematics:sweep_secrets", pass_context=False)
async def sweep_telematics_secrets(timestamp: int) -> None:
    """Deletes signing secrets that were replaced, or left on their way by a dead process, every hour."""
    if removed := await feeds.sweep(platform()):
        log.info("removed %d signing secrets of no use any more (run %d)", removed, timestamp)
