"""Passkeys with Chromium's own authenticator: added in the account, signing in, and standing for what is sensitive."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, CDPSession, Page, expect
from playwright.async_api import TimeoutError as NotInTime

from tests.e2e.journeys import sign_in
from tests.support.browser import axe_violations
from tests.support.stack import Stack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.e2e]
_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    # It answers when it is asked, as a person does who touches it at once.
    "automaticPresenceSimulation": True,
}


@pytest_asyncio.fixture(loop_scope="session")
async def device(page: Page) -> AsyncIterator[tuple[CDPSession, str]]:
    """The page's authenticator: the debugger's session, and its id there."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": _DEVICE})
    yield session, made["authenticatorId"]
    await session.detach()


async def sign_out(page: Page, stack: Stack, context: BrowserContext) -> None:
    await context.clear_cookies()
    await page.goto(f"{stack.url}/sign-in")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_passkey_is_added_signs_in_and_is_removed(
    page: Page, context: BrowserContext, stack: Stack, device: tuple[CDPSession, str]
) -> None:
    session, authenticator = device
    await sign_in(page, stack, role="admin")
    await page.goto(f"{stack.url}/settings?tab=profile")
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Cab tablet")
    await page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has_text="Cab tablet")
    await expect(row).to_contain_text("not used yet")
    held = await session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})
    assert [(one["rpId"], one["isResidentCredential"]) for one in held["credentials"]] == [("localhost", True)]
    assert await axe_violations(page) == []

    # While nobody touches the device, the browser only offers it below the e-mail field.
    presence = {"authenticatorId": authenticator, "enabled": False}
    await session.send("WebAuthn.setAutomaticPresenceSimulation", presence)
    await sign_out(page, stack, context)
    assert await axe_violations(page) == []
    await session.send("WebAuthn.setAutomaticPresenceSimulation", {**presence, "enabled": True})
    # With somebody there, what is offered below the field may sign in before the button is hit.
    with contextlib.suppress(NotInTime):
        await page.get_by_role("button", name="Sign in with a passkey").click(timeout=5_000)
    await expect(page.get_by_role("heading", name="Sign in")).to_have_count(0, timeout=20_000)
    await page.goto(f"{stack.url}/settings?tab=profile")
    await expect(row).to_contain_text(re.compile("Last used"))

    await page.get_by_role("button", name="Remove Cab tablet").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    await expect(row).to_have_count(0)


async def test_a_device_that_does_not_know_its_person_opens_nothing(
    page: Page, stack: Stack, device: tuple[CDPSession, str]
) -> None:
    session, authenticator = device
    await sign_in(page, stack, role="admin")
    await page.goto(f"{stack.url}/settings?tab=profile")
    await session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Found phone")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("No passkey was made.")
