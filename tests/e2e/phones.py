"""What a driver does on a phone, in Spanish, as the demo's driver reads it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.journeys import sign_in
from tests.support.stack import Stack

RECENT = date.today() - timedelta(days=2)  # noqa: DTZ011 - a day that has come in every time zone


async def open_home(phone: BrowserContext, stack: Stack) -> Page:
    """The driver's first screen, once the pages are kept on the phone."""
    page = await phone.new_page()
    page.set_default_timeout(15_000)
    await sign_in(page, stack, "driver")
    await expect(page.get_by_role("button", name=re.compile("Fotografiar un documento"))).to_be_visible()
    await page.wait_for_function("navigator.serviceWorker.ready.then(() => caches.match('/index.html')).then(Boolean)")
    return page


async def photograph(page: Page) -> None:
    """The test picture, as a photo of a card."""
    await page.get_by_role("button", name=re.compile("Fotografiar un documento")).click()
    camera = page.get_by_role("dialog", name="Fotografiar un documento")
    await expect(camera.get_by_role("status")).not_to_contain_text("Encendiendo")
    await camera.get_by_role("button", name="Tomar la foto").click()
    await expect(camera.get_by_alt_text("La foto")).to_be_visible()
    await camera.get_by_role("button", name="Usar esta foto").click()


async def hand_in(page: Page, note: str = "") -> None:
    """The form behind the photo: a medical certificate."""
    dialog = page.get_by_role("dialog")
    choice = dialog.get_by_role("option").filter(has_text=re.compile("médic")).first
    await dialog.get_by_role("combobox", name="¿Para qué es?").select_option(await choice.get_attribute("value"))
    await dialog.get_by_label(re.compile("^Fecha de obtención")).fill(RECENT.isoformat())
    await dialog.get_by_label("Nota").fill(note)
    await dialog.get_by_role("button", name="Registrar").click()
