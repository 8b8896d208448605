"""The first page: can people use it, and if not, where to look."""

from __future__ import annotations

from dot_copilot.dashboards.boards.common import ANY, FAILING, JOB_AGE, RESPONSE, STATUS_COLORS, UP, YES
from dot_copilot.dashboards.model import Dashboard, Kind, Marks, Panel, Query, Row, Unit, stat
from dot_copilot.dashboards.promql import REQUESTS, or_nothing, or_zero, quantile, rate

# What these two tell of processes is of their exporters. Where a supervisor runs, it tells of every part, and more exactly.
OWN = 'job!~"postgres|valkey"'
FIRING = 'sum by (alertname, severity, part) (ALERTS{alertstate="firing"})'

ANSWER = Row(
    "Can people use it?",
    (
        stat(
            "Can people use it?",
            "Yes when the door, at least one API process and the database answer. Everything else degrades, and says so.",
            Unit.STATE,
            or_zero('max(nginx_up) * max(up{job="api"}) * min(pg_up)'),
            marks=Marks(1, 1, below=True),
            words=YES,
            runbook="DoorDown",
            board="dot-api",
        ),
        stat(
            "Requests we fail",
            "Share of requests of the last five minutes that ended in a 5xx, as people and assistants saw it at the door.",
            Unit.SHARE,
            or_zero("door:errors:ratio5m"),
            marks=FAILING,
            runbook="DoorErrors",
            board="dot-api",
        ),
        stat(
            "95 % are answered within",
            "Time in which 95 of 100 requests were answered, at the slowest of the door's places. Streams do not count.",
            Unit.SECONDS,
            'max(place:nginx_request_duration_seconds:p95_2m{place!="mcp"})',
            marks=RESPONSE,
            runbook="SlowAnswers",
            board="dot-api",
        ),
        stat(
            "Oldest job that is due",
            "How long the oldest job has waited that could run now. Imports, checks and reminders stand still behind it.",
            Unit.SECONDS,
            or_zero("max(dot_job_oldest_age_seconds)"),
            marks=JOB_AGE,
            runbook="JobsLate",
            board="dot-jobs",
        ),
        stat(
            "Alerts firing",
            "How many alerts stand now. The table below names them.",
            Unit.COUNT,
            or_zero('count(ALERTS{alertstate="firing"})'),
            marks=ANY,
        ),
        stat(
            "Telemetry lost",
            "Spans, metrics and log lines of the last hour that never left a part. No request suffers, but traces have gaps.",
            Unit.COUNT,
            or_zero("sum(increase(dot_telemetry_dropped_total[1h]))"),
            marks=Marks(1, 1000),
            runbook="TelemetryDropped",
        ),
    ),
)

REASONS = Row(
    "Why not?",
    (
        Panel(
            "Alerts",
            "What fires now, with the part it speaks of. Each has a page on what to do.",
            Unit.STATE,
            (Query(or_nothing(FIRING, "alertname", "nothing is firing"), column="Firing"),),
            kind=Kind.TABLE,
        ),
        Panel(
            "Requests by outcome",
            "Requests a second at the door by class of status. 4xx is what people did, 5xx is what we did.",
            Unit.REQUESTS,
            (Query(rate("nginx_requests_total", by="status"), "{{status}}"),),
            colors=STATUS_COLORS,
            stacked=True,
            board="dot-api",
        ),
        Panel(
            "Response time of the API",
            "Half of all requests, 95 and 99 of 100. Each dot is a request whose trace was kept: it tells where the time went.",
            Unit.SECONDS,
            (
                Query(quantile(0.5, REQUESTS, 'job="api"'), "half"),
                Query(quantile(0.95, REQUESTS, 'job="api"'), "95 %", exemplars=True),
                Query(quantile(0.99, REQUESTS, 'job="api"'), "99 %"),
            ),
            marks=RESPONSE,
            board="dot-api",
        ),
        Panel(
            "Parts",
            "Whether each part answers Prometheus. A gap is a part that was down or restarted.",
            Unit.STATE,
            (Query("min by (part) (up)", "{{part}}"),),
            kind=Kind.STATES,
            words=UP,
            marks=Marks(1, 1, below=True),
            width=24,
            runbook="TargetDown",
        ),
    ),
)

ROOM = Row(
    "How much room is left?",
    (
        Panel(
            "Processor",
            "Processor time that each part takes: 1 is one core, all the time.",
            Unit.COUNT,
            (
                Query(
                    f"{rate('dot_part_cpu_seconds_total', by='part')} or {rate('process_cpu_seconds_total', OWN, by='part')}",
                    "{{part}}",
                ),
            ),
            width=12,
        ),
        Panel(
            "Memory",
            "Memory that each part holds. A line that only rises is a leak.",
            Unit.BYTES,
            (
                Query(
                    f"sum by (part) (dot_part_memory_bytes) or sum by (part) (process_resident_memory_bytes{{{OWN}}})", "{{part}}"
                ),
            ),
            width=12,
        ),
    ),
)

BOARD = Dashboard(
    "dot-overview",
    "DOT-Copilot: overview",
    "Can people use it? The answer first, then the reasons, then the room that is left.",
    (ANSWER, REASONS, ROOM),
)
