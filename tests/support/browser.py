"""The system's Chromium, driven by Playwright, and axe on what it shows."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from dot_copilot.stack.binaries import repository_root

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = "node_modules/axe-core/axe.min.js"


def chromium() -> str | None:
    """The browser's program, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextlib.asynccontextmanager
async def running_browser(*more: str) -> AsyncIterator[Browser]:
    """A headless browser, with `more` command-line switches."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *more])
        try:
            yield browser
        finally:
            await browser.close()


async def axe_violations(page: Page) -> list[str]:
    """WCAG 2.2 AA violations on the page as it stands: rule, help and the first few places."""
    source = Path(repository_root() / "web" / AXE).read_text()
    # Evaluated by the debugger protocol, so the page's own content security policy stays in force.
    await page.evaluate(source + ";undefined")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    result: dict[str, Any] = await page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes'][:3]]}"
        for violation in result["violations"]
    ]
