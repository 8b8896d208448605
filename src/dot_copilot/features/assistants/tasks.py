"""Background work on clients, codes and secrets that were left on their way."""

from __future__ import annotations

import logging

from procrastinate import Blueprint

from dot_copilot.core.tasks import platform
from dot_copilot.features.assistants.repository import clients
from dot_copilot.features.assistants.service import github

log = logging.getLogger(__name__)
tasks = Blueprint()


@tasks.periodic(cron="17 4 * * *")
@tasks.task(name="sweep_oauth", queueing_lock="assistants:sweep_oauth", pass_context=False)
async def sweep_oauth(timestamp: int) -> None:
    """Deletes requests and codes that are over, and clients that nobody uses, every night."""
    removed = await clients.sweep(platform().database)
    log.info("removed %d assistants' clients that nobody used (run %d)", removed, timestamp)


@tasks.periodic(cron="23 * * * *")
@tasks.task(name="sweep_github_tokens", queueing_lock="assistants:sweep_github_tokens", pass_context=False)
async def sweep_github_tokens(timestamp: int) -> None:
    """Deletes GitHub tokens that a dead process left between the secret store and the record of it, every hour."""
    if removed := await github.sweep(platform()):
        log.warning("removed %d GitHub tokens that were never attached (run %d)", removed, timestamp)
