"""Background work: enqueued in the caller's transaction, run by the worker (procrastinate's tables and functions)."""

from __future__ import annotations

from typing import NamedTuple

from dot_copilot.core import telemetry
from dot_copilot.core.database import Database, Door

TRACE = "trace"
"""The argument of a job that names the place in the trace it was enqueued at. The worker takes it off before the task runs."""


async def defer(door: Door, task: str, *, lock: str | None = None, queueing_lock: str | None = None, **args: object) -> None:
    """Enqueues `task` for when this transaction commits.

    The job gets `carrier_id`, which is always that of the door, and `actor_id`. Jobs of one `lock` run one after another; while
    one of `queueing_lock` waits, a further one is dropped, and the one that waits does not start before this commits.
    """
    job_args = {"actor_id": str(door.actor_id) if door.actor_id else None, **args}
    if (place := telemetry.carry()) is not None:
        job_args[TRACE] = place
    await door.execute("select app.defer($1, $2, $3, $4)", task, lock, queueing_lock, job_args)


class Backlog(NamedTuple):
    """Jobs that wait: how many by task, and for how many seconds the oldest that is due has been waiting."""

    waiting: dict[str, int]
    oldest_seconds: float


_BACKLOG = """
with waiting as materialized (select id, task_name, scheduled_at from procrastinate_jobs where status = 'todo'),
since as (
  select min(scheduled_at) as at from waiting where scheduled_at <= now()
  union all select e.at from (select min(id) as id from waiting where scheduled_at is null) w
    join procrastinate_events e on e.job_id = w.id and e.type = 'deferred'
)
select task_name, count(*)::int as waiting, (select extract(epoch from now() - min(at)) from since)::float8 as oldest
  from waiting group by task_name"""


async def backlog(database: Database) -> Backlog:
    """What waits, of all carriers; for the worker."""
    rows = await database.lookup_all(_BACKLOG)
    oldest = max((row["oldest"] for row in rows if row["oldest"] is not None), default=0.0)
    return Backlog({row["task_name"]: row["waiting"] for row in rows}, max(0.0, oldest))
