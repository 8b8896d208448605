"""What an auditor sees: the files of the share, with a watermark, and nothing that is the carrier's own business."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from PIL import Image

from dot_copilot.core.caller import Role
from tests.api.packets.conftest import Work
from tests.api.shares.auditing import come_in, hire, problem, share
from tests.support import scans
from tests.support.on_record import put_on_record
from tests.support.uploads import send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def document(world: World, driver: object, content: bytes, name: str, **form: str) -> dict[str, Any]:
    """A document on record."""
    answer = await send(await world.as_role(Role.SAFETY_MANAGER), driver, content, name, **form)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()["document"]
    return found


async def test_the_list_and_the_file_tell_what_the_product_tells(world: World) -> None:
    driver = await hire(world, 1)
    await document(world, driver, scans.pdf(), "card.pdf", requirement="cdl", note="called Bob, he was rude")
    auditor = await come_in(world, await share(world, driver))
    rows = (await auditor.get("/shared/drivers")).json()["items"]
    assert [row["id"] for row in rows] == [str(driver)]
    theirs = (await auditor.get(f"/shared/drivers/{driver}/file")).json()
    ours = (await (await world.as_role(Role.SAFETY_MANAGER)).get(f"/drivers/{driver}/file")).json()
    same = [
        [(item["requirement"], item["state"], item["explanation"]) for item in file["items"] if item["requirement"] != "sph"]
        for file in (theirs, ours)
    ]
    assert same[0] == same[1]
    told = str(theirs)
    assert "rude" not in told
    assert "home.example" not in told
    assert "5551234567" not in told


async def test_a_long_list_comes_in_pages(world: World) -> None:
    drivers = [await hire(world, number, f"Name {number:02}") for number in range(5)]
    auditor = await come_in(world, await share(world, *drivers))
    first = (await auditor.get("/shared/drivers", params={"limit": 3})).json()
    second = (await auditor.get("/shared/drivers", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert [row["id"] for row in first["items"] + second["items"]] == [str(driver) for driver in drivers]
    assert second["next_cursor"] is None


async def test_documents_carry_the_auditors_name(world: World, work: Work) -> None:
    driver = await hire(world, 1)
    pdf = await put_on_record(world, driver, scans.acting_pdf(), requirement="cdl")
    image = await document(world, driver, scans.photo(place=True), "card.jpg", requirement="mvr_annual")
    await work()
    auditor = await come_in(world, await share(world, driver))
    answer = await auditor.get(f"/shared/documents/{pdf}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    with pikepdf.open(io.BytesIO(answer.content)) as opened:
        assert "/Placed0" in opened.pages[0].Resources.XObject, "the watermark"
        assert "/OpenAction" not in opened.Root
        assert "/Annots" not in opened.pages[0].obj
    assert b"EVIL" not in answer.content
    seen = await auditor.get(f"/shared/documents/{image['id']}")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(seen.content)) as picture:
        assert not picture.getexif()
        row = [picture.convert("L").getpixel((across, 300)) for across in range(600)]
        assert row[0] != row[300] or len(set(row)) > 10, "the white below the corners is written over"
    visits = (await (await world.as_role(Role.ADMIN)).get("/shares")).json()["items"][0]
    assert visits["last_visit_at"]


async def test_the_packet_is_watermarked_on_every_page(world: World, work: Work) -> None:
    driver = await hire(world, 1)
    await document(world, driver, scans.pdf(3), "mvr.pdf", requirement="mvr_annual")
    made = await share(world, driver, packet=True)
    auditor = await come_in(world, made)
    assert problem(await auditor.get(f"/shared/drivers/{driver}/packet")) == (409, "packet-not-ready")
    await work()
    assert (await auditor.get("/shared")).json()["packet_ready"] is True
    answer = await auditor.get(f"/shared/drivers/{driver}/packet")
    assert answer.status_code == 200, answer.text
    with pikepdf.open(io.BytesIO(answer.content)) as opened:
        assert len(opened.pages) >= 5
        for page in opened.pages:
            assert any(str(name).startswith("/Placed") for name in page.Resources.XObject), "each page has the watermark"
        with opened.open_outline() as outline:
            assert [str(item.title) for item in outline.root] == ["Index", "Status of requirements", "Documents"]


async def test_the_sph_file_stays_hidden_unless_it_was_shared(world: World, work: Work) -> None:
    driver = await hire(world, 1)
    secret = await document(world, driver, scans.pdf(), "sph.pdf", requirement="sph")
    await work()
    without = await come_in(world, await share(world, driver))
    assert problem(await without.get(f"/shared/documents/{secret['id']}")) == (404, "document-not-found")
    assert secret["id"] not in (await without.get(f"/shared/drivers/{driver}/file")).text
    with_it = await come_in(world, await share(world, driver, sph=True))
    assert (await with_it.get(f"/shared/documents/{secret['id']}")).status_code == 200


async def test_what_was_voided_or_rejected_is_not_shown(world: World, work: Work) -> None:
    driver = await hire(world, 1)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await send(manager, driver, scans.pdf(), requirement="cdl")
    await manager.post(f"/evidence/{answer.json()['id']}/void", json={"reason": "wrong driver"})
    await work()
    auditor = await come_in(world, await share(world, driver))
    assert problem(await auditor.get(f"/shared/documents/{answer.json()['document']['id']}")) == (404, "document-not-found")


async def test_every_look_is_on_record_for_the_carrier(world: World, work: Work) -> None:
    driver = await hire(world, 1)
    card = await document(world, driver, scans.pdf(), "card.pdf", requirement="cdl")
    await work()
    made = await share(world, driver)
    auditor = await come_in(world, made)
    await auditor.get("/shared/drivers")
    await auditor.get(f"/shared/drivers/{driver}/file")
    await auditor.get(f"/shared/documents/{card['id']}")
    manager = await world.as_role(Role.SAFETY_MANAGER)
    visits = (await manager.get(f"/shares/{made['id']}/visits")).json()["items"]
    assert [visit["action"] for visit in visits] == ["opened_document", "opened_file", "opened_list", "signed_in"]
    assert (visits[0]["visitor"], visits[0]["driver"], visits[0]["document"]) == ("Pat Auditor", "Ana Ruiz", "card.pdf")
    assert visits[0]["address"].startswith("10.")
    page = (await manager.get(f"/shares/{made['id']}/visits", params={"limit": 2})).json()
    rest = (await manager.get(f"/shares/{made['id']}/visits", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    assert [visit["id"] for visit in page["items"] + rest["items"]] == [visit["id"] for visit in visits]
    entries = (await manager.get("/audit", params={"limit": 200})).json()["items"]
    looked = next(entry for entry in entries if entry["action"] == "share.opened_document")
    assert (looked["subject_id"], looked["details"]["name"], looked["via"]) == (str(driver), "Pat Auditor", f"share:{made['id']}")
    details = (await manager.get(f"/shares/{made['id']}")).json()
    assert (details["visitors"][0]["organisation"], details["people"][0]["id"]) == ("FMCSA Texas Division", str(driver))
