"""The append-only audit log: written in the transaction of what it records, hash-chained per carrier (ADR 27)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextvars import ContextVar
from uuid import UUID

import asyncpg

from dot_copilot.core.database import Database, Door

log = logging.getLogger(__name__)
ORIGIN = "origin"
"""The member of an entry's details that tells from where it was done."""
_BATCH = 1000
_origin: ContextVar[str | None] = ContextVar("origin", default=None)


def came_from(address: str | None) -> None:
    """From which network address the request of this context came; entries written in it carry it."""
    _origin.set(address)


async def record(
    door: Door, action: str, subject_type: str, subject_id: UUID | str, details: Mapping[str, object] | None = None
) -> None:
    """Appends one entry, such as `evidence.recorded` on `driver` X. Put no secret in `details`.

    It waits for no other writer: the entry is durable when the transaction commits, and `seal` chains it.
    """
    told = dict(details or {})
    if (origin := _origin.get()) is not None:
        told[ORIGIN] = origin
    await door.execute(
        "select app.audit($1, $2, $3, $4, $5, $6)", door.actor_id, door.via, action, subject_type, str(subject_id), told
    )


async def seal(door: Door) -> None:
    """Chains every committed entry of the door's carrier; a reader does so first, and then misses none."""
    while await door.fetchval("select app.audit_seal($1)", _BATCH) == _BATCH:
        pass


async def seal_everywhere(database: Database) -> int:
    """Chains what waits, of all carriers, in short transactions; returns how many entries. For the worker."""
    sealed = 0
    for row in await database.lookup_all("select carrier_id from app.audit_unsealed() carrier_id"):
        try:
            done = _BATCH
            while done == _BATCH:
                async with database.job_door(row["carrier_id"]) as door:
                    done = await door.fetchval("select app.audit_seal($1)", _BATCH)
                sealed += done
        except asyncpg.IntegrityConstraintViolationError as error:
            # Somebody has been at the log of this carrier: its check says what is wrong, and the others' go on.
            log.error("the audit log of carrier %s can't be chained: %s", row["carrier_id"], error)
    return sealed
