"""Readiness names each dependency; a request without a token is told what to send."""

from __future__ import annotations

import httpx
import pytest

from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_ready_names_each_dependency(api: httpx.ASGITransport) -> None:
    async with httpx.AsyncClient(transport=api, base_url="http://test") as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {"database": "ok", "valkey": "ok", "blobs": "ok", "secrets": "ok"}
    assert answer.json()["scanner"] == "none", "nobody may believe that files are scanned when they are not"


async def test_an_unknown_path_is_a_problem_document(api: httpx.ASGITransport) -> None:
    async with httpx.AsyncClient(transport=api, base_url="http://test") as client:
        answer = await client.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_row_level_policy_hides_every_other_carrier(world: World) -> None:
    async with world.worker.database.job_door(world.carrier_id) as door:
        assert await door.fetchval("select count(*) from carriers") == 1
        assert await door.fetchval("select count(*) from terminals where carrier_id <> $1", world.carrier_id) == 0
