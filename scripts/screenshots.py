"""Takes the README's screenshots from a stack with demo data: `make screenshots`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from itertools import cycle
from pathlib import Path

from playwright.async_api import Browser, expect

from scripts.record_shots import take_record
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
    during: Callable[[Stack], AbstractAsyncContextManager[None]] | None = None,
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
    async with during(stack) if during else contextlib.nullcontext():
        await page.wait_for_timeout(1500)
        await page.screenshot(path=PLACE / f"{name}.png")
    await context.close()


async def _use(stack: Stack, seconds: float) -> None:
    """A fleet at work, so that the map has traffic on its roads."""
    async with api(stack) as client:
        files = [f"/drivers/{one['id']}/file" for one in (await client.get("/drivers")).json()["items"]]
        paths = cycle(["/drivers", "/compliance/summary", "/compliance/upcoming", "/audit", *files])
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await client.get(next(paths))
            await asyncio.sleep(0.05)


async def _operations(browser: Browser, stack: Stack) -> None:
    """The map at work, on a phone, a trace, and the map with a worker that hangs."""
    using = asyncio.create_task(_use(stack, 150))
    await asyncio.sleep(75)
    await _take(browser, stack, "operations", "/operations", role="admin")
    await _take(browser, stack, "operations-phone", "/operations", size=PHONE, scheme="dark", role="admin")
    async with api(stack, "admin") as client:
        kept = (await client.get("/operations/traces", params={"part": "api"})).json()["items"]
        trace = max(kept, key=lambda one: one["spans"])["trace_id"]
    await _take(browser, stack, "trace", f"/operations/traces/{trace}", role="admin")
    await _take(browser, stack, "operations-broken", "/operations", scheme="dark", role="admin", during=_stop_worker)
    using.cancel()


@contextlib.asynccontextmanager
async def _stop_worker(stack: Stack) -> AsyncIterator[None]:
    """The worker hangs, as a process does that waits for ever."""
    worker = next(part["pid"] for part in stack.parts() if part["name"] == "worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        await asyncio.sleep(12)
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


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
        await take_record(browser, stack, _take, PLACE)
        await _operations(browser, stack)


def main() -> None:
    """Starts a stack, takes them all, stops it."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with running_stack() as stack:
        asyncio.run(_all(stack))


if __name__ == "__main__":
    main()
