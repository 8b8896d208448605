"""Files and requests that are refused: each with a problem that says what to do, and with nothing left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from dot_copilot.core.caller import Role
from tests.api.roster.conftest import Work
from tests.api.roster.files import ANA, csv_bytes, rows_of, started, upload
from tests.support.world import World
from tests.unit.roster.workbooks import inline, raw_workbook

pytestmark = pytest.mark.asyncio(loop_scope="session")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "status", "slug", "said"),
    [
        (b"%PDF-1.7 ...", 415, "roster-file-type", "a PDF document"),
        (b"MZ\x90\x00\x03\x00", 415, "roster-file-type", "a Windows program"),
        (OLE + b"\0" * 512, 415, "roster-file-type", ".xls"),
        (b"PK\x03\x04nonsense", 415, "roster-file-type", "damaged"),
        (b"a,b\n\0,1\n", 415, "roster-file-type", "zero byte"),
        (b"", 422, "roster-unreadable", "empty"),
        (b"foo,bar\n1,2\n", 422, "roster-unreadable", "None of the columns is known"),
        (b"Employee ID,First Name,Last Name\n", 422, "roster-unreadable", "no driver below"),
        ("Employee ID,First Name\n1,José\n".encode("cp1252"), 422, "roster-unreadable", "byte 0xE9 in line 2"),
        (b"First Name,Last Name\nAna,Ruiz\n", 422, "roster-columns", "No column is mapped to 'Employee id'"),
        (b"Hire Date,Hire Date,Employee ID\n2024-01-01,2024-01-01,1\n", 422, "roster-unreadable", "Two columns are called"),
    ],
)
async def test_a_file_that_is_no_roster(world: World, content: bytes, status: int, slug: str, said: str) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await upload(manager, content)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(f"/{slug}")
    assert said in answer.json()["detail"]
    assert await rows_of(world, "select 1 from roster_imports where carrier_id = $1") == []


async def test_a_zip_bomb(world: World, tmp_path: Path) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    rows = inline([["Employee ID"], ["1"]])
    bomb = raw_workbook(tmp_path / "a.xlsx", rows, parts={"xl/worksheets/sheet1.xml": b"\0" * (64 << 20)})
    answer = await upload(manager, bomb.read_bytes(), name="roster.xlsx")
    assert (answer.status_code, "zip bomb" in answer.json()["detail"]) == (415, True)


async def test_a_file_of_200_mb_is_refused_by_what_it_says_and_by_what_it_is(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(200 << 20)}
    told = await manager.post("/roster-imports", content=b"", headers=headers)
    assert (told.status_code, told.json()["type"].rpartition("/")[2]) == (413, "roster-too-large")
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        while sent < 200 << 20:
            sent += 1 << 20
            yield b"a" * (1 << 20)

    answer = await manager.post("/roster-imports", content=endless(), headers={"Content-Type": headers["Content-Type"]})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (413, "roster-too-large")
    assert sent < 80 << 20


async def test_a_path_in_the_file_name_is_only_a_name(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    for sent in ("../../etc/passwd.csv", "C:\\temp\\passwd.csv", "/passwd.csv"):
        answer = await upload(manager, csv_bytes([ANA]), name=sent)
        assert answer.json()["file_name"] == "passwd.csv"
    names = await rows_of(world, "select blob_name from roster_imports where carrier_id = $1")
    assert all(row["blob_name"].startswith(f"{world.carrier_id}/rosters/") for row in names)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--y\r\nnothing of a form"),
        ("multipart/form-data; boundary=x", b""),
        ("text/csv", b"Employee ID\n1\n"),
    ],
)
async def test_a_body_that_is_no_form(world: World, content_type: str, body: bytes) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    answer = await manager.post("/roster-imports", content=body, headers={"Content-Type": content_type})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_form_without_its_file_or_with_wrong_fields(world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    missing = await manager.post("/roster-imports", files={"other": ("a.csv", b"x")})
    assert [error["field"] for error in missing.json()["errors"]] == ["file"]
    flag = await upload(manager, csv_bytes([ANA]), dry_run="perhaps")
    assert [error["field"] for error in flag.json()["errors"]] == ["dry_run"]
    mapping = await upload(manager, csv_bytes([ANA]), mapping="[1]")
    assert [error["field"] for error in mapping.json()["errors"]] == ["mapping"]
    unknown = await upload(manager, csv_bytes([ANA]), mapping='{"Shoe": "size"}')
    assert [error["field"] for error in unknown.json()["errors"]] == ["Shoe"]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.DRIVER, Role.AUDITOR])
async def test_only_those_who_may_import(world: World, role: Role) -> None:
    client = await world.as_role(role)
    assert (await upload(client, csv_bytes([ANA]))).status_code == 403
    assert (await client.get("/roster-imports")).status_code == 403


async def test_an_import_of_another_carrier_is_not_there(world: World, other_world: World, work: Work) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    stranger = await other_world.as_role(Role.ADMIN)
    job = await started(manager, csv_bytes([ANA]), dry_run="true")
    await work()
    path = f"/roster-imports/{job['id']}"
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get(f"{path}/errors")).status_code == 404
    assert (await stranger.post(f"{path}/confirm")).status_code == 404
    assert (await stranger.post(f"{path}/cancel")).status_code == 404
    assert (await stranger.put(f"{path}/mapping", json={"mapping": {}})).status_code == 404
    assert (await stranger.get("/roster-imports")).json()["items"] == []
    assert (await manager.get(f"/roster-imports/{uuid4()}")).status_code == 404


async def test_a_cursor_of_another_carrier_is_refused(world: World, other_world: World) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    for _ in range(2):
        await started(manager, csv_bytes([ANA]), dry_run="true")
    cursor = (await manager.get("/roster-imports", params={"limit": 1})).json()["next_cursor"]
    stranger = await other_world.as_role(Role.SAFETY_MANAGER)
    answer = await stranger.get("/roster-imports", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "invalid-cursor")
