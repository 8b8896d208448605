"""A real stack and a real browser, started once for all journeys."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page

from tests.support.browser import chromium, running_browser
from tests.support.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """`dot-copilot up --detach` with demo data."""
    home = os.environ.get("DOT_COPILOT_E2E_HOME")
    if home:  # a stack that runs already, while journeys are being written
        yield Stack(Path(home), int(os.environ["DOT_COPILOT_E2E_PORT"]))
        return
    with running_stack() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; the journeys are off where there is none."""
    if chromium() is None:
        pytest.skip("no Chromium on this machine; 'make setup' says how to get it")
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def phone_browser(browser: Browser) -> AsyncIterator[Browser]:
    """A browser whose camera shows Chromium's test picture, and asks nobody."""
    del browser  # where there is none, its fixture has skipped already
    async with running_browser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as running:
        yield running


# The test picture shows the time since the camera was started, so that two photos are often the same to the byte; and the same
# file is not taken twice.
EACH_ITS_OWN = """
const taken = HTMLCanvasElement.prototype.toBlob;
HTMLCanvasElement.prototype.toBlob = function (...said) {
  const pen = this.getContext('2d');
  for (let place = 0; place < 32; place += 1) {
    pen.fillStyle = Math.random() < 0.5 ? 'black' : 'white';
    pen.fillRect(place * 16, 0, 16, 16);
  }
  return taken.apply(this, said);
};
"""


@pytest_asyncio.fixture(loop_scope="session")
async def phone(phone_browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await phone_browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, is_mobile=True, locale="en-US"
    )
    await made.add_init_script(EACH_ITS_OWN)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A fresh profile, desktop size, English."""
    made = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> Page:
    """A page that fails the test when the application throws."""
    made = await context.new_page()
    made.set_default_timeout(15_000)
    return made
