"""All that a stack holds at one moment, to be compared with what comes back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dot_copilot.backup import check
from dot_copilot.backup.running import Running
from dot_copilot.stack.home import Home


@dataclass(frozen=True)
class Moment:
    """Count and checksum of each table, SHA-256 of each file and of each secret, at `at`."""

    at: datetime
    rows: dict[str, tuple[int, str]]
    files: dict[str, str]
    secrets: dict[str, str]

    @property
    def row_count(self) -> int:
        return sum(count for count, _ in self.rows.values())


async def look(home: Path) -> Moment:
    """What is there at a moment. Who wants to write waits meanwhile, for a running stack always writes a little."""
    running = await Running.of(Home(home))
    connection = await running.connect()
    try:
        async with connection.transaction():
            tables = await connection.fetch(
                "select format('%I.%I', schemaname, tablename) from pg_tables "
                "where schemaname not in ('pg_catalog', 'information_schema') order by 1"
            )
            await connection.execute(f"lock table {', '.join(name for (name,) in tables)} in exclusive mode")
            at = await connection.fetchval("select clock_timestamp()")
            files, secrets = await asyncio.to_thread(check.files, running), await check.secrets(running)
            return Moment(at, await check.rows(running), files, secrets)
    finally:
        await connection.close()
