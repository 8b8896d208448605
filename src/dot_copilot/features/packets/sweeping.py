"""Removing what packets left in the store: after 30 days, after a revocation, and after a building that ended early."""

from __future__ import annotations

from uuid import UUID

from dot_copilot.core.platform import Platform
from dot_copilot.features.packets import repository
from dot_copilot.features.packets.work import prefix

_BATCH = 200


async def sweep(platform: Platform, carrier_id: UUID) -> int:
    """Removes what is due of one carrier; returns of how many packets."""
    async with platform.database.job_door(carrier_id) as door:
        rows = await repository.blobs_to_sweep(door, platform.clock.now(), _BATCH)
    for row in rows:
        await remove(platform, carrier_id, row["id"])
    return len(rows)


async def remove(platform: Platform, carrier_id: UUID, packet_id: UUID) -> None:
    """Removes every file of a packet but its manifest, then says so. Done anew, it finds nothing left."""
    async with platform.database.job_door(carrier_id) as door:
        row = await repository.read_packet(door, packet_id)
    if row is None or row["state"] in ("queued", "building"):
        return
    async for name, _ in platform.blobs.list(prefix(carrier_id, packet_id)):
        if name != row["manifest_blob"]:
            await platform.blobs.delete(name)
    async with platform.database.job_door(carrier_id) as door:
        await repository.update_packet(door, packet_id, swept_at=platform.clock.now())
