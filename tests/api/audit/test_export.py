"""The audit log as a file for a spreadsheet, and the operator's check of all logs."""

from __future__ import annotations

import csv
import io

import pytest

from dot_copilot.core import audit
from dot_copilot.core.caller import PERMISSIONS, Permission, Role
from dot_copilot.features.audit import command
from tests.api.audit.test_audit import write
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def exported(world: World, **filters: str) -> list[dict[str, str]]:
    """Rows of the CSV as the auditor gets it."""
    answer = await (await world.as_role(Role.AUDITOR)).get("/audit/export", params=filters)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-log.csv"'
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_every_entry_is_in_the_file_and_the_export_itself_is_on_record(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("select app.audit(null, 'job', 'thing.done', 'thing', n::text, '{}') from generate_series(1, 2345) n")
    rows = await exported(world)
    assert [int(row["seq"]) for row in rows] == list(range(2346, 0, -1))
    assert (rows[0]["action"], rows[0]["via"], rows[0]["from"]) == ("audit.exported", "web", "127.0.0.1")
    assert rows[0]["address"].startswith("auditor-")


async def test_filters_hold_for_the_file_too(world: World) -> None:
    await write(world, 3)
    await write(world, 2, "thing.undone")
    assert [row["subject_id"] for row in await exported(world, action="thing.undone")] == ["t1", "t0"]
    (told,) = await world.audit_log("audit.exported")
    assert told["details"] == {"action": "thing.undone"}


async def test_no_cell_is_a_formula(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        await audit.record(door, "thing.done", "thing", '=HYPERLINK("x")', {"note": 'a "quoted", text'})
    (row,) = await exported(world, action="thing.done")
    assert row["subject_id"] == '\'=HYPERLINK("x")'
    assert row["details"] == '{"note": "a \\"quoted\\", text"}'


async def test_who_may_export(world: World) -> None:
    for role in Role:
        answer = await (await world.as_role(role)).get("/audit/export")
        assert answer.status_code == (200 if Permission.READ_AUDIT in PERMISSIONS[role] else 403), role


async def test_the_operators_check_tells_a_line_of_each_carrier(world: World) -> None:
    await write(world, 4)
    lines: list[str] = []
    assert await command.verify(world.worker.database, [world.carrier_id], None, lines.append)
    (line,) = lines
    assert line.startswith(f"USDOT {world.usdot}: 4 entries, all as they were written; last 4:")
    known = line.rpartition(" ")[2]
    assert await command.verify(world.worker.database, [world.carrier_id], known, lines.append)
    assert not await command.verify(world.worker.database, [world.carrier_id], f"4:{'0' * 64}", lines.append)
    assert lines[-1] == f"USDOT {world.usdot}: BROKEN: entry 4 was changed after it was written (4 entries checked)"
