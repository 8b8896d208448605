"""Jobs: do they run in time, which of them fail, and is there a worker at all."""

from __future__ import annotations

from dot_copilot.dashboards.boards.common import ANY, JOB_AGE, OUTCOME_COLORS
from dot_copilot.dashboards.model import Dashboard, Kind, Marks, Panel, Query, Row, Unit, stat
from dot_copilot.dashboards.promql import or_nothing, or_zero, quantile, rate

ANSWER = Row(
    "Do jobs run?",
    (
        stat(
            "Oldest job that is due",
            "How long the oldest job has waited that could run now.",
            Unit.SECONDS,
            or_zero("max(dot_job_oldest_age_seconds)"),
            marks=JOB_AGE,
            runbook="JobsLate",
        ),
        stat(
            "Jobs waiting",
            "Jobs that are queued, those for later among them.",
            Unit.COUNT,
            or_zero("sum(max by (task) (dot_jobs_waiting))"),
        ),
        stat(
            "Worker's last sign of life",
            "How long ago a worker last said that it works. It says so every few seconds.",
            Unit.SECONDS,
            "time() - max(dot_worker_beat_timestamp_seconds)",
            marks=Marks(20, 45),
            runbook="WorkerHung",
        ),
        stat(
            "Failed within an hour",
            "Jobs that failed for good. What they should have done is not done.",
            Unit.COUNT,
            or_zero('sum(increase(dot_jobs_total{outcome="failed"}[1h]))'),
            marks=ANY,
            runbook="JobsFailing",
        ),
        stat(
            "Tried again within an hour",
            "Jobs that failed and were put back into the queue.",
            Unit.COUNT,
            or_zero('sum(increase(dot_jobs_total{outcome="retried"}[1h]))'),
            marks=Marks(5, 50),
        ),
        stat(
            "Done within an hour",
            "Jobs that succeeded.",
            Unit.COUNT,
            or_zero('sum(increase(dot_jobs_total{outcome="succeeded"}[1h]))'),
        ),
    ),
)

TASKS = Row(
    "Which tasks?",
    (
        Panel(
            "Tasks of the last hour",
            "How many of each task succeeded and failed, and in what time 95 of 100 were done.",
            Unit.COUNT,
            (
                Query(
                    or_nothing('sum by (task) (increase(dot_jobs_total{outcome="succeeded"}[1h]))', "task", "none yet"),
                    column="Succeeded",
                ),
                Query(
                    or_nothing('sum by (task) (increase(dot_jobs_total{outcome="failed"}[1h]))', "task", "no failures"),
                    column="Failed",
                ),
                Query(quantile(0.95, "dot_job_duration_seconds", by="task", over="1h") + " > 0", column="95 % within"),
            ),
            kind=Kind.TABLE,
            units={"95 % within": Unit.SECONDS},
            width=12,
        ),
        Panel(
            "Waiting by task",
            "Jobs in the queue, by what they do: a task that only grows has nobody who does it.",
            Unit.COUNT,
            (Query(or_nothing("max by (task) (dot_jobs_waiting) > 0", "task", "none"), "{{task}}"),),
            stacked=True,
            width=12,
        ),
        Panel(
            "Jobs by outcome",
            "Jobs a second. Retried ones come back later.",
            Unit.PER_SECOND,
            (Query(rate("dot_jobs_total", by="outcome"), "{{outcome}}"),),
            colors=OUTCOME_COLORS,
        ),
        Panel(
            "Age of the oldest job",
            "A line that rises without end is a worker that stands still, or a job that none can do.",
            Unit.SECONDS,
            (Query("max(dot_job_oldest_age_seconds)", "oldest"),),
            marks=JOB_AGE,
            runbook="JobsLate",
        ),
        Panel(
            "Time of jobs",
            "Time in which 95 of 100 jobs were done, by task.",
            Unit.SECONDS,
            (Query(quantile(0.95, "dot_job_duration_seconds", by="task"), "{{task}}", exemplars=True),),
        ),
    ),
)

BOARD = Dashboard(
    "dot-jobs",
    "DOT-Copilot: jobs",
    "Do jobs run in time, which of them fail, and is there a worker at all?",
    (ANSWER, TASKS),
    since="now-3h",
)
