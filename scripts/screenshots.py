"""Takes the README's screenshots from a stack with demo data: `make screenshots`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.e2e.journeys import api, sign_in
from tests.support.browser import running_browser
from tests.support.stack import Stack, running_stack

PLACE = Path(__file__).resolve().parents[1] / "docs/screenshots"
DESKTOP, PHONE = (1440, 900), (390, 844)


async def _take(
    browser: Browser,
    stack: Stack,
    name: str,
    path: str,
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: str = "light",
    role: str = "",
) -> None:
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-US",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await sign_in(page, stack, role=role or "safety_manager")
    if path != "/":
        await page.goto(stack.url + path)
    await expect(page.get_by_role("heading", level=1).first).to_be_visible()
    await page.wait_for_timeout(1500)
    await page.screenshot(path=PLACE / f"{name}.png")
    await context.close()


async def _all(stack: Stack) -> None:
    async with api(stack) as client:
        blocked = (await client.get("/drivers", params={"may_drive": "false"})).json()["items"][0]["id"]
    async with running_browser() as browser:
        await _take(browser, stack, "duty-board", "/")
        await _take(browser, stack, "drivers", "/drivers")
        await _take(browser, stack, "driver-file", f"/drivers/{blocked}")
        await _take(browser, stack, "import", "/imports")
        await _take(browser, stack, "duty-board-dark-phone", "/", size=PHONE, scheme="dark")
        await _take(browser, stack, "driver-phone", "/", size=PHONE, role="driver")


def main() -> None:
    """Starts a stack, takes them all, stops it."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with running_stack() as stack:
        asyncio.run(_all(stack))


if __name__ == "__main__":
    main()
