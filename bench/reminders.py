"""Planning the reminders of a carrier of 100,000 drivers, each with an account: a first day, and the days after it."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from bench.compliance_data import make_fleet, superuser
from dot_copilot import migrate
from dot_copilot.compose import build_platform
from dot_copilot.core.platform import Platform
from dot_copilot.discovery import modules
from dot_copilot.features.compliance import upkeep
from dot_copilot.features.reminders import planning
from tests.support.servers import Servers, running_servers

DRIVERS = int(os.environ.get("BENCH_DRIVERS", "100000"))
TERMINALS = 20
BUDGET = 10.0
"""Seconds for everybody of a carrier."""
NOON = datetime(2026, 11, 22, 18, tzinfo=UTC)
"""Day in all four zones of the fleet, so that one run looks at everybody."""
RUNS = (
    ("first day", timedelta(0)),
    ("ten minutes later", timedelta(minutes=10)),
    ("second day", timedelta(days=1)),
    ("third day", timedelta(days=2)),
)


@dataclass
class Run:
    """One run of the planner: seconds, of which CPU in Python, and what it made."""

    name: str
    seconds: float
    cpu: float
    digests: int
    mails: int
    reminders: int
    memory_mb: float


async def _accounts(connection: asyncpg.Connection[asyncpg.Record], carrier: UUID) -> None:
    """One for every driver, and one safety manager, whose first digest is about everybody."""
    await connection.execute(
        """insert into users (carrier_id, email, name, password_hash, role, driver_id, locale)
           select carrier_id, lower(employee_id) || '@drivers.example', first_name || ' ' || last_name, '-', 'driver', id,
                  case when random() < 0.2 then 'es' else 'en' end
             from drivers where carrier_id = $1""",
        carrier,
    )
    await connection.execute(
        "insert into users (carrier_id, email, name, password_hash, role) values ($1, 'sam@carrier.example', 'Sam', '-', $2)",
        carrier,
        "safety_manager",
    )
    await connection.execute("vacuum (analyze)")


async def _count(connection: asyncpg.Connection[asyncpg.Record]) -> tuple[int, int]:
    row = await connection.fetchrow("select (select count(*) from mail_outbox) mails, (select count(*) from reminders) reminders")
    assert row is not None
    return row["mails"], row["reminders"]


async def _run(
    platform: Platform, connection: asyncpg.Connection[asyncpg.Record], carrier: UUID, name: str, now: datetime
) -> Run:
    mails, reminders = await _count(connection)
    begun, cpu = time.perf_counter(), time.process_time()
    digests = await planning.plan(platform.database, carrier, now, "https://fleet.example")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    more_mails, more = await _count(connection)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Run(name, seconds, cpu, digests, more_mails - mails, more - reminders, memory)


async def measure(servers: Servers) -> tuple[list[Run], str]:
    """Makes and projects the fleet, plans; gives the runs and what they were made on."""
    modules("subscribers")
    connection = await superuser(servers)
    carrier = await make_fleet(connection, "7654321", DRIVERS, TERMINALS)
    platform = await build_platform(servers.settings, "worker")
    await upkeep.rebuild(platform.database, carrier)
    await _accounts(connection, carrier)
    dates = await connection.fetchval("select count(*) from due_dates")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    runs = [await _run(platform, connection, carrier, name, NOON + later) for name, later in RUNS]
    await platform.close()
    await connection.close()
    made = f"{DRIVERS:,} drivers with an account each, one safety manager, {dates:,} due dates"
    return runs, f"{made}; the process had held {before:.0f} MB before."


def report(runs: list[Run], note: str) -> str:
    """The section of the report."""
    lines = [
        note,
        "",
        f"Each run looks at everybody whose turn it is, {planning.PEOPLE:,} people a transaction. Budget {BUDGET:.0f} s.",
        "",
        "| run | s | Python CPU s | digests | mails | reminders noted | peak memory MB | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {run.name} | {run.seconds:.2f} | {run.cpu:.2f} | {run.digests:,} | {run.mails:,} | {run.reminders:,} "
        f"| {run.memory_mb:.0f} | {'met' if run.seconds < BUDGET else 'MISSED'} |"
        for run in runs
    ]
    return "\n".join(lines)


def main() -> str:
    """Makes the fleet, plans; returns the section of the report."""
    with running_servers() as servers:
        asyncio.run(migrate.run(servers.settings))
        runs, note = asyncio.run(measure(servers))
        return report(runs, note)


if __name__ == "__main__":
    print(main())
