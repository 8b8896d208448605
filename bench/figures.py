"""What counting drivers for the metrics costs: a carrier of 100,000, before and after folding, and 1,000 small ones."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from bench.compliance_data import make_fleet, superuser
from dot_copilot import migrate
from dot_copilot.compose import build_platform
from dot_copilot.core.database import Database
from dot_copilot.discovery import modules
from dot_copilot.features.compliance import figures, upkeep
from tests.support.servers import Servers, running_servers

DRIVERS = int(os.environ.get("BENCH_DRIVERS", "100000"))
CARRIERS, SMALL = 1000, 100
ROUNDS = 9
EVERY_MS, FLOOR = 60_000, 0.01
"""How often the worker asks, and how much of one of the database's processors that may take."""


@dataclass
class Measured:
    """One state of the data: milliseconds of each counting, and how many drivers it found that can or cannot drive."""

    name: str
    took: list[float]
    drivers: int
    waiting: int
    usual: bool = True


async def _measure(name: str, database: Database, owner: asyncpg.Connection[asyncpg.Record], *, usual: bool = True) -> Measured:
    took, drivers = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        counts = await figures.count(database)
        took.append((time.perf_counter() - began) * 1000)
        drivers = counts["can_drive"] + counts["cannot_drive"]
    waiting: int = await owner.fetchval("select coalesce(sum(cardinality(changes)), 0) from duty_pending")
    return Measured(name, took, drivers, waiting, usual)


async def _copy(owner: asyncpg.Connection[asyncpg.Record], small: UUID) -> None:
    """Gives as many carriers as are missing the calendar of a small one."""
    await owner.execute(
        """insert into carriers (usdot, name, default_time_zone)
           select (8000000 + n)::text, 'Small ' || n, 'America/Chicago' from generate_series(2, $1) n""",
        CARRIERS,
    )
    await owner.execute(
        """insert into duty_calendar (carrier_id, part, place, grain, slot, points, deltas)
           select c.id, d.part, d.place, d.grain, d.slot, d.points, d.deltas
             from carriers c join duty_calendar d on d.carrier_id = $1 and d.part = 'c' where c.name like 'Small %'""",
        small,
    )
    await owner.execute("vacuum (analyze)")


async def _run(servers: Servers) -> list[Measured]:
    await migrate.run(servers.settings)
    modules("subscribers")
    owner = await superuser(servers)
    platform = await build_platform(servers.settings, "worker")
    try:
        large = await make_fleet(owner, "7654321", DRIVERS, 20)
        await upkeep.rebuild(platform.database, large)
        await owner.execute("vacuum (analyze)")
        name = f"one carrier of {DRIVERS:,} drivers"
        found = [await _measure(f"{name}, rebuilt and nothing folded yet", platform.database, owner, usual=False)]
        await upkeep.fold(platform.database, large)
        await owner.execute("vacuum (analyze)")
        found.append(await _measure(f"{name}, folded", platform.database, owner))
        small = await make_fleet(owner, "7654322", SMALL, 2)
        await upkeep.rebuild(platform.database, small)
        await upkeep.fold(platform.database, small)
        await _copy(owner, small)
        found.append(await _measure(f"the same and {CARRIERS:,} carriers of {SMALL} drivers", platform.database, owner))
        return found
    finally:
        await platform.close()
        await owner.close()


def _report(found: list[Measured]) -> str:
    lines = [
        f"`app.count_drivers`, {ROUNDS} times. The worker asks once a minute; a scrape reads what it got last, and asks nobody.",
        f"The floor is {FLOOR:.0%} of a processor.",
        "",
        "| | drivers counted | changes not folded | ms, median | ms, most | of a processor | |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found:
        middle = statistics.median(one.took)
        share = middle / EVERY_MS
        verdict = ("met" if share < FLOOR else "MISSED") if one.usual else f"never so many: folding begins at {upkeep.MUCH:,}"
        lines.append(
            f"| {one.name} | {one.drivers:,} | {one.waiting:,} | {middle:.1f} | {max(one.took):.1f} | {share:.2%} | {verdict} |"
        )
    return "\n".join(lines)


def main() -> str:
    """Makes the fleets, measures; returns the section of the report."""
    with running_servers() as servers:
        return _report(asyncio.run(_run(servers)))


if __name__ == "__main__":
    print(main())
