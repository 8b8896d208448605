"""A pile of scans sorted by keyboard, and what drivers sent accepted or returned, in a real browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.journeys import api, sign_in
from tests.support import files
from tests.support.browser import axe_violations
from tests.support.licences import barcode_text, photo_of
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_pile_of_scans_is_sorted_by_keyboard_and_nothing_is_lost(page: Page, stack: Stack, tmp_path: Path) -> None:
    async with api(stack) as client:
        [one, two] = (await client.get("/drivers", params={"limit": 2})).json()["items"]
        if left_open := (await client.get("/bulk")).json()["batch"]:
            await client.post(f"/bulk/{left_open['id']}/close")
    named = tmp_path / f"{one['employee_id']} road test 2025-03-04.pdf"
    named.write_bytes(files.pdf(f"Road test {datetime.now(UTC)}"))
    card = tmp_path / "IMG_0001.jpg"
    names = {"first": two["first_name"].upper(), "last": two["last_name"].upper()}
    card.write_bytes(photo_of(barcode_text(number=f"{datetime.now(UTC):%d%H%M%S}", **names)))
    nobody = tmp_path / "scan0001.pdf"
    nobody.write_bytes(files.pdf(f"Nothing to go by {datetime.now(UTC)}"))

    await sign_in(page, stack)
    await page.get_by_role("link", name="Sort scans").click()
    await page.locator("input[type=file]").set_input_files([named, card, nobody])
    scans = page.get_by_role("navigation", name="Scans")
    await expect(scans.get_by_role("button")).to_have_count(3, timeout=40_000)
    await expect(scans.get_by_text("No doubt")).to_have_count(2, timeout=40_000)
    assert not await axe_violations(page)
    await expect(page.get_by_role("img", name=re.compile("^Picture of"))).to_be_visible(timeout=30_000)

    await scans.get_by_role("button", name=re.compile("scan0001")).click()
    await page.keyboard.press("d")
    await page.keyboard.type(two["employee_id"])
    await page.get_by_role("option", name=re.compile(re.escape(two["employee_id"]))).first.click()
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(800)

    await page.reload()  # leaving and coming back
    await scans.get_by_role("button", name=re.compile("scan0001")).click()
    await expect(page.get_by_role("combobox", name="Driver")).to_have_value(re.compile(re.escape(two["employee_id"])))
    await page.keyboard.press("t")
    await page.keyboard.type("Road test")
    await page.get_by_role("option").first.click()
    await page.get_by_label(re.compile("^Date obtained")).first.fill("2025-05-06")
    await page.keyboard.press("Control+Enter")
    await expect(scans.get_by_text("In the driver’s file")).to_have_count(1)

    await page.get_by_role("button", name="Accept 2 without a doubt").click()
    await expect(page.get_by_text("Everything is sorted")).to_be_visible()
    await page.get_by_role("button", name="Close this pile").click()
    await expect(page.get_by_text("Drop your scans here, or choose them")).to_be_visible()
    async with api(stack) as client:
        found = (await client.get(f"/drivers/{two['id']}/evidence", params={"requirement": "cdl"})).json()["items"]
    assert "2028-01-15" in [item["expires_on"] for item in found]


async def test_what_a_driver_sends_is_returned_with_a_reason_and_then_accepted(page: Page, stack: Stack) -> None:
    day = datetime.now(UTC).date().isoformat()
    form = {"requirement": "application", "obtained_on": "2024-01-02"}

    async def send(text: str) -> None:
        async with api(stack, "driver") as driver:
            own = (await driver.get("/me")).json()["driver_id"]
            sent = {"file": ("card.pdf", files.pdf(f"{text} {day} {datetime.now(UTC)}"), "application/pdf")}
            answer = await driver.post(f"/drivers/{own}/evidence", data=form, files=sent)
            assert answer.status_code == 201, answer.text

    await send("Blurred")
    await sign_in(page, stack)
    await page.get_by_role("link", name="Review").click()
    waiting = page.get_by_role("navigation", name="Waiting for review")
    await expect(waiting.get_by_role("button").first).to_be_visible()
    before = await waiting.get_by_role("button").count()
    await waiting.get_by_role("button").last.click()
    await expect(page.get_by_role("img", name="Picture of card.pdf")).to_be_visible(timeout=40_000)
    assert not await axe_violations(page)
    await page.keyboard.press("r")  # without a reason it asks for one
    await expect(page.get_by_text("Say why, so that the driver knows what to send instead.")).to_be_visible()
    await page.keyboard.type("The signature is cut off.")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Returned. The driver sees your reason.")).to_be_visible()
    await expect(waiting.get_by_role("button")).to_have_count(before - 1)

    async with api(stack, "driver") as driver:
        own = (await driver.get("/me")).json()["driver_id"]
        [back, *_] = [
            item for item in (await driver.get(f"/drivers/{own}/evidence")).json()["items"] if item["review"] == "rejected"
        ]
    assert back["review_note"] == "The signature is cut off."

    await send("Sharp")
    await page.reload()
    await expect(waiting.get_by_role("button")).to_have_count(before)
    await waiting.get_by_role("button").last.click()
    await page.keyboard.press("a")
    await expect(page.get_by_text("Accepted. It counts from now on.")).to_be_visible()
