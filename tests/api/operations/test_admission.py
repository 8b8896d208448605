"""Who sees how the platform is."""

from __future__ import annotations

import asyncio

import pytest

from dot_copilot.core.caller import Role
from tests.api.identity.people import owner
from tests.api.operations.conftest import Watched
from tests.support.servers import Servers
from tests.support.watchers import part

pytestmark = pytest.mark.asyncio(loop_scope="session")
PATHS = ("map", "charts", "alerts", "traces", f"traces/{'a' * 32}", "logs", "parts/api/charts")
ELSEWHERE = {"public_url": "https://fleet.example"}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_only_administrators(watched: Watched, role: Role) -> None:
    client = await watched.world.as_role(role)
    assert {(await client.get(f"/operations/{path}")).status_code for path in PATHS} == {403}
    assert "operations:read" not in (await client.get("/me")).json()["permissions"]


async def test_on_a_machine_of_their_own_every_administrator(watched: Watched) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    statuses = {path: (await admin.get(f"/operations/{path}")).status_code for path in PATHS}
    assert statuses == {**dict.fromkeys(PATHS, 200), f"traces/{'a' * 32}": 404}
    assert "operations:read" in (await admin.get("/me")).json()["permissions"]


@pytest.mark.parametrize(
    "watched", [ELSEWHERE, {"operations_carriers": "1, 2"}, {**ELSEWHERE, "operations_carriers": " , "}], indirect=True
)
async def test_elsewhere_nobody_whose_carrier_is_not_named(watched: Watched) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    for path in PATHS:
        answer = await admin.get(f"/operations/{path}")
        assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (403, "operations-not-shown")
    assert "operations:read" not in (await admin.get("/me")).json()["permissions"]


@pytest.mark.parametrize("watched", [ELSEWHERE], indirect=True)
async def test_a_named_carrier_is_admitted_anywhere(watched: Watched) -> None:
    platform = watched.world.api.platform  # type: ignore[attr-defined]
    platform.settings.operations_carriers = f"77, {watched.world.usdot}"
    admin = await watched.world.as_role(Role.ADMIN)
    assert (await admin.get("/operations/map")).status_code == 200
    assert "operations:read" in (await admin.get("/me")).json()["permissions"]


async def test_without_a_token_nothing(watched: Watched) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    for path in PATHS:
        assert (await admin.get(f"/operations/{path}", headers={"Authorization": ""})).status_code == 401


async def test_an_ended_session_is_out_within_ten_seconds(watched: Watched, servers: Servers) -> None:
    admin = await watched.world.as_role(Role.ADMIN)
    assert (await admin.get("/operations/map")).status_code == 200
    async with owner(servers) as connection:
        await connection.execute("update sessions set revoked_at = now() where carrier_id = $1", watched.world.carrier_id)
    verdicts = watched.world.api.platform.watch.verdicts  # type: ignore[attr-defined]
    for key, (at, admitted) in verdicts.items():
        verdicts[key] = (at - 10.1, admitted)
    assert (await admin.get("/operations/map")).status_code == 401


@pytest.mark.parametrize("how", ["gone", "hung"])
async def test_the_page_is_there_when_the_database_is_not(watched: Watched, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    watched.watchers.supervise(part("postgres", "restarting", detail="killed by signal 9"))
    admin, platform = await watched.world.as_role(Role.ADMIN), watched.world.api.platform  # type: ignore[attr-defined]

    class Pool:
        async def acquire(self) -> None:
            if how == "gone":
                raise ConnectionRefusedError
            await asyncio.sleep(60)

    monkeypatch.setattr(platform.database, "_pool", Pool())
    answer = await asyncio.wait_for(admin.get("/operations/map"), 3)
    assert answer.status_code == 200
    assert next(one for one in answer.json()["parts"] if one["name"] == "postgres")["state"] == "down"
