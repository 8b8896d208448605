"""The demo in a real database: once, whole, and with accounts that open it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from dot_copilot.core.platform import Platform
from dot_copilot.demo import seed as demo
from dot_copilot.demo.fleets import LONE_STAR
from dot_copilot.demo.present import FILE_NAME, is_done
from dot_copilot.features.carriers import repository as carriers

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def home(worker: Platform, api: httpx.ASGITransport, tmp_path: Path) -> Path:
    """A home with the demo made (or made again)."""
    await demo.seed(worker, tmp_path)
    return tmp_path


def accounts(home: Path) -> dict[str, dict[str, str]]:
    """What the file tells, by address."""
    return {account["email"]: account for account in json.loads((home / FILE_NAME).read_text())}


async def sign_in(api: httpx.ASGITransport, account: dict[str, str]) -> httpx.Response:
    """The answer to the account's password."""
    async with httpx.AsyncClient(transport=api, base_url="http://test/api/v1", timeout=30) as client:
        return await client.post("/auth/login", json={"email": account["email"], "password": account["password"]})


async def test_the_accounts_open_every_role(home: Path, api: httpx.ASGITransport) -> None:
    told = accounts(home)
    assert stat.S_IMODE(os.stat(home / FILE_NAME).st_mode) == 0o600
    assert all(set(account) == {"email", "password", "role", "carrier"} for account in told.values())
    lone_star = {account["role"] for account in told.values() if account["carrier"] == "Lone Star Freight Lines"}
    assert lone_star == {"admin", "safety_manager", "supervisor", "driver", "auditor"}
    for account in told.values():
        answer = await sign_in(api, account)
        assert answer.status_code == 200, answer.text
        headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
        async with httpx.AsyncClient(transport=api, base_url="http://test/api/v1", headers=headers, timeout=30) as client:
            me = (await client.get("/me")).json()
            assert (me["role"], me["carrier"]["name"]) == (account["role"], account["carrier"])


async def test_seven_of_sixty_one_cannot_drive(home: Path, api: httpx.ASGITransport) -> None:
    answer = await sign_in(api, accounts(home)["dana.whitfield@lonestar.example"])
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    async with httpx.AsyncClient(transport=api, base_url="http://test/api/v1", headers=headers, timeout=30) as client:
        summary = (await client.get("/compliance/summary")).json()
        assert (summary["drivers"], summary["cannot_drive"]) == (61, 7)
        assert {terminal["name"] for terminal in summary["terminals"]} == {"Dallas", "Memphis", "Phoenix"}
        waiting = (await client.get("/drivers", params={"state": "pending_review"})).json()
        assert [driver["last_name"] for driver in waiting["items"]] == ["Hensley"]
        found = (await client.get("/drivers", params={"q": "ortega"})).json()["items"][0]
        evidence = (await client.get(f"/drivers/{found['id']}/evidence")).json()["items"]
        [card] = [piece for piece in evidence if piece["review"] == "pending"]
        picture = await client.get(f"/documents/{card['document']['id']}/content")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")


async def test_made_twice_it_is_the_same_and_what_people_changed_stays(
    home: Path, worker: Platform, api: httpx.ASGITransport
) -> None:
    before = accounts(home)
    again = await demo.seed(worker, home)
    assert again.filled == []
    assert accounts(home) == before
    assert await is_done(worker.database, home)
    carrier_id = await carriers.find_carrier(worker.database, LONE_STAR.usdot)
    assert carrier_id is not None
    async with worker.database.job_door(carrier_id) as door:
        assert await door.fetchval("select count(*) from drivers where carrier_id = $1", carrier_id) == 62


async def test_a_lost_file_is_written_anew_with_new_passwords(home: Path, worker: Platform, api: httpx.ASGITransport) -> None:
    before = accounts(home)
    (home / FILE_NAME).write_text("{ damaged")
    assert not await is_done(worker.database, home)
    await demo.seed(worker, home)
    after = accounts(home)
    assert after.keys() == before.keys()
    email = "morgan.reyes@lonestar.example"
    assert (await sign_in(api, before[email])).status_code == 401
    assert (await sign_in(api, after[email])).status_code == 200
