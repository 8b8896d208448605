"""One run of one packet: what it works with, and what ends it early."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.packets import repository

KEPT = timedelta(days=30)
"""How long files of a packet can be fetched; its manifest, and the answer to its code, stay."""


class Interrupted(Exception):
    """The worker is stopping; the job is to be run again."""


class Cancelled(Exception):
    """Somebody has asked to stop."""


class Job(Struct):
    """One run of one packet."""

    platform: Platform
    carrier_id: UUID
    actor_id: UUID | None
    packet_id: UUID
    stopping: asyncio.Event

    def door(self) -> AbstractAsyncContextManager[Door]:
        """A transaction of the packet's carrier, in the name of who asked for it."""
        return self.platform.database.job_door(self.carrier_id, actor_id=self.actor_id, via="packet")

    def blob(self, name: str) -> str:
        """Where the packet's files are."""
        return f"{prefix(self.carrier_id, self.packet_id)}{name}"

    async def check(self) -> None:
        """`Interrupted` when the worker is to stop, `Cancelled` when nobody wants the packet any more."""
        if self.stopping.is_set():
            raise Interrupted("the worker is stopping")
        async with self.door() as door:
            row = await repository.read_packet(door, self.packet_id)
        if row is None or row["cancel_requested"] or row["revoked_at"] is not None:
            raise Cancelled


def prefix(carrier_id: UUID, packet_id: UUID) -> str:
    """How the names of a packet's blobs begin."""
    return f"{carrier_id}/packets/{packet_id}/"
