"""The README's screenshots of a record's way: a phone's camera, the review, a packet, an auditor's pages, the log, the people."""

from __future__ import annotations

import asyncio
import io
import re
import tempfile
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.async_api import Browser, Page, expect

from tests.e2e.journeys import api, sign_in
from tests.support.browser import running_browser
from tests.support.stack import Stack

SELECTION = 6
_PAPER, _INK, _LINE, _DESK = (214, 211, 202), (38, 42, 48), (120, 132, 148), (92, 74, 58)
Take = Callable[..., Awaitable[None]]


def card(size: tuple[int, int] = (1080, 680)) -> Image.Image:
    """A certificate of nobody: the fields of an MCSA-5876, with a name of the demo."""
    made = Image.new("RGB", size, _PAPER)
    pen = ImageDraw.Draw(made)

    def write(at: tuple[int, int], words: str, height: int) -> None:
        pen.text(at, words, _INK, ImageFont.load_default(height))

    write((50, 44), "MEDICAL EXAMINER'S CERTIFICATE", 44)
    write((50, 104), "Specimen for a demonstration - not a valid document", 24)
    rows = (
        ("Driver", "Luis Ortega"),
        ("License number", "TX 00000000"),
        ("Examined on", "see date of upload"),
        ("Certificate expires", "24 months later"),
        ("Medical examiner", "Jordan Example, MD"),
    )
    for number, (name, value) in enumerate(rows):
        top = 170 + 92 * number
        write((50, top), name, 24)
        write((380, top - 4), value, 34)
        pen.line((50, top + 56, size[0] - 50, top + 56), _LINE, 2)
    pen.rectangle((8, 8, size[0] - 9, size[1] - 9), outline=_LINE, width=4)
    return made


def jpeg(picture: Image.Image) -> bytes:
    """The picture as a phone sends it."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def desk() -> Image.Image:
    """The card on a desk, as a phone's camera sees it, upright."""
    seen = Image.new("RGB", (1080, 1920), _DESK)
    lying = card().resize((660, 416))
    seen.paste(lying, (210, 752))
    return seen


async def _phone(stack: Stack, place: Path) -> None:
    """A driver's camera over the card; the outline says when to take the photo."""
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "desk.mjpeg"
        film.write_bytes(jpeg(desk()) * 10)
        switches = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        async with running_browser(*switches, f"--use-file-for-fake-video-capture={film}") as browser:
            context = await browser.new_context(
                viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="en-US", reduced_motion="reduce"
            )
            page = await context.new_page()
            await sign_in(page, stack, "driver")
            await page.get_by_role("button", name=re.compile("Fotografiar un documento")).click()
            camera = page.get_by_role("dialog", name="Fotografiar un documento")
            await expect(camera.get_by_role("status")).not_to_contain_text("Encendiendo")
            await page.wait_for_timeout(2500)
            await page.screenshot(path=place / "phone-photo.png")


async def _hand_in(stack: Stack) -> str:
    """The driver's card, waiting for a review; gives the driver's id. A second time it is there already."""
    day = (date.today() - timedelta(days=2)).isoformat()  # noqa: DTZ011 - a day that has come in every time zone
    async with api(stack, "driver") as client:
        driver: str = (await client.get("/me")).json()["driver_id"]
        form = {"requirement": "mec_cdlis", "obtained_on": day, "note": "Front side"}
        sent = await client.post(
            f"/drivers/{driver}/evidence", data=form, files={"file": ("medical card.jpg", jpeg(card()), "image/jpeg")}
        )
        assert sent.status_code in (201, 409), sent.text
    await asyncio.sleep(8)  # the worker draws its picture
    return driver


async def _packets(stack: Stack, driver: str) -> dict[str, Any]:
    """A packet of one driver and one of several, built; and a share of the one. Gives the share, with its link and code."""
    async with api(stack) as client:
        several = [one["id"] for one in (await client.get("/drivers", params={"limit": SELECTION})).json()["items"]]
        for title, drivers in (("Roadside audit, Dallas", several), ("DOT audit: Luis Ortega", [driver])):
            asked = await client.post("/packets", json={"drivers": drivers, "title": title})
            asked.raise_for_status()
            for _ in range(120):
                if (await client.get(f"/packets/{asked.json()['id']}")).json()["state"] == "done":
                    break
                await asyncio.sleep(0.5)
        shared = await client.post("/shares", json={"drivers": [driver, *several[:3]], "title": "FMCSA off-site audit"})
        found: dict[str, Any] = shared.raise_for_status().json()
        return found


async def _auditor(browser: Browser, stack: Stack, place: Path, share: dict[str, Any], driver: str) -> None:
    """A driver's file as an auditor with a link sees it."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US", reduced_motion="reduce")
    page: Page = await context.new_page()
    await page.goto(share["link"])
    await page.get_by_label(re.compile("^Code")).fill(share["code"])
    await page.get_by_label(re.compile("^Your name")).fill("Pat Auditor")
    await page.get_by_label(re.compile("^Your organisation")).fill("FMCSA Texas Division")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await page.goto(f"{stack.url}/shared/{driver}")
    await expect(page.get_by_role("heading", name="Status of requirements")).to_be_visible()
    await page.wait_for_timeout(1500)
    await page.screenshot(path=place / "auditor.png")
    await context.close()


async def take_record(browser: Browser, stack: Stack, take: Take, place: Path) -> None:
    """All of them, in the order of a record's way; `take` opens a path as a role and keeps what it shows."""
    await _phone(stack, place)
    driver = await _hand_in(stack)
    await take(browser, stack, "review", "/review")
    share = await _packets(stack, driver)
    await take(browser, stack, "packets", "/packets")
    await _auditor(browser, stack, place, share, driver)
    await take(browser, stack, "audit-log", "/audit", role="admin")
    await take(browser, stack, "people", "/settings?tab=users", role="admin")
