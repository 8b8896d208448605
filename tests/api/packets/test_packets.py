"""Audit packets from the request to the files, through the real store and the real worker's tasks."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from typing import Any
from uuid import UUID

import httpx
import pikepdf
import pytest

from dot_copilot.core.caller import Role
from tests.api.packets.conftest import Work
from tests.support import scans
from tests.support.on_record import put_on_record
from tests.support.uploads import blobs_of, send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def ask(client: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    """A packet that was asked for."""
    answer = await client.post("/packets", json=wanted)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def read(client: httpx.AsyncClient, packet: dict[str, Any]) -> dict[str, Any]:
    """The packet as it stands."""
    answer = await client.get(f"/packets/{packet['id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def fetch(client: httpx.AsyncClient, packet: dict[str, Any], what: str, driver: object = None) -> bytes:
    """A file of the packet, by a link."""
    body = {"what": what} | ({"driver_id": str(driver)} if driver else {})
    link = await client.post(f"/packets/{packet['id']}/link", json=body)
    assert link.status_code == 200, link.text
    answer = await client.get(link.json()["url"].removeprefix("/api/v1"), headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    return answer.content


def text_of(pdf: bytes) -> str:
    """Titles of the outline and properties, which need no font to be read."""
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_outline() as outline:
        found: list[str] = []

        def walk(items: Any) -> None:
            for item in items:
                found.append(str(item.title))
                walk(item.children)

        walk(outline.root)
        return "\n".join([*found, *(f"{name} {value}" for name, value in opened.docinfo.items())])


async def stock(world: World, driver: UUID) -> httpx.AsyncClient:
    """A driver with a photo, a PDF of three pages and one that can't be read, as a safety manager sends them."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    for requirement, content, name in (("cdl", scans.photo(orientation=6), "card.jpg"), ("mvr_annual", scans.pdf(3), "mvr.pdf")):
        answer = await send(manager, driver, content, name, requirement=requirement)
        assert answer.status_code == 201, answer.text
    await put_on_record(world, driver, scans.locked_pdf(), name="locked.pdf")
    return manager


async def test_a_driver_becomes_one_pdf_with_everything_in_it(world: World, work: Work) -> None:
    driver = await world.add_driver("E-1042", first="Nguyễn", last="Şahin")
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)], as_of="2026-02-01")
    assert packet["state"] == "queued"
    await work()
    done = await read(manager, packet)
    assert (done["state"], done["built"], done["downloadable"], done["archive_size"]) == ("done", 1, True, None)
    assert (done["drivers"][0]["documents"], done["drivers"][0]["left_out"]) == (3, 1)
    pdf = await fetch(manager, packet, "pdf", driver)
    assert hashlib.sha256(pdf).hexdigest() == done["drivers"][0]["sha256"]
    said = text_of(pdf)
    assert "Status of requirements" in said
    assert "Nguyễn Şahin, as of 2026-02-01" in said
    assert packet["code"] in said
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == done["drivers"][0]["pages"]
        assert "/CreationDate" not in opened.docinfo


async def test_the_manifest_names_every_file_by_its_hash_and_the_place_in_the_audit_log(world: World, work: Work) -> None:
    driver = await world.add_driver()
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)])
    await work()
    told = json.loads(await fetch(manager, packet, "manifest"))
    assert (told["code"], told["carrier"]["usdot"]) == (packet["code"], world.usdot)
    pdf, *documents = told["drivers"][0]["files"]
    assert pdf["sha256"] == hashlib.sha256(await fetch(manager, packet, "pdf", driver)).hexdigest()
    assert {hashlib.sha256(scans.pdf(3)).hexdigest(), hashlib.sha256(scans.photo(orientation=6)).hexdigest()} <= {
        document["sha256"] for document in documents
    }
    assert [document["remark"] for document in documents if document["remark"]] == [
        "The PDF needs a password to be opened, and nobody has told us one."
    ]
    entries = (await manager.get("/audit", params={"limit": 200})).json()["items"]
    place = next(entry for entry in entries if entry["seq"] == told["audit_log"]["entries"])
    assert told["audit_log"]["hash"]
    assert place["action"] == "packet.requested"


async def test_many_drivers_come_as_a_zip_that_any_program_opens(world: World, work: Work) -> None:
    drivers = [await world.add_driver(f"E-{n}", first="=cmd", last=f"Ruiz {n}") for n in range(3)]
    manager = await stock(world, drivers[0])
    packet = await ask(manager, drivers=[str(driver) for driver in drivers], originals=True, title="Audit of May")
    await work()
    done = await read(manager, packet)
    content = await fetch(manager, packet, "archive")
    assert (len(content), hashlib.sha256(content).hexdigest()) == (done["archive_size"], done["archive_sha256"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [name for name in names if name.endswith(".pdf") and "/" not in name] == [
            f"000{n + 1} E-{n} =cmd Ruiz {n}.pdf" for n in range(3)
        ]
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        originals = [name for name in names if name.startswith("originals/")]
        assert archive.read(next(name for name in originals if name.endswith("mvr.pdf"))) == scans.pdf(3)
        assert len(originals) == 3
        rows = list(csv.reader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
        assert rows[1][1] == "'=cmd Ruiz 0", "no spreadsheet takes a name for a formula"
        assert archive.read("manifest.json") == await fetch(manager, packet, "manifest")


async def test_a_filter_is_counted_out_once_and_a_supervisor_gets_the_own_terminal(world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    other = await world.add_terminal("Laredo", "America/Chicago")
    made = []
    for number, terminal in enumerate((world.terminal_id, other)):
        new = {
            "employee_id": f"F{number}",
            "first_name": "A",
            "last_name": "B",
            "terminal_id": str(terminal),
            "hired_on": "2024-01-05",
        }
        made.append((await manager.post("/drivers", json=new)).json()["id"])
    everybody = await ask(manager, filter={})
    supervisor = await world.as_role(Role.SUPERVISOR)
    own = await ask(supervisor, filter={})
    assert (everybody["total"], own["total"]) == (2, 1)
    await work()
    assert [driver["driver_id"] for driver in (await read(supervisor, own))["drivers"]] == made[:1]
    assert (await supervisor.get(f"/packets/{everybody['id']}")).status_code == 404
    assert (await supervisor.post("/packets", json={"drivers": made})).status_code == 404
    assert (await manager.post("/packets", json={"filter": {"q": "nobody at all"}})).status_code == 422
    assert (await manager.post("/packets", json={"filter": {}, "drivers": made})).status_code == 422


async def test_a_driver_gets_a_packet_of_the_own_file_and_no_other(world: World, work: Work) -> None:
    mine, other = await world.add_driver(), await world.add_driver()
    driver = await world.as_role(Role.DRIVER, driver_id=mine)
    packet = await ask(driver, drivers=[str(mine)])
    await work()
    assert (await fetch(driver, packet, "pdf", mine)).startswith(b"%PDF")
    assert (await driver.post("/packets", json={"drivers": [str(other)]})).status_code == 404
    assert (await driver.post("/packets", json={"filter": {}})).status_code == 403
    assert (await driver.post("/packets", json={"drivers": [str(mine)], "sph": True})).status_code == 403


async def test_the_sph_file_is_apart_and_only_there_when_it_was_asked_for(world: World, work: Work) -> None:
    driver = await world.add_driver()
    manager = await stock(world, driver)
    await send(manager, driver, scans.pdf(2), "sph.pdf", requirement="sph")
    without, with_it = await ask(manager, drivers=[str(driver)]), await ask(manager, drivers=[str(driver)], sph=True)
    await work()
    assert [file["kind"] for file in json.loads(await fetch(manager, without, "manifest"))["drivers"][0]["files"]] == [
        "pdf", "document", "document", "document",
    ]  # fmt: skip
    assert "Safety performance" in text_of(await fetch(manager, with_it, "sph", driver))
    inside = text_of(await fetch(manager, with_it, "pdf", driver))
    assert "1. " in inside
    assert "afety performance history file" not in inside
    supervisor = await world.as_role(Role.SUPERVISOR)
    assert (await supervisor.get(f"/packets/{with_it['id']}")).status_code == 404


async def test_a_link_dies_with_the_session_and_serves_nobody_else(world: World, other_world: World, work: Work) -> None:
    driver = await world.add_driver()
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)])
    await work()
    body = {"what": "pdf", "driver_id": str(driver)}
    url = (await manager.post(f"/packets/{packet['id']}/link", json=body)).json()["url"].removeprefix("/api/v1")
    damaged = url[:-2] + ("AA" if not url.endswith("AA") else "BB")
    assert (await manager.get(damaged)).json()["type"].endswith("/link-invalid")
    stranger = await other_world.as_role(Role.ADMIN)
    assert (await stranger.post(f"/packets/{packet['id']}/link", json=body)).status_code == 404
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute("update sessions set revoked_at = now() where carrier_id = $1", world.carrier_id)
    assert (await manager.get(url)).status_code == 401


async def test_everything_about_a_packet_is_in_the_audit_log(world: World, work: Work) -> None:
    driver = await world.add_driver()
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)])
    await work()
    await fetch(manager, packet, "pdf", driver)
    await manager.patch(f"/packets/{packet['id']}", json={"shows": "detailed"})
    await manager.post(f"/packets/{packet['id']}/revoke", json={"reason": "wrong driver"})
    await work()
    entries = (await manager.get("/audit", params={"limit": 200})).json()["items"]
    about = [entry["action"] for entry in entries if entry["subject_id"] == packet["id"]]
    assert about[::-1] == ["packet.requested", "packet.built", "packet.downloaded", "packet.changed", "packet.revoked"]
    assert not [name for name in await blobs_of(world) if name.endswith(".pdf.pdf")]
