"""Hostile and unlucky files: each is refused or handled, and its sender is told what to do."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.features.documents.refusals import CODES, code_of
from dot_copilot.features.documents.tasks import make_preview, verify_document
from tests.support import files, hostile
from tests.support.parts import send_parts
from tests.support.uploads import blobs_of, send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
AGAIN = "print it to a new PDF, and send that one"
REFUSED = {
    "encrypted": (
        hostile.encrypted(),
        "is encrypted: it opens with a password only, which an auditor won't have; save it without one",
    ),
    "a script": (hostile.scripted(), f"is a PDF with a script in it; {AGAIN}"),
    "a hidden script": (hostile.scripted(hidden=True), f"is a PDF with a script in it; {AGAIN}"),
    "a command": (hostile.launching(), f"is a PDF with a command that starts programs in it; {AGAIN}"),
    "another file": (hostile.carrying(), f"is a PDF with another file in it; {AGAIN}"),
    "10,000 pages": (hostile.pages(10_000), "has 10,000 pages, and 1,000 at most are taken; send those that matter"),
    "cut at 99 %": (files.pdf()[:-6], "is a PDF that breaks off before its end"),
    "no objects": (b"%PDF-1.7\nstartxref\n0\n%%EOF\n", "is a PDF that is damaged: no reader can open it"),
    "empty": (b"", "is empty"),
    "an SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "is HTML, SVG or XML"),
    "a bomb": (files.png(claimed=(60_000, 60_000)), "is a PNG that claims 60000 x 60000 pixels"),
    "half a photo": (hostile.photo(size=(900, 900))[:-2000], "is a JPEG that breaks off"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_nobody_should_open_is_refused_and_explained(world: World, name: str) -> None:
    content, says = REFUSED[name]
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    refused = await send(manager, driver, content)
    assert refused.status_code == 415, refused.text
    assert f"'card.pdf' {says}" in refused.json()["detail"]
    assert refused.json()["detail"].endswith("Nothing was saved.")
    assert refused.json()["code"] in set(CODES) - {"other"}, "pages say it in the reader's language"
    assert await blobs_of(world) == []
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []


@pytest.mark.parametrize("name", ["encrypted", "a hidden script", "10,000 pages"])
async def test_what_comes_in_parts_is_looked_at_as_closely(world: World, name: str) -> None:
    content, says = REFUSED[name]
    refused = (await send_parts(await world.as_role(Role.SAFETY_MANAGER), content)).json()
    assert (refused["state"], refused["refusal"], refused["refusal_code"]) == ("refused", says, code_of(says))


@pytest.mark.parametrize(
    ("content", "kind", "size"),
    [
        (hostile.encrypted(""), "application/pdf", (1600, 2071)),
        (hostile.opening_at_page_one(), "application/pdf", (1600, 2071)),
        (hostile.photo("CMYK"), "image/jpeg", (400, 300)),
        (hostile.photo(turned=True), "image/jpeg", (300, 400)),
        (hostile.photo(kind="HEIF"), "image/heic", (400, 300)),
        (hostile.photo("LA", kind="PNG"), "image/png", (400, 300)),
    ],
    ids=["printing forbidden", "opens at a place", "CMYK", "turned by EXIF", "HEIC", "transparent"],
)
async def test_what_a_person_would_expect_to_work_works(world: World, content: bytes, kind: str, size: tuple[int, int]) -> None:
    core_tasks.bind(world.worker)
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    sent = await send(manager, driver, content, "IMG 01.jpg.exe")
    assert sent.status_code == 201, sent.text
    document = sent.json()["document"]
    assert document["media_type"] == kind
    carrier = str(world.carrier_id)
    await verify_document(carrier, document["id"])
    for _ in range(2):
        await make_preview(carrier, document["id"])
    picture = await manager.get(f"/documents/{document['id']}/preview/1")
    assert picture.status_code == 200, picture.text
    with Image.open(io.BytesIO(picture.content)) as seen:
        assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", size)
        assert not seen.getexif(), "nobody learns from a picture where it was taken"
    assert (await manager.get(f"/documents/{document['id']}/preview/thumb")).status_code == 200
    assert (await manager.get(f"/documents/{document['id']}/preview/9")).json()["type"].endswith("/no-preview")
    assert (await manager.get(f"/documents/{document['id']}/content")).content == content


async def test_a_bomb_within_the_limit_costs_no_more_than_its_bounds_and_stays_readable(world: World) -> None:
    core_tasks.bind(world.worker)
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    document = (await send(manager, driver, hostile.photo("L", (14_000, 14_000), kind="PNG"), "bomb.png")).json()["document"]
    await verify_document(str(world.carrier_id), document["id"])
    await make_preview(str(world.carrier_id), document["id"])
    [listed] = (await manager.get(f"/drivers/{driver}/evidence")).json()["items"]
    assert listed["document"]["preview_pages"] == 0
    assert (await manager.get(f"/documents/{document['id']}/content")).status_code == 200


async def test_the_same_file_twice_is_told_and_not_doubled(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    content = files.pdf("Twice")
    first = (await send(manager, driver, content, "first.pdf")).json()
    again = await send(manager, driver, content, "again.pdf")
    assert again.status_code == 409
    assert again.json()["type"].endswith("/file-already-there")
    assert (
        f"on record as 'first.pdf', for the same requirement, of 2026-01-15 (/evidence/{first['id']})" in again.json()["detail"]
    )
    other = await send(manager, driver, content, "again.pdf", requirement="road_test")
    assert other.json()["document"]["id"] == first["document"]["id"], "for another requirement it is the same document"
    await manager.post(f"/evidence/{first['id']}/void", json={"reason": "wrong date"})
    assert (await send(manager, driver, content, obtained_on="2026-01-16")).status_code == 201


async def test_what_was_returned_may_be_sent_again(world: World) -> None:
    own = await world.add_driver()
    driver, manager = await world.as_role(Role.DRIVER, driver_id=own), await world.as_role(Role.SAFETY_MANAGER)
    sent = (await send(driver, own, files.pdf("Blurred"))).json()
    await manager.post(f"/evidence/{sent['id']}/review", json={"decision": "rejected", "note": "The date can't be read."})
    assert (await send(driver, own, files.pdf("Blurred"))).status_code == 201
