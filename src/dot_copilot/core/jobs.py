"""Background work: enqueued in the caller's transaction, run by the worker (procrastinate's tables and functions)."""

from __future__ import annotations

from dot_copilot.core.database import Door


async def defer(door: Door, task: str, *, lock: str | None = None, queueing_lock: str | None = None, **args: object) -> None:
    """Enqueues `task` for when this transaction commits.

    Jobs of one `lock` run one after another; while one of `queueing_lock` waits, a further one is dropped.
    """
    job_args = {"carrier_id": str(door.carrier_id), "actor_id": str(door.actor_id) if door.actor_id else None, **args}
    if queueing_lock is not None and await door.fetchval(
        "select exists (select from procrastinate_jobs where queueing_lock = $1 and status = 'todo')", queueing_lock
    ):
        return
    await door.execute(
        "select procrastinate_defer_jobs_v1(array[row('default', $1, 0, $2, $3, $4, null)::procrastinate_job_to_defer_v1])",
        task,
        lock,
        queueing_lock,
        job_args,
    )
