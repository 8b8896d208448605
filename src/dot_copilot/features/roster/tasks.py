"""Background tasks of the roster import."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate import Blueprint, JobContext, RetryStrategy

from dot_copilot.core import tasks as core_tasks
from dot_copilot.features.roster import job, repository, service
from dot_copilot.features.roster.batches import Interrupted, Job

log = logging.getLogger(__name__)
tasks = Blueprint()
ATTEMPTS = 30
KEPT_DAYS = 30
OUR_FAULT = (
    "Something went wrong on our side, again and again. Rows written so far stay, and importing the same file again adds nothing "
    "twice. Tell your administrator the time of this import."
)


@tasks.task(name="import_roster", pass_context=True, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=4))
async def import_roster(context: JobContext, *, carrier_id: str, import_id: str, actor_id: str | None = None) -> None:
    """Reads or writes one import, from wherever it stands; may be run again at any time."""
    work = Job(
        platform=core_tasks.platform(),
        carrier_id=UUID(carrier_id),
        actor_id=UUID(actor_id) if actor_id else None,
        import_id=UUID(import_id),
        stopping=core_tasks.stopping,
    )
    try:
        await job.run(work)
    except Interrupted:
        raise
    except Exception:
        if context.job.attempts < ATTEMPTS - 1:
            raise
        log.exception("roster import %s given up", import_id)
        await job.fail(work, OUR_FAULT)


@tasks.task(name="discard_roster", retry=RetryStrategy(max_attempts=5, wait=30))
async def discard_roster(*, carrier_id: str, import_id: str, actor_id: str | None = None) -> None:
    """Removes the file of a cancelled import."""
    del actor_id
    platform = core_tasks.platform()
    async with platform.database.job_door(UUID(carrier_id)) as door:
        row = await repository.read_import(door, UUID(import_id))
    if row is not None and row["state"] == "cancelled":
        await platform.blobs.delete(row["blob_name"])


@tasks.periodic(cron="41 3 * * *")
@tasks.task(name="drop_old_previews", queueing_lock="roster:drop_old_previews", pass_context=False)
async def drop_old_previews(timestamp: int) -> None:
    """Every night: cancels previews that nobody has confirmed for a month, so that their files don't stay for ever."""
    del timestamp
    platform = core_tasks.platform()
    for carrier_id in await repository.carrier_ids(platform.database):
        async with platform.database.job_door(carrier_id) as door:
            for import_id in await repository.old_previews(door, KEPT_DAYS):
                await service.give_up(door, import_id)
