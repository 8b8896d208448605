"""From a file to drivers, over HTTP, with the worker."""

from __future__ import annotations

from typing import Any

import pytest

from dot_copilot.core.caller import Role
from tests.api.roster.conftest import Work
from tests.api.roster.files import ANA, HEADER, csv_bytes, read, started
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def rows_of(world: World, sql: str) -> list[dict[str, Any]]:
    """Rows of this world's carrier."""
    async with world.worker.database.job_door(world.carrier_id) as door:
        return [dict(row) for row in await door.fetch(sql, world.carrier_id)]


async def test_a_roster_becomes_drivers_employments_profiles_and_evidence(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    job = await started(manager, csv_bytes([ANA]))
    assert job["state"] == "queued"
    await work()
    done = await read(manager, job)
    assert (done["state"], done["total"], done["imported"], done["updated"], done["skipped"]) == ("done", 1, 1, 0, 0), done
    assert done["progress"] == 1.0
    (driver,) = await rows_of(world, "select * from drivers where carrier_id = $1")
    assert (driver["employee_id"], driver["first_name"], driver["terminal_id"]) == ("0042", "Ana", world.terminal_id)
    found = await rows_of(world, "select * from evidence where carrier_id = $1 order by requirement")
    assert [(e["requirement"], str(e["obtained_on"]), str(e["expires_on"]), e["provenance"]) for e in found] == [
        ("cdl", "2024-01-15", "2029-05-01", "roster"),
        ("mec", "2026-03-01", "2028-03-01", "roster"),
    ]
    assert found[0]["details"] == {"roster_import": job["id"], "row": 2, "dated": False}
    assert HEADER[0] == done["mapping"][0]["column"]
