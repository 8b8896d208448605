"""Sending files as evidence, and looking at what the store holds."""

from __future__ import annotations

from typing import Any

import httpx

from dot_copilot.core.caller import Role
from tests.support import files
from tests.support.world import World

FORM = {"requirement": "mec", "obtained_on": "2026-01-15", "expires_on": ""}


async def send(client: httpx.AsyncClient, driver: object, content: bytes, name: str = "card.pdf", **form: str) -> httpx.Response:
    """Evidence with a file."""
    return await client.post(
        f"/drivers/{driver}/evidence", data=FORM | form, files={"file": (name, content, "application/octet-stream")}
    )


async def send_pdf(world: World, driver: object) -> dict[str, Any]:
    """The document of a PDF sent by a safety manager."""
    answer = await send(await world.as_role(Role.SAFETY_MANAGER), driver, files.pdf())
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()["document"]
    return document


async def blobs_of(world: World) -> list[str]:
    """Names of what the carrier has in the store."""
    return [name async for name, _ in world.worker.blobs.list(f"{world.carrier_id}/")]
