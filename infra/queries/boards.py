"""Which query is shown where: the workbook's sections, the dashboard's tiles, and the alerts. Infrastructure code draws these.

The workbook is where somebody looks for reasons, section by section; the dashboard is its first glance, on one screen. A
query that nothing shows, and a tile without a query, are failed tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from infra.queries.files import queries
from infra.queries.model import Query

# timechart: one datetime column, one or more numbers, at most one word that splits them. table: anything.
Visual = Literal["timechart", "table"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A query drawn as `visual`, `width` twelfths of the page wide. A chart draws the numbers of `columns`; a table shows all."""

    query: str
    visual: Visual
    width: int = 12
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the workbook, with its tiles in reading order."""

    title: str
    tiles: tuple[Tile, ...]


WORKBOOK = (
    Section(
        "Can people use it?",
        (
            Tile("availability", "timechart", 12, ("ServedShare", "TestedShare")),
            Tile("requests", "timechart", 6, ("Requests", "Failed")),
            Tile("requests", "timechart", 6, ("P50", "P95", "P99")),
        ),
    ),
    Section(
        "What fails, and why",
        (Tile("failures", "table"), Tile("new_exceptions", "table"), Tile("one_request", "table")),
    ),
    Section("What is slow", (Tile("requests_by_route", "table"), Tile("slow_dependencies", "table"))),
    Section(
        "Database",
        (
            Tile("database", "timechart", 12, ("Percent",)),
            Tile("database_connections", "timechart", 6, ("Connections",)),
            Tile("database_waits", "timechart", 6, ("MeanMilliseconds",)),
            Tile("database_errors", "table"),
        ),
    ),
    Section(
        "Jobs",
        (
            Tile("job_backlog", "timechart", 6, ("Waiting",)),
            Tile("job_backlog", "timechart", 6, ("OldestSeconds",)),
            Tile("jobs_by_task", "table"),
        ),
    ),
    Section("Assistants", (Tile("mcp_use", "table"), Tile("mcp_clients", "table"), Tile("mcp_calls", "table"))),
    Section(
        "Sign-ins",
        (
            Tile("sign_in_anomalies", "timechart", 6, ("Failures", "Expected", "Successes")),
            Tile("sign_ins_refused", "timechart", 6, ("Count",)),
        ),
    ),
    Section(
        "The work itself",
        (Tile("business_drivers", "timechart", 6, ("Drivers",)), Tile("business_work", "timechart", 6, ("Count",))),
    ),
    Section(
        "What watching costs",
        (Tile("ingestion_cost", "table", 6), Tile("telemetry_dropped", "timechart", 6, ("Dropped",))),
    ),
)

DASHBOARD = (
    Tile("availability", "timechart", 4, ("ServedShare",)),
    Tile("requests", "timechart", 4, ("Requests", "Failed")),
    Tile("requests", "timechart", 4, ("P95",)),
    Tile("failures", "table", 6),
    Tile("slow_dependencies", "table", 6),
    Tile("database", "timechart", 4, ("Percent",)),
    Tile("job_backlog", "timechart", 4, ("OldestSeconds",)),
    Tile("business_drivers", "timechart", 4, ("Drivers",)),
    Tile("mcp_use", "table", 6),
    Tile("ingestion_cost", "table", 6),
)


def alerts() -> tuple[Query, ...]:
    """The queries that are log alerts; each carries its `alert`."""
    return tuple(query for query in queries().values() if query.alert is not None)
