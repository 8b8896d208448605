"""Background tasks of packets."""

from __future__ import annotations

import logging
from uuid import UUID

from procrastinate import Blueprint, JobContext, RetryStrategy

from dot_copilot.core import tasks as core_tasks
from dot_copilot.features.packets import building, repository, service, sweeping
from dot_copilot.features.packets.work import Interrupted, Job

log = logging.getLogger(__name__)
tasks = Blueprint()
ATTEMPTS = 30
OUR_FAULT = (
    "Something went wrong on our side, again and again. The drivers' documents are untouched; ask for the packet again, and tell "
    "your administrator the time of this one."
)


@tasks.task(name="build_packet", pass_context=True, retry=RetryStrategy(max_attempts=ATTEMPTS, wait=4))
async def build_packet(context: JobContext, *, carrier_id: str, packet_id: str, actor_id: str | None = None) -> None:
    """Builds one packet, from wherever it stands; may be run again at any time."""
    work = Job(
        platform=core_tasks.platform(),
        carrier_id=UUID(carrier_id),
        actor_id=UUID(actor_id) if actor_id else None,
        packet_id=UUID(packet_id),
        stopping=core_tasks.stopping,
    )
    try:
        if await building.run(work):
            async with work.door() as door:
                await service.enqueue(door, work.packet_id)
    except Interrupted:
        raise
    except Exception:
        if context.job.attempts < ATTEMPTS - 1:
            raise
        log.exception("packet %s given up", packet_id)
        await building.end(work, "failed", "packet.failed", OUR_FAULT)
        building.FAILED.add()


@tasks.task(name="sweep_packet", retry=RetryStrategy(max_attempts=5, wait=30))
async def sweep_packet(*, carrier_id: str, packet_id: str, actor_id: str | None = None) -> None:
    """Removes the files of a packet that was revoked."""
    del actor_id
    await sweeping.remove(core_tasks.platform(), UUID(carrier_id), UUID(packet_id))


@tasks.periodic(cron="51 3 * * *")
@tasks.task(name="sweep_packets", queueing_lock="packets:sweep_packets", pass_context=False)
async def sweep_packets(timestamp: int) -> None:
    """Every night: removes the files of packets whose time is over. Manifests stay, so that codes can be verified."""
    del timestamp
    platform = core_tasks.platform()
    for carrier_id in await repository.carrier_ids(platform.database):
        removed = await sweeping.sweep(platform, carrier_id)
        if removed:
            log.info("removed the files of %d packets (carrier %s)", removed, carrier_id)
