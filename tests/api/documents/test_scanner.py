"""A virus scanner in the way of uploads: a small clamd that speaks the real protocol, and knows the EICAR test file."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dot_copilot.adapters.scanner.clamd import Clamd
from dot_copilot.adapters.scanner.none import NoScanner
from dot_copilot.core import tasks as core_tasks
from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.core.ports import ScanRefused
from dot_copilot.features.documents.tasks import verify_document
from tests.support import files
from tests.support.clamd import EICAR, SmallClamd, small_clamd
from tests.support.parts import send_parts
from tests.support.servers import free_port
from tests.support.uploads import send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
INFECTED = files.jpeg(behind=EICAR)


async def chunks(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest_asyncio.fixture(loop_scope="session")
async def clamd(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SmallClamd]:
    """A scanner that both the API and the worker ask."""
    core_tasks.bind(world.worker)
    async with small_clamd() as small:
        platform: Platform = world.api.platform  # type: ignore[attr-defined]
        for each in (platform, world.worker):
            monkeypatch.setattr(each, "scanner", Clamd(small.address))
        yield small


async def test_clamd_says_what_it_finds() -> None:
    async with small_clamd(stream_max=1 << 20) as small:
        scanner = Clamd(small.address)
        await scanner.ready()
        assert await scanner.scan(chunks(b"harmless", b"")) is None
        assert await scanner.scan(chunks(EICAR[:20], EICAR[20:])) == "Eicar-Test-Signature"
        with pytest.raises(ScanRefused, match="StreamMaxLength"):
            await scanner.scan(chunks(*[bytes(1 << 20)] * 40))
        assert small.sizes[0] == len(b"harmless")


async def test_a_clamd_that_is_not_there_is_a_connection_error() -> None:
    scanner = Clamd(f"127.0.0.1:{free_port()}")
    with pytest.raises(ConnectionError):
        await scanner.ready()
    with pytest.raises(ConnectionError):
        await scanner.scan(chunks(b"x"))
    assert await NoScanner().scan(chunks(EICAR)) is None, "no scanner finds nothing, and says that it is none"


async def test_an_infected_upload_is_refused_and_says_what_was_found(world: World, clamd: SmallClamd) -> None:
    refused = (await send_parts(await world.as_role(Role.DRIVER), INFECTED)).json()
    assert refused["state"] == "refused"
    assert refused["refusal"] == "holds a virus (Eicar-Test-Signature); clean the machine it comes from"
    assert clamd.sizes == [len(INFECTED)]


async def test_a_drivers_infected_file_is_locked_and_goes_back_with_the_reason(world: World, clamd: SmallClamd) -> None:
    own = await world.add_driver()
    driver, manager = await world.as_role(Role.DRIVER, driver_id=own), await world.as_role(Role.SAFETY_MANAGER)
    sent = (await send(driver, own, INFECTED)).json()
    await verify_document(str(world.carrier_id), sent["document"]["id"])
    [listed] = (await driver.get(f"/drivers/{own}/evidence")).json()["items"]
    assert listed["review"] == "rejected"
    assert listed["review_note"].startswith("'card.pdf.jpg' holds a virus (Eicar-Test-Signature)")
    assert listed["document"]["state"] == "rejected"
    opened = await manager.get(f"/documents/{sent['document']['id']}/content")
    assert opened.status_code == 404
    assert "holds a virus" in opened.json()["detail"]


async def test_an_infected_file_is_not_handed_out_before_the_worker_has_looked_either(world: World, clamd: SmallClamd) -> None:
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    document = (await send(manager, driver, INFECTED)).json()["document"]
    assert (await manager.get(f"/documents/{document['id']}/content")).json()["type"].endswith("/document-rejected")


async def test_while_the_scanner_is_away_files_wait_in_quarantine(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    core_tasks.bind(world.worker)
    platform: Platform = world.api.platform  # type: ignore[attr-defined]
    for each in (platform, world.worker):
        monkeypatch.setattr(each, "scanner", Clamd(f"127.0.0.1:{free_port()}"))
    manager, driver = await world.as_role(Role.SAFETY_MANAGER), await world.add_driver()
    ready = (await send_parts(manager, files.pdf("Waits"))).json()
    assert ready["state"] == "ready", "a person is not kept waiting for a scanner"
    fact = {"requirement": "road_test", "obtained_on": "2026-01-15", "upload_id": ready["id"]}
    document = (await manager.post(f"/drivers/{driver}/evidence", json=fact)).json()["document"]
    assert document["state"] == "quarantined"
    assert (await manager.get(f"/documents/{document['id']}/content")).status_code == 503
    with pytest.raises(ConnectionError):
        await verify_document(str(world.carrier_id), document["id"])
    async with small_clamd() as small:
        monkeypatch.setattr(world.worker, "scanner", Clamd(small.address))
        await verify_document(str(world.carrier_id), document["id"])
    assert (await manager.get(f"/documents/{document['id']}/content")).status_code == 200
