"""The API: which routes are slow or fail, and what they wait for."""

from __future__ import annotations

from dot_copilot.dashboards.boards.common import FAILING, RESPONSE, parts
from dot_copilot.dashboards.model import Dashboard, Kind, Marks, Panel, Query, Row, Unit, stat
from dot_copilot.dashboards.promql import NOW, REQUESTS, failing, or_nothing, or_zero, quantile, rate

API = 'job="api", part=~"$part"'
FAILED = f'{API}, http_response_status_code=~"5.."'
BY_ROUTE = "http_route, http_request_method"
ASKED_NOW = rate(f"{REQUESTS}_count", API, by=BY_ROUTE, over=NOW)
FAILED_NOW = rate(f"{REQUESTS}_count", FAILED, by=BY_ROUTE, over=NOW)
ROUTE = "{{http_request_method}} {{http_route}}"

ANSWER = Row(
    "How is the API?",
    (
        stat(
            "Processes that answer",
            "Share of the API's processes that answer Prometheus. One is enough to be served.",
            Unit.SHARE,
            or_zero('avg(up{job="api", part=~"$part"})'),
            marks=Marks(1, 0.5, below=True),
            runbook="TargetDown",
        ),
        stat(
            "Requests a second",
            "Requests answered, of the last five minutes.",
            Unit.REQUESTS,
            rate(f"{REQUESTS}_count", API, over=NOW),
        ),
        stat(
            "Requests we fail",
            "Share of requests of the last five minutes that ended in a 5xx.",
            Unit.SHARE,
            failing(API),
            marks=FAILING,
            runbook="DoorErrors",
        ),
        stat(
            "95 % are answered within",
            "Time in which 95 of 100 requests of the last five minutes were answered.",
            Unit.SECONDS,
            quantile(0.95, REQUESTS, API, over=NOW),
            marks=RESPONSE,
            runbook="SlowAnswers",
        ),
        stat(
            "Being answered now",
            "Requests that are being worked on at this moment. It rises when something behind the API stands still.",
            Unit.COUNT,
            or_zero(f"sum(http_server_active_requests{{{API}}})"),
        ),
        stat(
            "Event loop late by",
            "The longest time for which a process did nothing else, since it was last asked. All its requests waited that long.",
            Unit.SECONDS,
            or_zero(f"max(dot_event_loop_lag_seconds{{{API}}})"),
            marks=Marks(0.1, 0.5),
            runbook="EventLoopBlocked",
        ),
    ),
)

ROUTES = Row(
    "Which routes?",
    (
        Panel(
            "Routes",
            "Every route of the last five minutes: how often, what share failed, and in what time 95 of 100 were answered.",
            Unit.COUNT,
            (
                Query(f"{ASKED_NOW} > 0", column="Requests a second"),
                Query(f"{FAILED_NOW} / {ASKED_NOW} or ({ASKED_NOW} > 0) * 0", column="Failed"),
                Query(quantile(0.95, REQUESTS, API, by=BY_ROUTE, over=NOW) + " > 0", column="95 % within"),
            ),
            kind=Kind.TABLE,
            units={"Requests a second": Unit.REQUESTS, "Failed": Unit.SHARE, "95 % within": Unit.SECONDS},
            width=24,
            height=10,
        ),
        Panel(
            "Failures by route",
            "Requests a second that ended in a 5xx.",
            Unit.REQUESTS,
            (Query(or_nothing(rate(f"{REQUESTS}_count", FAILED, by=BY_ROUTE) + " > 0", "http_route", "no failures"), ROUTE),),
            width=12,
            runbook="RouteErrors",
        ),
        Panel(
            "Response times",
            "How many requests took how long: the darker, the more. Two bands are two kinds of requests.",
            Unit.SECONDS,
            (Query(rate(f"{REQUESTS}_bucket", API, by="le"), exemplars=True),),
            kind=Kind.HEATMAP,
            width=12,
        ),
    ),
)

BEHIND = Row(
    "What does it wait for?",
    (
        Panel(
            "Database statements",
            "Time in which 95 of 100 statements came back, by what they do. ENTER opens a tenant's transaction.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.95, "db_client_operation_duration_seconds", API, by="db_operation_name"), "{{db_operation_name}}"
                ),
            ),
            board="dot-database",
            runbook="DatabaseBusy",
        ),
        Panel(
            "Other servers",
            "Time in which 95 of 100 requests to storage, vault and the outside came back.",
            Unit.SECONDS,
            (
                Query(
                    or_nothing(quantile(0.95, "http_client_request_duration_seconds", API, by="server"), "server", "none asked"),
                    "{{server}}",
                ),
            ),
        ),
        Panel(
            "Valkey",
            "Time in which 95 of 100 round trips to Valkey came back: limits of sign-ins and news of ended sessions.",
            Unit.SECONDS,
            (Query(quantile(0.95, "valkey_client_operation_duration_seconds", API, by="operation"), "{{operation}}"),),
            runbook="ValkeyDown",
        ),
    ),
)

BOARD = Dashboard(
    "dot-api",
    "DOT-Copilot: API",
    "Which routes are slow or fail, and what they wait for.",
    (ANSWER, ROUTES, BEHIND),
    (parts("api"),),
)
