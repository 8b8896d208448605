"""Documents, requests, the review queue and audit packets, with the rights of the person behind the assistant."""

from __future__ import annotations

import httpx
import pytest

from dot_copilot.core.caller import Role
from dot_copilot.core.scopes import Scope
from tests.api.mcp_server.assistant import VIA, assistant, hire
from tests.api.roster.conftest import Work, work
from tests.support import files
from tests.support.uploads import send
from tests.support.world import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
__all__ = ["work"]


async def opened(world: World, url: str) -> httpx.Response:
    """What a link gives to somebody without any token."""
    base = world.worker.settings.public_url
    assert url.startswith(f"{base}/api/v1/")
    async with httpx.AsyncClient(transport=world.api, base_url=base) as nobody:
        return await nobody.get(url)


async def test_documents_are_listed_and_opened_by_a_link(world: World) -> None:
    driver = await hire(world, "E1", last_name="Luna")
    await send(await world.as_role(Role.SAFETY_MANAGER), driver, files.pdf(), "card.pdf", requirement="mec_cdlis")
    async with assistant(world) as bot:
        listed, text = await bot.both("list_documents", driver="luna")
        (document,) = listed["items"]
        assert document["url"] is None
        assert "mec_cdlis 2026-01-15: card.pdf" in text
        assert (await bot.ask("list_documents", driver="luna", requirement="application"))["items"] == []
        (linked,) = (await bot.ask("list_documents", driver="luna", requirement="medical card", links=True))["items"]
        answer = await opened(world, linked["url"])
        assert (answer.status_code, answer.content) == (200, files.pdf())
        assert (await opened(world, linked["url"][:-4] + "AAAA")).status_code in (401, 404)


async def test_a_driver_is_asked_and_the_queue_tells_what_came(world: World) -> None:
    driver = await hire(world, "E1", last_name="Luna")
    async with assistant(world) as bot:
        asked, text = await bot.both("request_document", driver="E1", requirement="application", note="La hoja 2, por favor")
        assert (asked["state"], asked["note"], text) == ("open", "La hoja 2, por favor", "Asked for application.")
        assert (await bot.ask("review_queue"))["total"] == 0
        phone = await world.as_role(Role.DRIVER, driver_id=driver)  # type: ignore[arg-type]
        assert [one["id"] for one in (await phone.get("/me/document-requests")).json()["items"]] == [asked["id"]]
        await send(phone, driver, files.pdf(), "page-2.pdf", requirement="application")
        queue, words = await bot.both("review_queue", terminal="Dallas")
        assert [one["driver"]["employee_id"] for one in queue["items"]] == ["E1"]
        assert "application 2026-01-15, page-2.pdf" in words
    (entry,) = [one for one in await world.audit_log() if one["subject_id"] and one["action"].startswith("document.requested")]
    assert entry["via"] == VIA


async def put(world: World, url: str, content: bytes) -> httpx.Response:
    """A file sent to a link by somebody without any token."""
    base = world.worker.settings.public_url
    async with httpx.AsyncClient(transport=world.api, base_url=base) as nobody:
        return await nobody.put(url, content=content)


async def test_a_document_is_uploaded_by_a_link_once(world: World) -> None:
    driver = await hire(world, "E1", last_name="Luna")
    given = {"driver": "luna", "requirement": "mec_cdlis", "obtained_on": "2026-01-15", "file_name": "card.pdf"}
    async with assistant(world) as bot:
        link, text = await bot.both("upload_document", **given)
        assert f"curl -T 'card.pdf' {link['url']}" in text
        assert (await put(world, link["url"], b"not a document")).status_code == 415
        first, again = await put(world, link["url"], files.pdf()), await put(world, link["url"], files.pdf())
        assert (first.status_code, first.json()["document"]["file_name"]) == (201, "card.pdf")
        assert again.json()["id"] == first.json()["id"]
        assert len((await bot.ask("list_documents", driver="E1"))["items"]) == 1
        spoilt = link["url"][:-6] + "AAAAAA"
        assert (await put(world, spoilt, files.pdf())).status_code == 404
        told = await bot.refused("upload_document", **{**given, "obtained_on": "2099-01-01"})
        assert "in the future" in told
        assert "can't carry that much" in await bot.refused("upload_document", **given, note="x" * 2000)
    (entry,) = await world.audit_log("evidence.recorded")
    assert (entry["via"], entry["subject_id"]) == (VIA, driver)


async def test_an_upload_link_ends_with_the_connection(world: World) -> None:
    await hire(world, "E1")
    given = {"driver": "E1", "requirement": "mec_cdlis", "obtained_on": "2026-01-15", "file_name": "card.pdf"}
    async with assistant(world) as bot:
        link = await bot.ask("upload_document", **given)
        async with world.worker.database.job_door(world.carrier_id) as door:
            await door.execute("update sessions set revoked_at = now() where id = $1", bot.caller.session_id)
        assert (await put(world, link["url"], files.pdf())).status_code == 401


async def test_a_packet_is_drafted_built_and_fetched(world: World, work: Work) -> None:
    await hire(world, "E1", last_name="Luna")
    await hire(world, "E2", first_name="Bo", last_name="Lund")
    async with assistant(world) as bot:
        assert "There is no packet yet" in await bot.text("fetch_packet")
        drafted, text = await bot.both("draft_packet", drivers=["Luna", "E2"], as_of="2026-11-20", title="Audit")
        assert (drafted["total"], drafted["as_of"], drafted["state"]) == (2, "2026-11-20", "queued")
        assert drafted["id"] in text
        assert (await bot.ask("fetch_packet", packet_id=drafted["id"]))["links"] == []
        await work()
        found, lines = await bot.both("fetch_packet", packet_id=drafted["id"])
        assert [link["what"] for link in found["links"]] == ["pdf", "pdf"]
        assert drafted["code"] in lines
        answer = await opened(world, found["links"][0]["url"])
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
        everybody = await bot.ask("draft_packet", terminal="Dallas")
        assert everybody["total"] == 2
        told = await bot.refused("draft_packet", drivers=["Luna"], terminal="Dallas")
        assert "Either name drivers" in told


async def test_a_driver_gets_the_own_packet_and_nobody_elses(world: World, work: Work) -> None:
    own, other = await hire(world, "E1", last_name="Luna"), await hire(world, "E2", last_name="Lund")
    async with assistant(world, Role.DRIVER, driver_id=own) as bot:  # type: ignore[arg-type]
        assert (await bot.ask("draft_packet"))["total"] == 1
        assert "no such driver" in (await bot.refused("draft_packet", drivers=[other])).lower()
        assert "no such driver" in (await bot.refused("list_documents", driver=other)).lower()
        await work()
        (packet,) = (await bot.ask("fetch_packet"))["items"]
        assert packet["state"] == "done"


async def test_a_supervisor_reaches_the_own_terminal_only(world: World) -> None:
    houston = await world.add_terminal("Houston", "America/Chicago")
    await hire(world, "T1", terminal_id=str(houston))
    async with assistant(world, Role.SUPERVISOR) as bot:
        for tool, more in (("list_documents", {}), ("request_document", {"requirement": "application"})):
            assert "No driver is called 'T1'" in await bot.refused(tool, driver="T1", **more)
        assert "No driver is called 'T1'" in await bot.refused("draft_packet", drivers=["T1"])


async def test_the_scopes_part_reading_asking_and_packets(world: World) -> None:
    scopes = {
        Scope.DOCUMENTS_READ: {"list_documents", "review_queue"},
        Scope.DOCUMENTS_WRITE: {"request_document", "upload_document"},
        Scope.PACKETS_WRITE: {"draft_packet", "fetch_packet"},
    }
    for scope, tools in scopes.items():
        async with assistant(world, scopes=[scope]) as bot:
            assert {tool.name for tool in (await bot.client.list_tools()).tools} == tools
