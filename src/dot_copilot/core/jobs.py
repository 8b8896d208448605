"""Background work: enqueued in the caller's transaction, run by the worker (procrastinate's tables and functions)."""

from __future__ import annotations

from dot_copilot.core.database import Door


async def defer(door: Door, task: str, *, lock: str | None = None, queueing_lock: str | None = None, **args: object) -> None:
    """Enqueues `task` for when this transaction commits.

    The job gets `carrier_id`, which is always that of the door, and `actor_id`. Jobs of one `lock` run one after another; while
    one of `queueing_lock` waits, a further one is dropped, and the one that waits does not start before this commits.
    """
    job_args = {"actor_id": str(door.actor_id) if door.actor_id else None, **args}
    await door.execute("select app.defer($1, $2, $3, $4)", task, lock, queueing_lock, job_args)
