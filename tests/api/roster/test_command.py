"""The same import, asked for from the shell."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from dot_copilot.core.platform import Platform
from dot_copilot.features.roster.command import CarrierNotFound, import_file
from dot_copilot.features.roster.errors import RosterUnreadable
from dot_copilot.features.roster.schemas import RosterImport
from tests.api.roster.conftest import Work
from tests.api.roster.files import ANA, csv_bytes, rows_of
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def shell(world: World, worker: Platform, work: Work, path: Path, *, dry_run: bool) -> tuple[RosterImport, list[str]]:
    """The import as the command does it, with a worker at hand; and the states it told of."""
    states: list[str] = []
    queued = asyncio.Event()

    def hear(present: RosterImport) -> None:
        states.append(present.state)
        queued.set()

    asked = asyncio.create_task(import_file(worker, world.usdot, path, dry_run=dry_run, on_progress=hear))
    heard = asyncio.create_task(queued.wait())
    await asyncio.wait({asked, heard}, return_when=asyncio.FIRST_COMPLETED, timeout=30)
    heard.cancel()
    if not asked.done():
        await work()
    return await asyncio.wait_for(asked, 60), states


async def test_a_file_is_imported_for_a_carrier(world: World, worker: Platform, work: Work, tmp_path: Path) -> None:
    path = tmp_path / "drivers.csv"
    path.write_bytes(csv_bytes([ANA, ["1", "Bo", "Lee", "1/1/24", "", "", "", "", ""]]))
    seen, _ = await shell(world, worker, work, path, dry_run=True)
    assert (seen.state, seen.total, seen.skipped) == ("preview", 2, 1)
    assert await rows_of(world, "select 1 from drivers where carrier_id = $1") == []
    done, states = await shell(world, worker, work, path, dry_run=False)
    assert (done.state, done.imported, done.errors[0].row) == ("done", 1, 3)
    assert (states[0], states[-1]) == ("queued", "done")
    (entry,) = await world.audit_log("roster_import.written")
    assert (entry["via"], entry["actor_id"]) == ("roster", None)


async def test_what_can_not_be_imported(world: World, worker: Platform, tmp_path: Path) -> None:
    path = tmp_path / "drivers.csv"
    path.write_bytes(b"")
    with pytest.raises(RosterUnreadable, match="empty"):
        await import_file(worker, world.usdot, path, dry_run=True)
    with pytest.raises(CarrierNotFound, match="99999999"):
        await import_file(worker, "99999999", path, dry_run=True)
    with pytest.raises(FileNotFoundError):
        await import_file(worker, world.usdot, tmp_path / "nothing.csv", dry_run=True)
