"""The API of the release before works on today's schema, for while a deploy is under way it serves on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dot_copilot.core.caller import Role
from tests.api.identity.people import Person, person
from tests.support import files, older_release
from tests.support.api_process import api_process
from tests.support.servers import Servers
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of that release."""
    return older_release.unpacked(tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="module")
def older_api(servers: Servers, released: Path) -> Iterator[str]:
    """That release's own API process, on a database that today's code has migrated."""
    with api_process(servers, PYTHONPATH=str(released / "src")) as base:
        yield base


@pytest.fixture(scope="module")
def document(older_api: str) -> dict[str, Any]:
    """What that release says of itself."""
    found: dict[str, Any] = httpx.get(f"{older_api}/api/openapi.json", trust_env=False).json()
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def manager(world: World, older_api: str) -> AsyncIterator[httpx.AsyncClient]:
    """A person whom today's code has made, signed in at the older API."""
    found = await person(world)
    async with httpx.AsyncClient(base_url=f"{older_api}/api/v1", trust_env=False, timeout=30) as client:
        answer = await signed_in(client, found)
        client.headers["Authorization"] = f"Bearer {answer['access_token']}"
        yield client


async def signed_in(client: httpx.AsyncClient, somebody: Person) -> dict[str, Any]:
    answer = await client.post("/auth/login", json={"email": somebody.email, "password": somebody.password})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_it_is_the_older_code_that_answers(document: dict[str, Any], released: Path) -> None:
    assert "/api/v1/compliance/summary" in document["paths"]
    assert "/api/v1/packets" not in document["paths"], "today's API has packets, that release had none"
    newest = max(path.name[:4] for path in (released / "migrations/versions").glob("[0-9]*.py"))
    assert newest == "0006"


async def test_people_sign_in_stay_signed_in_and_sign_out(manager: httpx.AsyncClient) -> None:
    me = await manager.get("/me")
    assert me.status_code == 200, me.text
    assert me.json()["role"] == Role.SAFETY_MANAGER
    refreshed = await manager.post("/auth/refresh", headers={"X-DOT-Refresh": "1"})
    assert refreshed.status_code < 500, refreshed.text
    assert (await manager.get("/me/sessions")).status_code == 200
    assert (await manager.post("/auth/logout")).status_code == 204
    assert (await manager.get("/me")).status_code == 401


async def test_a_driver_is_entered_changed_and_found(manager: httpx.AsyncClient, world: World) -> None:
    body = {"employee_id": "P-1", "first_name": "Ana", "last_name": "Prior", "terminal_id": str(world.terminal_id)}
    made = await manager.post("/drivers", json=body | {"hired_on": "2026-01-05"})
    assert made.status_code == 201, made.text
    driver = made.json()
    moved = await manager.patch(f"/drivers/{driver['id']}", json={"version": driver["version"], "first_name": "Anna"})
    assert moved.status_code == 200, moved.text
    found = await manager.get("/drivers", params={"q": "Prior"})
    assert found.status_code == 200, found.text
    assert [one["first_name"] for one in found.json()["items"]] == ["Anna"]
    for path in ("employments", "file", "evidence", "waivers"):
        answer = await manager.get(f"/drivers/{driver['id']}/{path}")
        assert answer.status_code == 200, answer.text


async def test_a_document_is_uploaded_reviewed_and_read(manager: httpx.AsyncClient, world: World) -> None:
    driver = await world.add_driver()
    form = {"requirement": "mec", "obtained_on": "2026-01-15", "expires_on": ""}
    sent = await manager.post(
        f"/drivers/{driver}/evidence", data=form, files={"file": ("card.pdf", files.pdf(), "application/octet-stream")}
    )
    assert sent.status_code == 201, sent.text
    evidence = sent.json()
    assert (await manager.get(f"/documents/{evidence['document']['id']}/content")).status_code in (200, 409), "409: being scanned"
    listed = await manager.get(f"/drivers/{driver}/evidence")
    assert [one["id"] for one in listed.json()["items"]] == [evidence["id"]]


async def test_the_duty_board_and_every_list_can_be_read(manager: httpx.AsyncClient, document: dict[str, Any]) -> None:
    plain = [path for path, methods in document["paths"].items() if "get" in methods and "{" not in path]
    assert "/api/v1/compliance/upcoming" in plain
    for path in plain:
        answer = await manager.get(path.removeprefix("/api/v1"))
        assert answer.status_code < 500, (path, answer.text)


async def test_what_the_older_code_wrote_today_s_code_reads(manager: httpx.AsyncClient, world: World) -> None:
    body = {"employee_id": "P-2", "first_name": "Ben", "last_name": "Later", "terminal_id": str(world.terminal_id)}
    driver = (await manager.post("/drivers", json=body | {"hired_on": "2026-01-05"})).json()["id"]
    today = await world.as_role(Role.SAFETY_MANAGER)
    assert (await today.get(f"/drivers/{driver}")).json()["employee_id"] == "P-2"
    assert (await today.get(f"/drivers/{driver}/file")).status_code == 200
    assert (await world.audit_log("driver.created")) or (await world.audit_log("drivers.created"))
