"""A safety manager makes a packet and a share; an auditor comes in, reads, downloads, and is shown out."""

from __future__ import annotations

import io
import re
import zipfile

import httpx
import pikepdf
import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.e2e.journeys import api, downloaded, sign_in
from tests.support import scans
from tests.support.browser import axe_violations
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
MOST_MS = 60_000


async def a_driver_with_documents(client: httpx.AsyncClient) -> tuple[str, str]:
    """Id and name of a driver of the demo, with a photo and a PDF on record."""
    driver = (await client.get("/drivers", params={"limit": 1, "q": "ortega"})).json()["items"][0]
    for requirement, content, name in (("cdl", scans.photo(900, 600), "license.jpg"), ("mvr_annual", scans.pdf(3), "mvr.pdf")):
        sent = await client.post(
            f"/drivers/{driver['id']}/evidence",
            data={"requirement": requirement, "obtained_on": "2026-03-02"},
            files={"file": (name, content, "application/octet-stream")},
        )
        assert sent.status_code in (201, 409), sent.text
    return driver["id"], f"{driver['first_name']} {driver['last_name']}"


async def test_a_packet_is_made_followed_downloaded_and_verified(page: Page, stack: Stack, browser: Browser) -> None:
    async with api(stack) as client:
        driver_id, name = await a_driver_with_documents(client)
    await sign_in(page, stack)
    await page.goto(f"{stack.url}/drivers/{driver_id}")
    await page.get_by_role("button", name="Audit packet").click()
    await page.get_by_role("menuitem", name="Make a packet").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"About {name}")
    await dialog.get_by_label("Name").fill("Journey of one driver")
    await dialog.get_by_label("Add the original files").check()
    await dialog.get_by_role("button", name="Build it").click()
    item = page.get_by_role("listitem").filter(has_text="Journey of one driver").first
    await expect(item).to_contain_text("Ready", timeout=MOST_MS)
    assert not await axe_violations(page)
    content = await downloaded(page, re.compile("^Download all"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert any(found.startswith("originals/") for found in archive.namelist())
    await item.get_by_role("button", name="The driver’s PDF").click()
    pdf = await downloaded(page, f"PDF of {name}")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert name in str(opened.docinfo["/Title"])
    code = await item.locator("code").inner_text()

    outside = await browser.new_context(viewport=DESKTOP, locale="en-US")
    anybody = await outside.new_page()
    await anybody.goto(f"{stack.url}/verify")
    await anybody.get_by_label("Code of the packet").fill(code.lower())
    await anybody.get_by_role("button", name="Check").click()
    await expect(anybody.get_by_role("heading", name=f"Packet {code} is genuine")).to_be_visible()
    field = anybody.locator("input[type=file]").first
    await field.set_input_files({"name": "packet.pdf", "mimeType": "application/pdf", "buffer": pdf})
    await expect(anybody.get_by_text("packet.pdf is a PDF of this packet, unchanged.")).to_be_visible()
    await field.set_input_files({"name": "forged.pdf", "mimeType": "application/pdf", "buffer": pdf + b"\n"})
    await expect(anybody.get_by_text("forged.pdf is not part of this packet, or was changed.")).to_be_visible()
    assert not await axe_violations(anybody)
    await outside.close()

    await item.get_by_role("button", name="Revoke").click()
    await page.get_by_label("Why").fill("made for a journey")
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await expect(item).to_contain_text("Revoked")


async def test_an_auditor_reads_what_was_shared_until_it_is_revoked(page: Page, stack: Stack, browser: Browser) -> None:
    async with api(stack) as client:
        driver_id, name = await a_driver_with_documents(client)
        other = next(d for d in (await client.get("/drivers")).json()["items"] if d["id"] != driver_id)
    await sign_in(page, stack)
    await page.goto(f"{stack.url}/shares?driver={driver_id}&make=true")
    await page.get_by_role("dialog").get_by_label("For whom").fill("Off-site audit, journey")
    await page.get_by_role("dialog").get_by_role("button", name="Share", exact=True).click()
    secrets = page.locator("code")
    await expect(secrets.first).to_be_visible()
    link, code = await secrets.nth(0).inner_text(), await secrets.nth(1).inner_text()
    assert not await axe_violations(page)

    outside = await browser.new_context(viewport=DESKTOP, locale="en-US", accept_downloads=True)
    auditor = await outside.new_page()
    await auditor.goto(link)
    await expect(auditor).to_have_url(f"{stack.url}/shared")  # the token is gone from the address
    await auditor.keyboard.type(code)  # the first field has the focus
    await auditor.keyboard.press("Tab")
    await auditor.keyboard.type("Pat Auditor")
    await auditor.keyboard.press("Tab")
    await auditor.keyboard.type("FMCSA Texas Division")
    await auditor.keyboard.press("Enter")
    await expect(auditor.get_by_role("heading", name="One driver")).to_be_visible()
    assert not await axe_violations(auditor)
    await auditor.get_by_role("link", name=name).click()
    await expect(auditor.get_by_role("heading", name="Status of requirements")).to_be_visible()
    await auditor.get_by_role("button", name="View license.jpg").first.click()
    photo = auditor.get_by_role("dialog").locator("img")
    await expect(photo).to_be_visible()
    await expect(photo).to_have_js_property("naturalWidth", 900)
    await auditor.keyboard.press("Escape")
    await expect(auditor.locator("[data-watermark]")).to_have_attribute("data-watermark", re.compile("Pat Auditor, FMCSA"))
    await expect(auditor.get_by_role("link", name="Download the packet")).to_be_visible(timeout=MOST_MS)
    pdf = await downloaded(auditor, "Download the packet", "link")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert all(any(str(key).startswith("/Placed") for key in sheet.Resources.XObject) for sheet in opened.pages)
    outside_file = await auditor.goto(f"{stack.url}/api/v1/shared/drivers/{other['id']}/file")
    assert outside_file is not None
    assert outside_file.status == 404
    inside = await auditor.goto(f"{stack.url}/shared/{driver_id}")
    assert inside is not None
    await expect(auditor.get_by_role("heading", name=name)).to_be_visible()
    await expect(auditor.get_by_role("navigation")).to_have_count(0)

    item = page.get_by_role("listitem").filter(has_text="Off-site audit, journey").first
    await page.get_by_role("button", name="I have both").click()
    await item.get_by_role("button", name="What was opened").click()
    await expect(item).to_contain_text("Pat Auditor, FMCSA Texas Division")
    await expect(item).to_contain_text("license.jpg")
    await item.get_by_role("button", name="End access").click()
    await page.get_by_role("dialog").get_by_role("button", name="End access").click()
    await expect(item).to_contain_text("Ended")
    await expect(auditor.get_by_role("heading", name="This access was ended by the carrier")).to_be_visible(timeout=15_000)
    assert not await axe_violations(auditor)
    await outside.close()
