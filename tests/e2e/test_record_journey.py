"""One record on its whole way: from a phone's camera to acceptance, a packet, its verification, and an auditor's eyes."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any
from uuid import uuid4

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.e2e.journeys import api, downloaded, sign_in
from tests.e2e.phones import RECENT, hand_in, open_home, photograph
from tests.support.browser import axe_violations
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
MOST_MS = 60_000
MEDICAL = "mec_cdlis"


async def recorded(stack: Stack, note: str) -> dict[str, Any]:
    """The evidence with this note, as the driver's own list has it, as soon as the phone has sent it."""
    async with api(stack, "driver") as client, asyncio.timeout(45):
        driver = (await client.get("/me")).json()["driver_id"]
        while True:
            items = (await client.get(f"/drivers/{driver}/evidence", params={"limit": 200})).json()["items"]
            found: list[dict[str, Any]] = [item for item in items if item["note"] == note]
            if found:
                return found[0]
            await asyncio.sleep(0.3)


async def driver_of(stack: Stack) -> tuple[str, str]:
    """Id and name of the driver with an account."""
    async with api(stack, "driver") as client:
        driver = (await client.get("/me")).json()["driver_id"]
    async with api(stack) as client:
        found = (await client.get(f"/drivers/{driver}")).json()
    return driver, f"{found['first_name']} {found['last_name']}"


async def accept(page: Page, stack: Stack, note: str) -> None:
    """The safety manager finds what carries this note in the review queue, looks at it, and accepts it."""
    await page.get_by_role("link", name="Review").click()
    waiting = page.get_by_role("navigation", name="Waiting for review").get_by_role("button")
    await expect(waiting.first).to_be_visible()
    decision = page.get_by_role("region", name="Your decision")
    for place in reversed(range(await waiting.count())):
        await waiting.nth(place).click()
        if await decision.get_by_text(note).count():
            break
    await expect(decision).to_contain_text(note)
    picture = page.get_by_role("img", name=re.compile("^Picture of"))
    await expect(picture).to_be_visible(timeout=MOST_MS)  # the worker has drawn it
    assert await picture.evaluate("image => image.naturalWidth > 100")
    assert not await axe_violations(page)
    await page.keyboard.press("a")
    await expect(page.get_by_text("Accepted. It counts from now on.")).to_be_visible()
    assert (await recorded(stack, note))["review"] == "accepted"


async def make_packet(page: Page, stack: Stack, driver: str, title: str) -> Locator:
    """Makes the driver's packet from the driver's page, and waits until it is ready: its line in the list."""
    await page.goto(f"{stack.url}/drivers/{driver}")
    await page.get_by_role("button", name="Audit packet").click()
    await page.get_by_role("menuitem", name="Make a packet").click()
    await page.get_by_role("dialog").get_by_label("Name").fill(title)
    await page.get_by_role("dialog").get_by_role("button", name="Build it").click()
    item = page.get_by_role("listitem").filter(has_text=title).first
    await expect(item).to_contain_text("Ready", timeout=MOST_MS)
    await item.get_by_role("button", name="The driver’s PDF").click()
    return item


def check_packet(content: bytes, name: str, code: str, document: dict[str, Any]) -> None:
    """The PDF is the driver's, lists the document with its SHA-256, and shows the photo on a page of its own."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert name in str(opened.docinfo["/Title"])
    pdf = pypdfium2.PdfDocument(content)
    try:
        said = [sheet.get_textpage().get_text_range() for sheet in pdf]
        assert all(f"Packet {code}" in words for words in said)
        assert document["sha256"] in re.sub(r"\s", "", "".join(said)), "the index names the very file that was photographed"
        marks = {mark.get_title(): mark.get_dest().get_index() for mark in pdf.get_toc() if mark.get_dest()}
        day = f"{RECENT:%B} {RECENT.day}, {RECENT.year}"
        places = [place for title, place in marks.items() if title.endswith(f", {day}")]
        assert places, f"no mark of that day in {list(marks)}"
        shown = [pdf[place].render(scale=0.5).to_pil().convert("RGB") for place in places]
    finally:
        pdf.close()
    assert any(is_a_photo(picture) for picture in shown), "the photo itself is on the page, not a word in its place"


def is_a_photo(page: Image.Image) -> bool:
    """Whether a page shows more than ink on paper: Chromium's test picture is green all over."""
    raw = page.tobytes()
    greens = sum(green > red + 60 and green > blue + 60 for red, green, blue in zip(raw[::3], raw[1::3], raw[2::3], strict=True))
    return greens > page.width * page.height / 20


async def verify(browser: Browser, stack: Stack, code: str, pdf: bytes) -> None:
    """Anybody, without an account, learns that the packet is genuine and the file unchanged."""
    outside = await browser.new_context(viewport=DESKTOP, locale="en-US")
    anybody = await outside.new_page()
    await anybody.goto(f"{stack.url}/verify/{code}")
    await expect(anybody.get_by_role("heading", name=f"Packet {code} is genuine")).to_be_visible()
    field = anybody.locator("input[type=file]").first
    await field.set_input_files({"name": "packet.pdf", "mimeType": "application/pdf", "buffer": pdf})
    await expect(anybody.get_by_text("packet.pdf is a PDF of this packet, unchanged.")).to_be_visible()
    assert not await axe_violations(anybody)
    await outside.close()


async def share(page: Page, stack: Stack, driver: str, title: str) -> tuple[str, str]:
    """Shares the driver's file: the auditor's link and code."""
    await page.goto(f"{stack.url}/shares?driver={driver}&make=true")
    await page.get_by_role("dialog").get_by_label("For whom").fill(title)
    await page.get_by_role("dialog").get_by_role("button", name="Share", exact=True).click()
    secrets = page.locator("code")
    await expect(secrets.first).to_be_visible()
    told = await secrets.nth(0).inner_text(), await secrets.nth(1).inner_text()
    await page.get_by_role("button", name="I have both").click()
    return told


async def read_as_auditor(browser: Browser, link: str, code: str, name: str, file_name: str) -> None:
    """The auditor signs in with link and code, opens the photo under the watermark, and takes the packet along."""
    outside = await browser.new_context(viewport=DESKTOP, locale="en-US", accept_downloads=True)
    auditor = await outside.new_page()
    auditor.set_default_timeout(15_000)
    await auditor.goto(link)
    await auditor.get_by_label(re.compile("^Code")).fill(code)
    await auditor.get_by_label(re.compile("^Your name")).fill("Pat Auditor")
    await auditor.get_by_label(re.compile("^Your organi[sz]ation")).fill("FMCSA Texas Division")
    await auditor.keyboard.press("Enter")
    await auditor.get_by_role("link", name=name).click()
    await expect(auditor.get_by_role("heading", name="Status of requirements")).to_be_visible()
    await expect(auditor.locator("[data-watermark]")).to_have_attribute("data-watermark", re.compile("Pat Auditor, FMCSA"))
    await auditor.get_by_role("button", name=f"View {file_name}").first.click()
    photo = auditor.get_by_role("dialog").locator("img")
    await expect(photo).to_be_visible()
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth > 100)")
    assert not await axe_violations(auditor)
    await auditor.keyboard.press("Escape")
    await expect(auditor.get_by_role("link", name="Download the packet")).to_be_visible(timeout=MOST_MS)
    pdf = await downloaded(auditor, "Download the packet", "link")
    words = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf))
    assert "Pat Auditor" in words
    await outside.close()


async def test_a_photo_from_the_cab_reaches_an_auditors_eyes(
    phone: BrowserContext, page: Page, browser: Browser, stack: Stack
) -> None:
    """From a phone's camera to acceptance, a packet, its public verification, and a share with its log."""
    mark = uuid4().hex[:8]
    note, title = f"Viaje {mark}", f"Journey {mark}"
    driver, name = await driver_of(stack)

    home = await open_home(phone, stack)
    await photograph(home)
    await hand_in(home, note)
    sent = await recorded(stack, note)
    await expect(home.get_by_role("region", name="Por enviar")).to_have_count(0)
    assert (sent["requirement"], sent["review"]) == (MEDICAL, "pending")

    await sign_in(page, stack)
    await accept(page, stack, note)
    item = await make_packet(page, stack, driver, title)
    code = await item.locator("code").inner_text()
    pdf = await downloaded(page, f"PDF of {name}")
    check_packet(pdf, name, code, sent["document"])
    await verify(browser, stack, code, pdf)

    link, secret = await share(page, stack, driver, title)
    await read_as_auditor(browser, link, secret, name, sent["document"]["file_name"])
    line = page.get_by_role("listitem").filter(has_text=title).first
    await line.get_by_role("button", name="What was opened").click()
    for did in ("Pat Auditor, FMCSA Texas Division", sent["document"]["file_name"], "Downloaded a packet"):
        await expect(line).to_contain_text(did)
    async with api(stack) as client:
        entries = (await client.get("/audit", params={"limit": 100})).json()["items"]
        chain = (await client.get("/audit/verify")).json()
    wanted = {"evidence.recorded", "evidence.accepted", "packet.built", "share.created", "share.signed_in"}
    assert wanted <= {entry["action"] for entry in entries}, "each step is in the audit log"
    assert chain["ok"]

    await home.reload()  # and the driver sees it, too
    await home.get_by_role("link", name=re.compile("Ver mi expediente completo")).click()
    await expect(home.get_by_role("button", name=re.compile("médic", re.IGNORECASE)).first).to_be_visible()
