"""How a packet is built: in turns, through crashes and cancellations, whatever its documents are, and for thirty days."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.packets import building, repository, sweeping
from dot_copilot.features.packets.press.child import Press
from dot_copilot.features.packets.work import Interrupted
from tests.api.packets.conftest import Work
from tests.api.packets.test_packets import ask, fetch, read, stock
from tests.support import scans
from tests.support.on_record import put_on_record
from tests.support.uploads import blobs_of
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_whatever_is_wrong_with_a_document_the_packet_is_made(world: World, work: Work) -> None:
    driver = await world.add_driver()
    lost = await put_on_record(world, driver, scans.pdf(), name="lost.pdf", requirement="cdl")
    changed = await put_on_record(world, driver, scans.pdf(2), name="changed.pdf", requirement="cdl")
    await put_on_record(world, driver, b"\x00\x00\x00\x18ftypmp42", media_type="video/mp4", name="talk.mp4", requirement="cdl")
    await put_on_record(world, driver, scans.broken_stream_pdf(), name="broken.pdf", requirement="mvr_annual")
    await put_on_record(world, driver, scans.photo()[:2000], media_type="image/jpeg", name="cut.jpg", requirement="mvr_annual")
    async with world.worker.database.job_door(world.carrier_id) as door:
        rows = await door.fetch("select id, blob_name from documents where carrier_id = $1", world.carrier_id)
    blobs = {row["id"]: row["blob_name"] for row in rows}
    await world.worker.blobs.delete(blobs[lost])

    async def other() -> AsyncIterator[bytes]:
        yield scans.pdf(3)

    await world.worker.blobs.put(blobs[changed], other(), media_type="application/pdf")
    manager = await world.as_role(Role.SAFETY_MANAGER)
    packet = await ask(manager, drivers=[str(driver)], originals=True)
    await work()
    done = await read(manager, packet)
    assert (done["state"], done["drivers"][0]["left_out"]) == ("done", 5)
    files = json.loads(await fetch(manager, packet, "manifest"))["drivers"][0]["files"][1:]
    remarks = {file["name"].rsplit("/", 1)[1][4:]: file["remark"] for file in files}
    assert "missing from the store" in remarks["lost.pdf"]
    assert "SHA-256 differs" in remarks["changed.pdf"]
    assert "can't be printed" in remarks["talk.mp4"]
    assert "damaged" in remarks["broken.pdf"]
    assert "damaged" in remarks["cut.jpg"]
    with zipfile.ZipFile(io.BytesIO(await fetch(manager, packet, "archive"))) as archive:
        assert archive.testzip() is None
        originals = {name.rsplit("/", 1)[1][4:] for name in archive.namelist() if "/" in name}
    assert originals == {"talk.mp4", "broken.pdf", "cut.jpg"}, "what is there goes along, what is not what was sent does not"


async def test_a_killed_building_goes_on_and_finished_drivers_are_not_made_anew(
    world: World, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    drivers = [await world.add_driver(f"K-{n}") for n in range(3)]
    manager = await stock(world, drivers[2])
    packet = await ask(manager, drivers=[str(driver) for driver in drivers])
    made: list[str] = []
    assemble, finish = Press.assemble, repository.finish_driver

    async def counted(self: Press, sheet: Any, target: Any) -> int:
        made.append(json.loads(sheet.read_text())["employee_id"])
        return await assemble(self, sheet, target)

    async def dies(*args: Any) -> bool:
        done = await finish(*args)
        if made[-1] == "K-1":
            raise Interrupted("the worker is stopping")
        return done

    monkeypatch.setattr(Press, "assemble", counted)
    monkeypatch.setattr(repository, "finish_driver", dies)
    await work()
    half = await read(manager, packet)
    assert (half["state"], half["built"]) == ("building", 1), "what died in its transaction is not done"
    monkeypatch.setattr(repository, "finish_driver", finish)
    async with world.worker.database.job_door(world.carrier_id):
        await world.worker.database.lookup_all(
            "update procrastinate_jobs set scheduled_at = now() where task_name = 'packets:build_packet' and status = 'todo'"
        )
    await work()
    done = await read(manager, packet)
    assert (done["state"], done["built"]) == ("done", 3)
    assert (made[0], made[-1], set(made[1:-1])) == ("K-0", "K-2", {"K-1"}), "each once, but for the one that died"


async def test_a_large_packet_lets_a_small_one_go_first(world: World, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "TURN", 0.0)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    drivers = [str(await world.add_driver()) for _ in range(4)]
    large, small = await ask(manager, drivers=drivers), await ask(manager, drivers=drivers[:1])
    await work()
    first, second = await read(manager, large), await read(manager, small)
    assert (first["state"], second["state"]) == ("done", "done")
    assert second["finished_at"] < first["finished_at"]


async def test_a_building_can_be_stopped_and_leaves_nothing_in_the_store(world: World, work: Work) -> None:
    driver = await world.add_driver()
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)])
    answer = await manager.post(f"/packets/{packet['id']}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    await work()
    assert (await read(manager, packet))["built"] == 0
    assert (await manager.post(f"/packets/{packet['id']}/cancel")).status_code == 409
    assert (await manager.post(f"/packets/{packet['id']}/link", json={"what": "archive"})).status_code == 409
    await sweeping.sweep(world.worker, world.carrier_id)
    assert not [name for name in await blobs_of(world) if "/packets/" in name]


async def test_files_go_after_thirty_days_and_the_manifest_stays(world: World, work: Work) -> None:
    driver = await world.add_driver()
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)])
    await work()
    async with world.worker.database.job_door(world.carrier_id) as door:
        past = world.worker.clock.now() - timedelta(minutes=1)
        await repository.update_packet(door, UUID(packet["id"]), files_until=past)
    assert await sweeping.sweep(world.worker, world.carrier_id) == 1
    assert [name.rsplit("/", 1)[1] for name in await blobs_of(world) if "/packets/" in name] == ["manifest.json"]
    gone = await manager.post(f"/packets/{packet['id']}/link", json={"what": "pdf", "driver_id": str(driver)})
    assert (gone.status_code, gone.json()["type"].rsplit("/", 1)[1]) == (409, "packet-gone")
    assert json.loads(await fetch(manager, packet, "manifest"))["code"] == packet["code"]
    assert (await manager.get(f"/verify/{packet['code']}")).json()["available"] is False
