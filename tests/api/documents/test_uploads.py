"""Large files in parts: interrupted, resumed, damaged, completed twice, and by whom."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.features.documents.tasks import check_upload, make_upload_preview, sweep_uploads
from tests.support import files
from tests.support.parts import begin, digest, piece, put, send_parts
from tests.support.uploads import blobs_of
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
MB = 1 << 20
FACT = {"requirement": "road_test", "obtained_on": "2026-01-15"}


def film(size: int) -> bytes:
    """An MP4 of that many bytes: its boxes, with nothing in its pictures."""
    head = struct.pack(">I4s", 20, b"ftyp") + b"isom\0\0\0\0isom" + struct.pack(">I4s", 16, b"moov") + bytes(8)
    return head + struct.pack(">I4s", size - len(head), b"mdat") + bytes(size - len(head) - 8)


async def test_a_file_in_parts_becomes_the_document_of_evidence(world: World) -> None:
    core_tasks.bind(world.worker)
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    content = files.pdf("Road test of Ana Ruiz")
    ready = (await send_parts(manager, content, "../road test.exe")).json()
    assert ready["state"] == "ready"
    assert ready["media_type"] == "application/pdf"
    assert ready["sha256"] == hashlib.sha256(content).hexdigest()
    recorded = await manager.post(f"/drivers/{driver}/evidence", json=FACT | {"upload_id": ready["id"]})
    assert recorded.status_code == 201, recorded.text
    document = recorded.json()["document"]
    assert (document["file_name"], document["state"]) == ("road test.exe.pdf", "clean")
    assert recorded.json()["provenance"] == "upload"
    assert (await manager.get(f"/documents/{document['id']}/content")).content == content
    await make_upload_preview(str(world.carrier_id), ready["id"])
    picture = await manager.get(f"/documents/{document['id']}/preview/1")
    assert picture.headers["content-type"] == "image/jpeg"


async def test_what_broke_off_at_99_percent_goes_on_where_it_was(world: World) -> None:
    driver = await world.as_role(Role.DRIVER)
    content = film(20 * MB)
    upload = await begin(driver, content, "drive.mp4")
    assert upload["parts"] == 3
    for number in (1, 2):
        assert (await put(driver, upload, content, number)).status_code == 204

    async def breaks_off() -> AsyncIterator[bytes]:
        yield piece(upload, content, 3)[:-1]

    data = piece(upload, content, 3)
    cut = await driver.put(f"/uploads/{upload['id']}/parts/3", content=breaks_off(), headers=digest(data))
    assert cut.status_code == 422
    assert "4194303 of its 4194304 bytes arrived. Send it again; the other parts are kept" in cut.json()["detail"]
    early = await driver.post(f"/uploads/{upload['id']}/complete")
    assert early.status_code == 409
    assert early.json()["detail"].startswith("Missing parts: 3. Send them")
    found = (await driver.get(f"/uploads/{upload['id']}")).json()
    assert found["received"] == [1, 2]
    assert (await put(driver, upload, content, 3)).status_code == 204
    done = (await driver.post(f"/uploads/{upload['id']}/complete")).json()
    assert (done["state"], done["media_type"]) == ("ready", "video/mp4")


async def test_completed_twice_and_recorded_twice_it_is_one_document(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    content = files.pdf("Once")
    ready = (await send_parts(manager, content)).json()
    assert (await manager.post(f"/uploads/{ready['id']}/complete")).json() == ready
    sent = FACT | {"upload_id": ready["id"]}
    first = await manager.post(f"/drivers/{driver}/evidence", json=sent)
    again = await manager.post(f"/drivers/{driver}/evidence", json=sent)
    assert first.json()["id"] == again.json()["id"]
    assert len((await manager.get(f"/drivers/{driver}/evidence")).json()["items"]) == 1
    assert (await manager.get(f"/uploads/{ready['id']}")).json()["state"] == "used"
    assert (await put(manager, ready, content, 1)).status_code == 409


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DRIVER])
async def test_nobody_else_can_touch_it(world: World, role: Role) -> None:
    manager, other = await world.as_role(Role.SAFETY_MANAGER), await world.as_role(role)
    content = files.pdf()
    upload = await begin(manager, content)
    await put(manager, upload, content, 1)
    path = f"/uploads/{upload['id']}"
    for answer in (
        await other.get(path),
        await put(other, upload, content, 1),
        await other.post(f"{path}/complete"),
        await other.delete(path),
    ):
        assert answer.status_code == 404
        assert answer.json()["type"].endswith("/upload-not-found")
    assert (await manager.get(path)).json()["received"] == [1]


async def test_a_part_that_is_not_what_its_digest_says_is_not_counted(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    content = files.pdf("Whole")
    upload = await begin(manager, content)
    path = f"/uploads/{upload['id']}/parts/1"
    wrong = await manager.put(path, content=content[:-1] + b"?", headers=digest(content))
    assert "its content is not what its digest says" in wrong.json()["detail"]
    assert "Content-Digest" in (await manager.put(path, content=content)).json()["detail"]
    longer = await manager.put(path, content=content + b"?", headers=digest(content))
    assert longer.status_code == 422
    assert (await manager.put(f"/uploads/{upload['id']}/parts/2", content=b"x", headers=digest(b"x"))).status_code == 422
    assert (await manager.get(f"/uploads/{upload['id']}")).json()["received"] == []


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (files.EXE, 415, "is a Windows program"),
        (b"<svg onload='alert(1)'/>" + bytes(40), 415, "is HTML, SVG or XML"),
        (files.png() + bytes(26 * MB), 413, "A photo may have 25 MB at most"),
    ],
    ids=["program", "svg", "photo of 26 MB"],
)
async def test_what_is_no_document_is_refused_at_its_first_part(world: World, content: bytes, status: int, says: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    refused = await send_parts(manager, content)
    assert refused.status_code == status
    assert says in refused.json()["detail"]
    assert await blobs_of(world) == []


async def test_more_than_any_kind_may_have_is_refused_before_a_byte_is_sent(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    refused = await manager.post("/uploads", json={"file_name": "film.mp4", "size": 501 * MB})
    assert refused.status_code == 413
    assert "A film may have 500 MB at most: cut it" in refused.json()["detail"]


async def test_a_film_that_breaks_off_is_refused_after_its_check_and_says_why(world: World) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    refused = (await send_parts(manager, film(9 * MB)[:-4000])).json()
    assert refused["state"] == "refused"
    assert refused["refusal"] == "is a film that breaks off"
    answer = await manager.post(f"/drivers/{driver}/evidence", json=FACT | {"upload_id": refused["id"]})
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/upload-not-ready")


async def test_the_worker_checks_what_is_large_and_may_do_so_again(world: World) -> None:
    core_tasks.bind(world.worker)
    manager = await world.as_role(Role.SAFETY_MANAGER)
    checking = (await send_parts(manager, film(40 * MB))).json()
    assert checking["state"] == "checking"
    for _ in range(2):
        await check_upload(str(world.carrier_id), checking["id"])
        assert (await manager.get(f"/uploads/{checking['id']}")).json()["state"] == "ready"


async def test_a_store_that_holds_something_else_than_was_sent_is_noticed(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    content = film(9 * MB)
    upload = await begin(manager, content)
    for number in (1, 2):
        await put(manager, upload, content, number)
    async with world.worker.database.job_door(world.carrier_id) as door:
        await door.execute(
            "update upload_parts set sha256 = sha256(part::text::bytea) where carrier_id = $1 and part = 2", world.carrier_id
        )
        block = await door.fetchval("select sha256 from upload_parts where carrier_id = $1 and part = 2", world.carrier_id)
        name = await door.fetchval("select blob_name from uploads where id = $1", UUID(upload["id"]))
    await world.worker.blobs.stage(name, f"000002-{block.hex()[:32]}", piece(upload, content, 2))
    done = (await manager.post(f"/uploads/{upload['id']}/complete")).json()
    assert (done["state"], done["refusal"]) == ("refused", "arrived damaged; send it again")


async def test_what_nobody_goes_on_with_is_forgotten_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    core_tasks.bind(world.worker)
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    content = files.pdf("Left behind")
    upload = await begin(manager, content)
    await put(manager, upload, content, 1)
    ready = (await send_parts(manager, content)).json()
    used = (await send_parts(manager, files.pdf("Used"))).json()
    await manager.post(f"/drivers/{driver}/evidence", json=FACT | {"upload_id": used["id"]})
    assert await sweep_uploads(world.carrier_id) == 0
    now = world.worker.clock.now()
    monkeypatch.setattr(type(world.worker.clock), "now", lambda _self: now + timedelta(days=2))
    assert await sweep_uploads(world.carrier_id) == 2
    for gone in (upload, ready):
        assert (await manager.get(f"/uploads/{gone['id']}")).status_code == 404
    assert await blobs_of(world) == [f"{world.carrier_id}/documents/uploads/{used['id']}"]


async def test_an_upload_may_be_cancelled_and_leaves_nothing(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    ready: dict[str, Any] = (await send_parts(manager, files.pdf())).json()
    assert (await manager.delete(f"/uploads/{ready['id']}")).status_code == 204
    assert (await manager.get(f"/uploads/{ready['id']}")).status_code == 404
    assert await blobs_of(world) == []
