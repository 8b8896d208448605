"""Keeps the projection whole and the calendar small: what the background tasks of this feature do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from dot_copilot.core import jobs
from dot_copilot.core.database import Database, Door

from . import calendar_repository, policy_repository, projection_repository
from .policy_rules import FEDERAL_REVISION, load_rules
from .projection import project
from .projection_codes import BRIEF_KEYS, BRIEF_SLOTS

log = logging.getLogger(__name__)
CHANGED = "changed"  # the revision of carriers whose drivers are still to be projected by the present rules
BATCH = 250  # drivers that are locked at once, for some tenths of a second
MANY_DRIVERS = 100  # a batch of so many may leave enough unfolded changes to slow counting down
MUCH = 750_000  # unfolded changes; counting adds them up one by one, at some 10 million a second
_FOLD_ROWS = 400


async def rebuild_later(door: Door) -> None:
    """Has every driver of the carrier projected anew, after this transaction. One such job at a time waits."""
    await policy_repository.set_revision(door, CHANGED)
    await jobs.defer(door, "compliance:rebuild", lock=f"rebuild:{door.carrier_id}", queueing_lock=f"rebuild:{door.carrier_id}")


async def fold_later(door: Door) -> None:
    """Has pending changes folded into the calendar, after this transaction."""
    await jobs.defer(door, "compliance:fold", lock=f"fold:{door.carrier_id}", queueing_lock=f"fold:{door.carrier_id}")


async def fold_if_much(door: Door) -> None:
    """As `fold_later`, when so much waits that counting would become slow."""
    _, changes = await calendar_repository.pending(door)
    if changes >= MUCH:
        await fold_later(door)


async def fold(database: Database, carrier_id: UUID) -> None:
    """Folds all that waits, some at a time."""
    while True:
        async with database.job_door(carrier_id) as door:
            rows, _ = await calendar_repository.pending(door)
            if rows:
                await calendar_repository.fold(door, rows=_FOLD_ROWS, brief_keys=BRIEF_KEYS, brief_slots=BRIEF_SLOTS)
        if rows <= _FOLD_ROWS:
            break
    async with database.job_door(carrier_id) as door:
        await calendar_repository.merge(door)


async def rebuild(database: Database, carrier_id: UUID, stopping: Callable[[], bool] = lambda: False) -> int:
    """Projects every driver that is not projected by the present rules, in batches of a transaction each; returns how many.

    It may be ended at any moment and begun again: a driver that is done carries the stamp of the rules. Reads stay right
    between the batches, because each batch changes lists and counts at once.
    """
    async with database.job_door(carrier_id) as door:
        await projection_repository.wait_for_projections(door)
    done, after = 0, None
    while not stopping():
        async with database.job_door(carrier_id) as door:
            rules = await load_rules(door)
            batch = await projection_repository.stale_drivers(door, rules.stamp, after, BATCH)
            if batch:
                await project(door, batch)
                await fold_if_much(door)
            elif after is None:
                await policy_repository.set_revision(door, rules.revision)
                return done
        done += len(batch)
        after = batch[-1] if batch else None
    return done


async def rebuild_where_needed(database: Database) -> None:
    """Asks for a rebuild of every carrier that is projected by the rules of an earlier release, or was never projected."""
    for row in await database.lookup_all("select id, rules_revision from app.all_carriers()"):
        if row["rules_revision"].partition(":")[0] != FEDERAL_REVISION:
            async with database.job_door(row["id"]) as door:
                await rebuild_later(door)


async def fold_everywhere(database: Database) -> None:
    """Folds what waits at any carrier."""
    for row in await database.lookup_all("select id from app.all_carriers()"):
        await fold(database, row["id"])
