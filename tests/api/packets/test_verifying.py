"""The public page behind a packet's code tells what its owner allows, and no more."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest
import pytest_asyncio

from dot_copilot.core.caller import Role
from tests.api.packets.conftest import Work
from tests.api.packets.test_packets import ask, fetch, stock
from tests.support import scans
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def anybody(world: World) -> httpx.AsyncClient:
    """Somebody without an account, from a network of their own."""
    number = int(world.usdot)
    transport = httpx.ASGITransport(world.api.app, client=(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 1))
    client = httpx.AsyncClient(transport=transport, base_url="http://test/api/v1")
    world.stack.push_async_callback(client.aclose)
    return client


async def built(world: World, work: Work, **wanted: Any) -> tuple[httpx.AsyncClient, dict[str, Any], Any]:
    driver = await world.add_driver("V-1", first="Private", last="Person")
    manager = await stock(world, driver)
    packet = await ask(manager, drivers=[str(driver)], **wanted)
    await work()
    return manager, packet, driver


async def test_a_code_as_people_write_it_is_understood(world: World, work: Work, anybody: httpx.AsyncClient) -> None:
    _, packet, _ = await built(world, work)
    for written in (packet["code"], packet["code"].lower(), packet["code"].replace("-", ""), packet["code"].replace("0", "O")):
        answer = await anybody.get(f"/verify/{written}")
        assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["state"], told["usdot"], told["drivers"], told["documents"], told["files"]) == ("valid", world.usdot, 1, 3, None)
    assert "Private" not in answer.text


async def test_a_wrong_code_and_a_hidden_packet_look_alike(world: World, work: Work, anybody: httpx.AsyncClient) -> None:
    _, hidden, _ = await built(world, work, shows="none")
    answers = [await anybody.get(f"/verify/{code}") for code in (hidden["code"], "0000-0000-0000-0", "nonsense", "%00")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    digest = hashlib.sha256(scans.pdf(3)).hexdigest()
    assert (await anybody.get(f"/verify/{hidden['code']}/{digest}")).status_code == 404


async def test_a_file_is_known_by_its_hash_and_named_only_in_detail(world: World, work: Work, anybody: httpx.AsyncClient) -> None:
    manager, packet, driver = await built(world, work)
    pdf = hashlib.sha256(await fetch(manager, packet, "pdf", driver)).hexdigest()
    document = hashlib.sha256(scans.pdf(3)).hexdigest()
    assert (await anybody.get(f"/verify/{packet['code']}/{pdf}")).json() == {"found": True, "kind": "pdf", "name": None}
    assert (await anybody.get(f"/verify/{packet['code']}/{document}")).json()["kind"] == "document"
    assert (await anybody.get(f"/verify/{packet['code']}/{'0' * 64}")).json()["found"] is False
    await manager.patch(f"/packets/{packet['id']}", json={"shows": "detailed"})
    assert (await anybody.get(f"/verify/{packet['code']}/{pdf}")).json()["name"] == "0001 V-1 Private Person.pdf"
    assert [file["sha256"] for file in (await anybody.get(f"/verify/{packet['code']}")).json()["files"]] == [pdf]


async def test_a_revoked_packet_says_so(world: World, work: Work, anybody: httpx.AsyncClient) -> None:
    manager, packet, _ = await built(world, work)
    await manager.post(f"/packets/{packet['id']}/revoke", json={"reason": "a card was missing"})
    told = (await anybody.get(f"/verify/{packet['code']}")).json()
    assert (told["state"], told["available"]) == ("revoked", False)
    assert told["revoked_at"]


async def test_an_unfinished_packet_can_not_be_verified(world: World, work: Work, anybody: httpx.AsyncClient) -> None:
    manager = await world.as_role(Role.SAFETY_MANAGER)
    packet = await ask(manager, drivers=[str(await world.add_driver())])
    assert (await anybody.get(f"/verify/{packet['code']}")).status_code == 404
    await work()


async def test_codes_can_not_be_tried_by_the_thousand(world: World) -> None:
    api = httpx.ASGITransport(world.api.app, client=("203.0.113.77", 1))
    async with httpx.AsyncClient(transport=api, base_url="http://test/api/v1") as client:
        codes = [(await client.get("/verify/0000-0000-0000-0")).status_code for _ in range(40)]
    assert (codes[0], codes[-1]) == (404, 429)
