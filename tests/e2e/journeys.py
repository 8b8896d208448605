"""Steps that several journeys share."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from playwright.async_api import Page, expect

from tests.support.stack import Stack

SIGN_IN = re.compile("^(Sign in|Entrar|Iniciar sesión)$")


async def sign_in(page: Page, stack: Stack, role: str = "safety_manager", carrier: str = "Lone Star") -> None:
    """Signs in with a demo account, in English or Spanish, and waits for the page behind."""
    account = stack.account(role, carrier)
    await page.goto(stack.url)
    await page.get_by_label(re.compile("^(E-mail|Correo)")).fill(account["email"])
    await page.get_by_label(re.compile("^(Password|Contraseña)$")).fill(account["password"])
    await page.get_by_role("button", name=SIGN_IN).click()
    await expect(page.get_by_role("button", name=SIGN_IN)).to_have_count(0)
    await expect(page.get_by_role("main")).to_be_visible()


@asynccontextmanager
async def api(stack: Stack, role: str = "safety_manager", carrier: str = "Lone Star") -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client, signed in with a demo account, through nginx."""
    account = stack.account(role, carrier)
    async with httpx.AsyncClient(base_url=f"{stack.url}/api/v1", timeout=30, trust_env=False) as client:
        answer = await client.post("/auth/login", json={"email": account["email"], "password": account["password"]})
        answer.raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


async def downloaded(page: Page, button: str | re.Pattern[str], role: str = "button") -> bytes:
    """The file behind a button or a link."""
    async with page.expect_download() as found:
        await page.get_by_role(role, name=button).first.click()  # type: ignore[arg-type]
    return Path(await (await found.value).path()).read_bytes()
