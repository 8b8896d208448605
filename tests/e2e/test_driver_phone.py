"""A driver's phone in Spanish, as the demo's driver reads it: the camera, no connection, and nothing lost or doubled."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import BrowserContext, Route, expect

from tests.e2e.journeys import api
from tests.e2e.phones import hand_in, open_home, photograph
from tests.support.browser import axe_violations
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]


async def pending(stack: Stack) -> list[str]:
    """What of the driver waits for a review."""
    async with api(stack, "driver") as client:
        driver = (await client.get("/me")).json()["driver_id"]
        items = (await client.get(f"/drivers/{driver}/evidence", params={"limit": 200})).json()["items"]
    return [item["id"] for item in items if item["review"] == "pending"]


async def test_what_is_handed_in_without_a_connection_arrives_once(phone: BrowserContext, stack: Stack) -> None:
    before = await pending(stack)
    page = await open_home(phone, stack)
    await phone.set_offline(True)
    await photograph(page)
    await hand_in(page)
    waiting = page.get_by_role("region", name="Por enviar")
    await expect(waiting).to_contain_text("1 documento espera en este teléfono")
    assert await axe_violations(page) == []
    await page.reload()  # the phone was locked, and the page thrown away
    await expect(page.get_by_role("heading", name=re.compile("^Hola"))).to_be_visible()
    await expect(page.get_by_text(re.compile("Sin conexión. Su expediente como estaba"))).to_be_visible()
    await expect(waiting).to_contain_text("Está seguro aquí")
    await phone.set_offline(False)
    await expect(waiting).to_have_count(0, timeout=45_000)
    assert len(await pending(stack)) == len(before) + 1


async def test_an_answer_that_is_lost_doubles_nothing(phone: BrowserContext, stack: Stack) -> None:
    before = await pending(stack)
    page = await open_home(phone, stack)
    lost = asyncio.Event()

    async def lose_the_first_answer(route: Route) -> None:
        answer = await route.fetch()  # the server has it
        if lost.is_set():
            await route.fulfill(response=answer)
        else:
            await route.abort("connectionreset")
            lost.set()

    await page.route("**/api/v1/drivers/*/evidence", lose_the_first_answer)
    await photograph(page)
    await hand_in(page)
    await asyncio.wait_for(lost.wait(), 15)
    await expect(page.get_by_role("region", name="Por enviar")).to_contain_text("Está seguro aquí")
    assert len(await pending(stack)) == len(before) + 1
    await page.reload()
    await expect(page.get_by_role("region", name="Por enviar")).to_have_count(0, timeout=45_000)
    assert len(await pending(stack)) == len(before) + 1


async def test_signing_out_leaves_nothing_of_the_file_on_the_phone(phone: BrowserContext, stack: Stack) -> None:
    page = await open_home(phone, stack)
    await page.get_by_role("button", name="Más").click()
    await page.get_by_role("button", name="Cerrar sesión").click()
    await expect(page.get_by_label(re.compile("^Correo"))).to_be_visible()
    await phone.set_offline(True)
    await page.goto(stack.url)
    await expect(page.get_by_text(re.compile("^Hola"))).to_have_count(0)
    kept = await page.evaluate(
        """() => new Promise((resolve, reject) => {
             const opening = indexedDB.open('dot-copilot');
             opening.onerror = reject;
             opening.onsuccess = () => {
               const all = opening.result.transaction('kept').objectStore('kept').count();
               all.onsuccess = () => resolve(all.result);
             };
           })"""
    )
    assert kept == 0


async def test_the_phone_can_install_it(phone: BrowserContext, stack: Stack) -> None:
    page = await open_home(phone, stack)
    manifest = await page.evaluate("fetch(document.querySelector('link[rel=manifest]').href).then(a => a.json())")
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/")
    for icon in manifest["icons"]:
        answer = await page.request.get(stack.url + icon["src"])
        assert (answer.status, answer.headers["content-type"]) == (200, icon["type"])
