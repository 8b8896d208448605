"""PostgreSQL: is it there, is there room, and what do statements wait for."""

from __future__ import annotations

from dot_copilot.dashboards.boards.common import FULL, YES
from dot_copilot.dashboards.model import Dashboard, Marks, Panel, Query, Row, Unit, Variable, stat
from dot_copilot.dashboards.promql import NOW, quantile, rate

OURS = 'datname="dot_copilot"'
STATEMENTS = "db_client_operation_duration_seconds"
CLIENTS = 'part=~"$part"'

ANSWER = Row(
    "How is the database?",
    (
        stat(
            "Does it answer?",
            "Whether the exporter could sign in and ask it something.",
            Unit.STATE,
            "min(pg_up)",
            marks=Marks(1, 1, below=True),
            words=YES,
            runbook="PostgresDown",
        ),
        stat(
            "Connections taken",
            "Share of the connections that PostgreSQL allows. At 1 nobody else gets in.",
            Unit.SHARE,
            "sum(pg_stat_activity_count) / max(pg_settings_max_connections)",
            marks=FULL,
            runbook="DatabaseConnections",
        ),
        stat(
            "Fullest pool of ours",
            "Share of its own connections that the busiest of our processes uses. At 1 its requests wait for each other.",
            Unit.SHARE,
            f'max(sum by (part) (db_client_connection_count{{state="used", {CLIENTS}}}) '
            f"/ sum by (part) (db_client_connection_max{{{CLIENTS}}}))",
            marks=FULL,
        ),
        stat(
            "95 % of statements within",
            "Time in which 95 of 100 statements of the last five minutes came back to our processes.",
            Unit.SECONDS,
            quantile(0.95, STATEMENTS, CLIENTS, over=NOW),
            marks=Marks(0.05, 0.25),
            runbook="DatabaseBusy",
        ),
        stat(
            "Read from memory",
            "Share of blocks that were read from memory and not from the disk. Below 0.95 the data no longer fit.",
            Unit.SHARE,
            f"sum(rate(pg_stat_database_blks_hit{{{OURS}}}[{NOW}])) / "
            f"(sum(rate(pg_stat_database_blks_hit{{{OURS}}}[{NOW}])) + sum(rate(pg_stat_database_blks_read{{{OURS}}}[{NOW}])))",
            marks=Marks(0.95, 0.8, below=True),
        ),
        stat("Size", "Size of our database on the disk.", Unit.BYTES, f"sum(pg_database_size_bytes{{{OURS}}})"),
    ),
)

WORK = Row(
    "What does it do?",
    (
        Panel(
            "Statements a second",
            "Statements that our processes send, by what they do. ENTER opens a tenant's transaction.",
            Unit.PER_SECOND,
            (Query(rate(f"{STATEMENTS}_count", CLIENTS, by="db_operation_name"), "{{db_operation_name}}"),),
            stacked=True,
        ),
        Panel(
            "Time of statements",
            "Time in which 95 of 100 came back, by what they do.",
            Unit.SECONDS,
            (Query(quantile(0.95, STATEMENTS, CLIENTS, by="db_operation_name"), "{{db_operation_name}}"),),
        ),
        Panel(
            "Waiting for a connection",
            "Time in which 95 of 100 got a connection of their process's pool: 0 unless the pool is too small.",
            Unit.SECONDS,
            (Query(quantile(0.95, "db_client_connection_wait_seconds", CLIENTS, by="part"), "{{part}}"),),
            marks=Marks(0.05, 0.25),
            runbook="ConnectionPoolBusy",
        ),
    ),
)

SERVER = Row(
    "What holds it up?",
    (
        Panel(
            "Connections by state",
            "What PostgreSQL's connections do. Many 'idle in transaction' hold locks and keep vacuum from its work.",
            Unit.COUNT,
            (Query("sum by (state) (pg_stat_activity_count) > 0", "{{state}}"),),
            stacked=True,
        ),
        Panel(
            "Transactions a second",
            "Committed and rolled back; and deadlocks, which PostgreSQL ends by rolling one back. Those are errors in our code.",
            Unit.PER_SECOND,
            (
                Query(rate("pg_stat_database_xact_commit", OURS), "committed"),
                Query(rate("pg_stat_database_xact_rollback", OURS), "rolled back"),
                Query(rate("pg_stat_database_deadlocks", OURS), "deadlocks"),
            ),
            colors={"committed": "green", "rolled back": "orange", "deadlocks": "red"},
        ),
        Panel(
            "Longest transaction",
            "How long the oldest transaction has been open, by state.",
            Unit.SECONDS,
            (Query("max by (state) (pg_stat_activity_max_tx_duration)", "{{state}}"),),
            marks=Marks(60, 600),
        ),
    ),
)

BOARD = Dashboard(
    "dot-database",
    "DOT-Copilot: database",
    "Is PostgreSQL there, is there room, and what do statements wait for?",
    (ANSWER, WORK, SERVER),
    (Variable("part", "Our process", "part", "db_client_connection_max"),),
)
