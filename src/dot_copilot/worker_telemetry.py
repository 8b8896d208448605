"""What the worker tells of its jobs, and of figures that nobody else works out: what waits, and what the features count."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from procrastinate import JobContext

from dot_copilot.core import jobs, telemetry
from dot_copilot.core.platform import Platform
from dot_copilot.core.telemetry import RECORDER, Trace, enter, leave
from dot_copilot.discovery import modules

log = logging.getLogger(__name__)
_JOBS = telemetry.counter("dot_jobs_total", "Jobs that ran, by outcome.", ("task", "outcome"))
_SECONDS = telemetry.histogram("dot_job_duration_seconds", "How long jobs ran.", ("task",))
_WAITING = telemetry.gauge("dot_jobs_waiting", "Jobs that wait.", ("task",))
_OLDEST = telemetry.gauge("dot_job_oldest_age_seconds", "For how long the oldest job that is due has been waiting.").labels()
_BEAT = telemetry.gauge("dot_worker_beat_timestamp_seconds", "When the worker's loop turned last.").labels()
_BACKLOG_EVERY = 10.0
_FIGURES_EVERY = 60.0


async def around_job(call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Any) -> Any:
    """Runs a job within a trace, below whoever enqueued it; what is periodic begins a trace of its own.

    A middleware of procrastinate's worker: it sees the outcome before it is stored.
    """
    job = context.job
    carried = job.task_kwargs.pop(jobs.TRACE, None)
    parent = telemetry.parse_carried(carried) if isinstance(carried, str) else None
    trace = RECORDER.begin(f"job {job.task_name}", telemetry.CONSUMER, parent)
    carrier = job.task_kwargs.get("carrier_id")
    trace.carrier_id = carrier if isinstance(carrier, str) else None
    before = enter(trace)
    outcome = "succeeded"
    try:
        return await call_next()
    except BaseException as error:
        outcome = _outcome(context, error)
        if not isinstance(error, asyncio.CancelledError):
            trace.fail(error)
        raise
    finally:
        _end(trace, context, outcome)
        leave(before)


def _outcome(context: JobContext, error: BaseException) -> str:
    """Whether it will be tried again: by its strategy, or because the worker was stopped in the middle."""
    if isinstance(error, asyncio.CancelledError):
        return "retried"
    task = context.app.tasks.get(context.job.task_name)
    again = isinstance(error, Exception) and task is not None and task.get_retry_exception(exception=error, job=context.job)
    return "retried" if again else "failed"


def _end(trace: Trace, context: JobContext, outcome: str) -> None:
    task = context.job.task_name
    kept = RECORDER.wanted(trace)
    if kept:
        trace.attributes = {"messaging.system": "procrastinate", "dot.job.task": task, "dot.job.outcome": outcome}
        trace.attributes |= {"messaging.message.id": str(context.job.id), "dot.job.attempt": context.job.attempts + 1}
        RECORDER.keep(trace)
    level = logging.INFO if outcome == "succeeded" else logging.WARNING
    log.log(level, "job %s %s (%s) after %.3f s", context.job.id, outcome, task, trace.seconds)
    _JOBS.add(task, outcome)
    _SECONDS.observe(task, seconds=trace.seconds, trace_id=trace.trace_id if kept else None)


def beat() -> None:
    """The loop turns."""
    _BEAT.set(time.time())


async def watch_backlog(platform: Platform) -> None:
    """Brings the figures of what waits up to date, again and again."""
    while True:
        try:
            found = await jobs.backlog(platform.database)
            _WAITING.keep_only({(task,) for task in found.waiting})
            for task, number in found.waiting.items():
                _WAITING.set(task, to=number)
            _OLDEST.set(found.oldest_seconds)
        except Exception as error:  # noqa: BLE001 - the database is away: the figures are old until it is back
            log.warning("what waits can't be counted (%s)", type(error).__name__)
        await asyncio.sleep(_BACKLOG_EVERY)


async def watch_figures(platform: Platform) -> None:
    """Has each feature's `figures.refresh(platform)` bring its gauges up to date, again and again."""
    while True:
        for module in modules("figures"):
            try:
                await module.refresh(platform)
            except Exception as error:  # noqa: BLE001 - as above
                log.warning("the figures of %s can't be counted (%s)", module.__name__, type(error).__name__)
        await asyncio.sleep(_FIGURES_EVERY)
