"""Evidence that a phone sends again, because no answer reached it, is recorded once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from dot_copilot.core.caller import Role
from tests.api.documents.test_evidence import MEC
from tests.support import files
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def send(
    client: httpx.AsyncClient, driver: object, key: str, *, card: str = "The same card", **members: Any
) -> httpx.Response:
    """A scan of a card, under a key."""
    sent = {"file": ("card.pdf", files.pdf(card), "application/pdf")}
    return await client.post(f"/drivers/{driver}/evidence", data=MEC | members, files=sent, headers={"Idempotency-Key": key})


async def test_what_is_sent_again_is_told_again(world: World) -> None:
    own = await world.add_driver()
    driver = await world.as_role(Role.DRIVER, driver_id=own)
    key = str(uuid4())
    first, again = [(await send(driver, own, key)) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len((await driver.get(f"/drivers/{own}/evidence")).json()["items"]) == 1
    assert len(await world.audit_log("evidence.recorded")) == 1
    other = await send(driver, own, str(uuid4()), card="Another card")
    assert other.json()["id"] != first.json()["id"]


async def test_sent_twice_at_the_same_time_it_is_one(world: World) -> None:
    own = await world.add_driver()
    driver = await world.as_role(Role.DRIVER, driver_id=own)
    key = str(uuid4())
    answers = await asyncio.gather(*(send(driver, own, key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    json_too = await driver.post(f"/drivers/{own}/evidence", json=MEC, headers={"Idempotency-Key": key})
    assert json_too.json()["id"] == answers[0].json()["id"]


async def test_what_was_refused_leaves_the_key_free(world: World) -> None:
    own = await world.add_driver()
    driver = await world.as_role(Role.DRIVER, driver_id=own)
    key = str(uuid4())
    assert (await send(driver, own, key, obtained_on="2099-01-01", expires_on="2099-01-02")).status_code == 422
    assert (await send(driver, own, key)).status_code == 201


async def test_a_key_is_its_senders_own_and_of_one_driver(world: World) -> None:
    one, two = await world.add_driver(), await world.add_driver()
    manager, admin = await world.as_role(Role.SAFETY_MANAGER), await world.as_role(Role.ADMIN)
    key = str(uuid4())
    first = (await send(manager, one, key)).json()
    assert (await send(admin, one, key, card="Another card")).json()["id"] != first["id"], "another person's key is another key"
    wrong = await send(manager, two, key)
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert (await send(manager, one, "not-a-uuid")).status_code == 422
