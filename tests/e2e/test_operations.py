"""The Operations page on a real stack: every part is well, a killed worker heals in sight, a request leads to its SQL."""

from __future__ import annotations

import os
import re
import secrets
import signal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.journeys import api, sign_in
from tests.support.browser import axe_violations
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]
WELL = re.compile("Works|[0-9] of [0-9] work")
PATIENCE_MS = 60_000
"""Prometheus and its like start after everything else; a busy machine takes its time."""
PARTS = ("nginx", "Worker", "API", "MCP gateway", "PostgreSQL", "Valkey", "Blob storage", "OpenBao", "Prometheus", "Alertmanager")


async def open_page(page: Page, stack: Stack) -> None:
    """Signs in as an administrator and opens the page by its entry in the navigation."""
    await sign_in(page, stack, role="admin")
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Operations").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Operations")


async def test_every_part_is_well(page: Page, stack: Stack) -> None:
    await open_page(page, stack)
    for name in PARTS:
        box = page.get_by_role("button", name=re.compile(f"^{name} (?!to)")).first
        await expect(box, name).to_contain_text(WELL, timeout=PATIENCE_MS)
    await expect(page.get_by_text("The supervisor of this machine tells how the parts are.")).to_be_visible()
    # Figures arrive: the page's own requests are calls from nginx to the API.
    road = page.get_by_role("button", name=re.compile(r"^nginx to API: [\d.<]+"))
    await expect(road).to_be_visible(timeout=PATIENCE_MS)
    await road.hover()
    await expect(page.get_by_role("tooltip")).to_contain_text("95 % within")


async def test_a_killed_worker_stops_and_heals_before_ones_eyes(page: Page, stack: Stack) -> None:
    await open_page(page, stack)
    box = page.get_by_role("button", name=re.compile("^Worker (?!to)"))
    await expect(box).to_contain_text("Works")
    worker = next(part for part in stack.parts() if part["name"] == "worker")
    os.kill(worker["pid"], signal.SIGKILL)
    happened = page.get_by_role("region", name="While you watch")
    await expect(happened).to_contain_text(re.compile("Worker (works again|was restarted)"), timeout=PATIENCE_MS)
    await expect(box).to_contain_text("Works", timeout=PATIENCE_MS)
    await expect(page.get_by_role("status").filter(has_text="Worker")).to_have_count(1)
    await box.click()
    panel = page.get_by_role("dialog")
    await expect(panel).to_contain_text(re.compile(r"[1-9]\d* restarts?"))
    await expect(panel).to_contain_text("memory")
    await page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(box).to_be_focused()


async def test_a_request_is_followed_from_its_reference_to_its_sql(page: Page, stack: Stack) -> None:
    trace_id = secrets.token_hex(16)
    async with api(stack, "admin") as client:
        answer = await client.get("/drivers", headers={"traceparent": f"00-{trace_id}-{secrets.token_hex(8)}-01"})
        assert answer.headers["x-request-id"] == trace_id
    await open_page(page, stack)
    await page.get_by_label("Reference").fill(f"Reference for support: {trace_id}")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("GET /api/v1/drivers", timeout=PATIENCE_MS)
    await expect(page.get_by_role("button", name=re.compile("^SELECT")).first).to_be_visible()
    await page.get_by_role("button", name=re.compile("^SELECT drivers")).first.click()
    await expect(page.get_by_text("db.operation.name").first).to_be_visible()
    logged = page.get_by_role("region", name="What was logged on the way")
    await expect(logged).to_contain_text("GET /api/v1/drivers 200")
    assert await axe_violations(page) == []
    async with api(stack, "admin", "Cascadia") as other:
        assert (await other.get(f"/operations/traces/{trace_id}")).status_code == 404


@pytest.mark.parametrize(
    ("size", "scheme", "locale"),
    [((1440, 900), "light", "en-US"), ((1024, 768), "dark", "es-MX"), ((390, 844), "dark", "en-US")],
    ids=["desktop", "tablet", "phone"],
)
async def test_the_page_is_accessible_everywhere(
    browser: Browser, stack: Stack, size: tuple[int, int], scheme: str, locale: str
) -> None:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=locale,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await sign_in(page, stack, role="admin")
    for path in ("/operations", "/operations?part=postgres&range=6h&traces=slow"):
        await page.goto(stack.url + path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_role("button", name=re.compile("^PostgreSQL (?!to)"))).to_be_visible()
        await page.wait_for_timeout(1200)
        assert await axe_violations(page) == [], path
        wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
        assert not wide, path
    await context.close()


async def test_the_map_is_reached_by_keyboard_alone(page: Page, stack: Stack) -> None:
    await open_page(page, stack)
    await expect(page.get_by_role("button", name=re.compile("^PostgreSQL"))).to_be_visible()
    await page.get_by_role("button", name="Pause").focus()
    reached = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("document.activeElement.textContent || document.activeElement.ariaLabel"))
        if "PostgreSQL" in reached[-1]:
            break
    assert reached[-1].startswith("PostgreSQL"), reached
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_contain_text("PostgreSQL")
