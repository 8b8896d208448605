"""Files over HTTP: sending, reading back, links, and who may."""

from __future__ import annotations

import hashlib
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.features.documents import links
from tests.support import files
from tests.support.uploads import FORM, blobs_of, send, send_pdf
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_file_comes_back_as_it_was_sent(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    content = files.pdf("Certificate of Ana Ruiz")
    answer = await send(manager, driver, content, "Certificado Nuñez.pdf", details='{"registry": "1234567890"}')
    assert answer.status_code == 201, answer.text
    evidence = answer.json()
    assert evidence["provenance"] == "upload"
    assert evidence["expires_on"] is None
    assert evidence["details"] == {"registry": "1234567890"}
    assert evidence["document"] == {
        "id": evidence["document"]["id"],
        "file_name": "Certificado Nuñez.pdf",
        "media_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "state": "quarantined",
        "rejected_because": None,
        "rejected_code": None,
        "preview_pages": None,
        "purged_at": None,
    }
    read = await manager.get(f"/documents/{evidence['document']['id']}/content")
    assert read.content == content
    assert read.headers["content-type"] == "application/pdf"
    assert read.headers["content-length"] == str(len(content))
    assert read.headers["content-disposition"] == (
        "inline; filename=\"Certificado Nu_ez.pdf\"; filename*=UTF-8''Certificado%20Nu%C3%B1ez.pdf"
    )
    assert read.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in read.headers["content-security-policy"]
    assert read.headers["cache-control"] == "private, no-store"
    [listed] = (await manager.get(f"/drivers/{driver}/evidence")).json()["items"]
    assert listed["document"]["state"] == "clean"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (files.png(), "photo.png", "image/png"),
        (files.jpeg(), "photo.jpg", "image/jpeg"),
        (files.webp(), "photo.webp", "image/webp"),
        (files.heic(), "IMG_0001.HEIC", "image/heic"),
        (files.png(), "lies.pdf", "image/png"),
    ],
)
async def test_photos_are_known_by_their_content(world: World, content: bytes, name: str, kind: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    document = (await send(manager, await world.add_driver(), content, name)).json()["document"]
    assert document["media_type"] == kind
    assert (await manager.get(f"/documents/{document['id']}/content")).headers["content-type"] == kind


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (files.EXE, "'card.pdf' is a Windows program, whatever its name says. Send a PDF, or a photo"),
        (b"MZ" + files.pdf(), "is a Windows program"),
        (files.pdf() + files.EXE, "is a PDF with something else behind its end"),
        (files.pdf() + files.zip_archive(), "is a PDF with something else behind its end"),
        (b"<svg onload='alert(1)'/>", "is HTML, SVG or XML"),
        (files.png()[:40], "is a PNG that breaks off"),
        (b"", "is empty"),
    ],
)
async def test_what_is_no_document_is_refused_and_not_stored(world: World, content: bytes, says: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    refused = await send(manager, driver, content)
    assert refused.status_code == 415, refused.text
    assert refused.json()["type"].endswith("/unsupported-file")
    assert says in refused.json()["detail"]
    assert await blobs_of(world) == []
    assert (await manager.get(f"/drivers/{driver}/evidence")).json()["items"] == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\u202egnp.exe", "x" * 300, "c:\\boot.ini", "\r\nX: y"])
async def test_a_file_name_is_never_a_path(world: World, name: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    document = (await send(manager, await world.add_driver(), files.pdf(), name)).json()["document"]
    assert document["file_name"].endswith(".pdf")
    assert not set(document["file_name"]) & set("/\\\r\n\u202e")
    assert len(document["file_name"]) <= 120
    [blob] = await blobs_of(world)
    assert blob.startswith(f"{world.carrier_id}/documents/")
    assert blob.endswith(document["id"])
    read = await manager.get(f"/documents/{document['id']}/content")
    assert read.headers["content-disposition"].isascii()


async def test_more_than_25_megabytes_are_refused_as_soon_as_they_are_seen(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    driver = await world.add_driver()
    declared = await send(manager, driver, bytes(26 << 20))
    assert declared.status_code == 413
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        while sent < 100 << 20:
            sent += 1 << 20
            yield bytes(1 << 20)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    undeclared = await manager.post(f"/drivers/{driver}/evidence", content=endless(), headers=headers)
    assert undeclared.status_code == 413
    assert undeclared.json()["type"].endswith("/too-large")
    assert sent <= 27 << 20


async def test_a_form_without_a_file_or_with_two_is_a_problem(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    path = f"/drivers/{await world.add_driver()}/evidence"
    two = [("file", ("a.pdf", files.pdf())), ("file", ("b.pdf", files.pdf()))]
    assert (await manager.post(path, data=FORM, files=two)).status_code == 400
    other = await manager.post(path, data=FORM, files={"upload": ("a.pdf", files.pdf())})
    assert other.json()["errors"][0]["field"] == "file"
    bad = await manager.post(path, data=FORM | {"obtained_on": "2026-02-30"}, files={"file": ("a.pdf", files.pdf())})
    assert bad.json()["errors"][0]["field"] == "obtained_on"
    future = await manager.post(path, data=FORM | {"obtained_on": "2090-01-01"}, files={"file": ("a.pdf", files.pdf())})
    assert future.status_code == 422
    assert await blobs_of(world) == []


async def test_a_link_opens_one_document_without_a_token(world: World, api: httpx.ASGITransport) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    document = await send_pdf(world, await world.add_driver())
    link = (await manager.post(f"/documents/{document['id']}/link")).json()
    async with httpx.AsyncClient(transport=api, base_url="http://test") as anyone:
        opened = await anyone.get(link["url"])
        assert opened.content == files.pdf()
        assert "sandbox" in opened.headers["content-security-policy"]
        damaged = link["url"][:-6] + ("AAAAAA" if not link["url"].endswith("AAAAAA") else "BBBBBB")
        for wrong in (damaged, "/api/v1/documents/content/x", "/api/v1/documents/content/ü%00"):
            assert (await anyone.get(wrong)).json()["type"].endswith("/link-invalid")


async def test_a_link_ends_after_five_minutes_and_with_the_session(world: World, api: Any) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    document = await send_pdf(world, await world.add_driver())
    link = (await manager.post(f"/documents/{document['id']}/link")).json()
    caller = world.worker.keys.verify(manager.headers["authorization"].split()[1], time.time())
    late = links.seal(api.platform.link_key, UUID(document["id"]), caller, int(time.time()) - 1)
    foreign = links.seal(b"another key", UUID(document["id"]), caller, int(time.time()) + 60)
    async with httpx.AsyncClient(transport=api, base_url="http://test") as anyone:
        for token in (late, foreign):
            assert (await anyone.get(f"/api/v1/documents/content/{token}")).status_code == 404
        async with world.worker.database.job_door(world.carrier_id) as door:
            await door.execute("update sessions set revoked_at = now() where carrier_id = $1", world.carrier_id)
        assert (await anyone.get(link["url"])).status_code == 401


async def test_a_document_out_of_reach_does_not_exist(world: World, other_world: World) -> None:
    memphis = await world.add_terminal("Memphis", "America/Chicago")
    here, there = await world.add_driver(), await world.add_driver(terminal_id=memphis)
    document = await send_pdf(world, there)
    for client in (
        await world.as_role(Role.SUPERVISOR),
        await world.as_role(Role.DRIVER, driver_id=here),
        await other_world.as_role(Role.ADMIN),
    ):
        assert (await client.get(f"/documents/{document['id']}/content")).status_code == 404
        assert (await client.post(f"/documents/{document['id']}/link")).status_code == 404
    assert (await (await world.as_role(Role.AUDITOR)).get(f"/documents/{document['id']}/content")).status_code == 200
