"""A hot read answers exactly as the FastAPI route behind it would."""

from __future__ import annotations

import pytest

from dot_copilot.core.caller import Role
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOT_CANONICAL = str.upper  # an upper-case UUID is not a hot read, so FastAPI's own route answers it


async def test_both_ways_give_the_same_driver(world: World) -> None:
    client = await world.as_role(Role.SAFETY_MANAGER)
    driver = str(await world.add_driver("D-1"))
    hot, plain = await client.get(f"/drivers/{driver}"), await client.get(f"/drivers/{NOT_CANONICAL(driver)}")
    assert hot.status_code == plain.status_code == 200
    assert hot.json() == plain.json()
    assert hot.headers["content-type"] == plain.headers["content-type"]


async def test_both_ways_refuse_alike(world: World) -> None:
    client = await world.as_role(Role.DRIVER)
    other = str(await world.add_driver("D-2"))
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": ""}):
        hot = await client.get(f"/drivers/{other}", headers=headers)
        plain = await client.get(f"/drivers/{NOT_CANONICAL(other)}", headers=headers)
        assert (hot.status_code, hot.json()["type"], hot.json()["detail"]) == (
            plain.status_code,
            plain.json()["type"],
            plain.json()["detail"],
        )
        assert hot.status_code in (401, 404)
