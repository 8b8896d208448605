"""Rosters made for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import httpx

from dot_copilot.core.caller import Role
from tests.api.roster.conftest import Work
from tests.support.world import World

HEADER = [
    "Employee ID",
    "First Name",
    "Last Name",
    "Hire Date",
    "Terminal",
    "CDL Class",
    "CDL Exp",
    "DOT Physical",
    "Med Card Exp",
]
ANA = ["0042", "Ana", "Ruiz", "2024-01-15", "Dallas", "A", "2029-05-01", "2026-03-01", "2028-03-01"]


def csv_bytes(rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, *, encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


async def upload(client: httpx.AsyncClient, content: bytes, *, name: str = "roster.csv", **form: str) -> httpx.Response:
    """Sends a roster."""
    return await client.post("/roster-imports", files={"file": (name, content)}, data=form)


async def started(client: httpx.AsyncClient, content: bytes, **form: str) -> dict[str, Any]:
    """Sends a roster that is accepted."""
    answer = await upload(client, content, **form)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


async def read(client: httpx.AsyncClient, job: dict[str, Any]) -> dict[str, Any]:
    """The import as it stands."""
    answer = await client.get(f"/roster-imports/{job['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def imported(world: World, work: Work, content: bytes) -> dict[str, Any]:
    """The import of a roster, carried out."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, content)
    await work()
    done = await read(manager, job)
    assert done["state"] == "done", done
    return done


async def rows_of(world: World, sql: str) -> list[dict[str, Any]]:
    """Rows of this world's carrier."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        return [dict(row) for row in await door.fetch(sql, world.carrier_id)]
