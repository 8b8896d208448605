"""Every page, on a desktop and a phone: accessible (axe, WCAG 2.2 AA), no wider than the screen, no error in the console."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from tests.e2e.journeys import api, sign_in
from tests.support.browser import axe_violations
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]
PAGES = ["/", "/drivers", "/imports", "/audit", "/settings", "/drivers?may_drive=false", "/no-such-page"]
PAGES += ["/packets", "/packets?make=true", "/shares", "/shares?make=true", "/verify", "/shared"]
SCREENS = {"desktop": (1440, 900, "light", "en-US"), "phone": (390, 844, "dark", "es-MX")}


def _watch(page: Page) -> list[str]:
    """Errors of the application; a 401 of the first silent refresh is how a browser without a session starts."""
    seen: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "401" not in message.text:
            seen.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: seen.append(str(error)))
    return seen


async def _check(page: Page) -> list[str]:
    await expect(page.get_by_role("main")).to_be_visible()
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await page.wait_for_timeout(700)  # until what was asked for is drawn
    too_wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    return await axe_violations(page) + (["wider than the screen"] if too_wide else [])


@pytest.mark.parametrize("screen", SCREENS)
async def test_pages_of_a_safety_manager(browser: Browser, stack: Stack, screen: str) -> None:
    width, height, scheme, locale = SCREENS[screen]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=locale,
        reduced_motion="reduce",
    )
    page = await context.new_page()
    errors = _watch(page)
    await page.goto(stack.url)
    found = {"sign-in": await _check(page)}
    await sign_in(page, stack)
    async with api(stack) as client:
        driver = (await client.get("/drivers", params={"may_drive": "false"})).json()["items"][0]["id"]
    for path in [*PAGES, f"/drivers/{driver}"]:
        await page.goto(stack.url + path)
        found[path] = await _check(page)
    await context.close()
    assert {path: problems for path, problems in found.items() if problems} == {}
    assert errors == []


async def test_a_driver_sees_the_own_verdict_and_one_big_button(browser: Browser, stack: Stack) -> None:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en-US", is_mobile=True, has_touch=True)
    page = await context.new_page()
    await sign_in(page, stack, role="driver")
    assert await _check(page) == []
    buttons = await page.get_by_role("main").get_by_role("button").all()
    heights = [box["height"] for button in buttons if (box := await button.bounding_box())]
    assert heights
    assert min(heights) >= 44
    await page.goto(f"{stack.url}/drivers")
    await expect(page.get_by_role("main")).not_to_contain_text("Employee")
    await context.close()
