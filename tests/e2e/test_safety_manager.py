"""The first day of a safety manager: board, own roster, a driver's file, evidence, another day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.e2e.journeys import api, sign_in
from tests.support import files
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]
HIRED = date.today() - timedelta(days=1000)  # noqa: DTZ011 - the browser's calendar, not the server's
RECENT = date.today() - timedelta(days=100)  # noqa: DTZ011


async def test_the_board_answers_first_who_cannot_drive(page: Page, stack: Stack) -> None:
    await sign_in(page, stack)
    async with api(stack) as client:
        summary = (await client.get("/compliance/summary")).json()
    main = page.get_by_role("main")
    await expect(page.get_by_role("heading", name="Duty board")).to_be_visible()
    await expect(main).to_contain_text(
        re.compile(rf"{summary['cannot_drive']}\s*of {summary['drivers']} drivers can’t drive today")
    )
    for terminal in summary["terminals"]:
        await expect(main).to_contain_text(terminal["name"])
    assert summary["drivers"] == 61
    assert summary["cannot_drive"] >= 5


def roster() -> bytes:
    """Columns in an order and under names of another system; one row with a date that cannot be."""
    header = "Driver Name,Emp #,Branch,Hire Dt,CDL Class,Lic #,License State,CDL Exp,DOT Physical,Interstate,MVR Date,Shirt size"
    expiry, day = (date.today() + timedelta(days=700)).strftime("%m/%d/%Y"), "{:%m/%d/%Y}".format  # noqa: DTZ011
    good = f'"Quill, Petra",E2E-1,Dallas,{day(HIRED)},A,TX12345678,TX,{expiry},{day(RECENT)},yes,{day(RECENT)},M'
    bad = f'"Quill, Otto",E2E-2,Dallas,02/30/2024,A,TX12345679,TX,{expiry},{day(RECENT)},yes,{day(RECENT)},L'
    return "\n".join([header, good, bad]).encode()


async def test_she_imports_her_own_roster(page: Page, stack: Stack) -> None:
    await sign_in(page, stack)
    await page.get_by_role("link", name="Import roster").first.click()
    await page.locator("input[type=file]").first.set_input_files(
        {"name": "export.csv", "mimeType": "text/csv", "buffer": roster()}
    )
    await expect(page.get_by_role("heading", name="What the columns mean")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("Shirt size")
    address = page.url
    await page.get_by_role("button", name="Look at the rows").click()
    await expect(page.get_by_role("heading", name="What the rows hold")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("02/30/2024")
    await page.goto(address)  # leaving and coming back loses nothing
    await page.get_by_role("button", name="Look at the rows").click()
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name=re.compile(r"^Import \d+ drivers?$")).click()
    await expect(page.get_by_role("heading", name="1 driver imported")).to_be_visible(timeout=30_000)
    async with api(stack) as client:
        found = (await client.get("/drivers", params={"q": "quill"})).json()["items"]
    assert [(driver["employee_id"], driver["first_name"]) for driver in found] == [("E2E-1", "Petra")]


async def _open_file(page: Page, stack: Stack) -> str:
    async with api(stack) as client:
        found = (await client.get("/drivers", params={"q": "E2E-1"})).json()["items"]
    assert found, "the roster journey comes first"
    await sign_in(page, stack)
    await page.goto(f"{stack.url}/drivers/{found[0]['id']}")
    await expect(page.get_by_role("heading", name="Petra Quill")).to_be_visible()
    return str(found[0]["id"])


async def test_evidence_changes_the_state_and_says_why(page: Page, stack: Stack, tmp_path: Path) -> None:
    driver = await _open_file(page, stack)
    async with api(stack) as client:
        before = await _state(client, driver, "drug_pre")
    assert before == "missing"
    await page.get_by_role("button", name="Record evidence").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What is it for?").click()
    await page.get_by_role("option", name="Pre-employment drug test").click()
    await dialog.get_by_label("Date obtained").fill(HIRED.isoformat())
    await dialog.get_by_text("Negative", exact=True).click()
    document = tmp_path / "result.pdf"
    document.write_bytes(files.pdf())
    await dialog.locator("input[type=file]").first.set_input_files(str(document))
    await dialog.get_by_role("button", name="Record it").click()
    await expect(dialog).to_have_count(0, timeout=20_000)
    async with api(stack) as client:
        assert await _state(client, driver, "drug_pre") == "valid"
    await page.get_by_role("button", name="Pre-employment drug test", exact=True).click()
    await expect(page.get_by_role("link", name="View result.pdf")).to_be_visible()
    await expect(page.get_by_role("main")).to_contain_text("49 CFR 382.301")


async def _state(client: httpx.AsyncClient, driver: str, requirement: str) -> str:
    file = (await client.get(f"/drivers/{driver}/file")).json()
    return str(next(item["state"] for item in file["items"] if item["requirement"] == requirement))


async def test_another_day_replays_the_file(page: Page, stack: Stack) -> None:
    driver = await _open_file(page, stack)
    later = RECENT.replace(year=RECENT.year + 2)
    day = later + timedelta(days=1)
    await page.goto(f"{stack.url}/drivers/{driver}?as_of={day.isoformat()}")
    await expect(page.get_by_role("main")).to_contain_text(re.compile("can’t drive", re.IGNORECASE))
    async with api(stack) as client:
        file = (await client.get(f"/drivers/{driver}/file", params={"as_of": day.isoformat()})).json()
    assert file["as_of"] == day.isoformat()
    medical = next(item for item in file["items"] if item["requirement"] == "mec_cdlis")
    assert (medical["state"], medical["valid_until"]) == ("expired", later.isoformat())
