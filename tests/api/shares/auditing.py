"""A share of some drivers, and auditors who come in by it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from dot_copilot.core.caller import Role
from tests.support.world import World

PERSON = {"name": "Pat Auditor", "organisation": "FMCSA Texas Division"}


async def hire(world: World, number: int, last: str = "Ruiz") -> UUID:
    """A driver as people add one, so that lists know it."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    new = {"employee_id": f"S-{number}", "first_name": "Ana", "last_name": last, "terminal_id": str(world.terminal_id)}
    answer = await manager.post(
        "/drivers", json=new | {"hired_on": "2024-01-05", "email": "ana@home.example", "phone": "5551234567"}
    )
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["id"])


async def share(world: World, *drivers: UUID, **more: Any) -> dict[str, Any]:
    """A share of these drivers, with its secrets."""
    manager = await world.as_role(Role.SAFETY_MANAGER)
    body = {"title": "Audit of May", "drivers": [str(driver) for driver in drivers], "packet": False} | more
    answer = await manager.post("/shares", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def link_of(made: dict[str, Any]) -> str:
    """The token in the link."""
    return str(made["link"]).rsplit("#", 1)[1]


def anybody(world: World, address: str | None = None) -> httpx.AsyncClient:
    """A browser of somebody without an account, at an address of the world's own unless told."""
    number = int(world.usdot)
    own = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(world.api.app, raise_app_exceptions=False, client=(address or own, 1)),
        base_url="http://test/api/v1",
        timeout=60,
    )
    world.stack.push_async_callback(client.aclose)
    return client


async def try_in(client: httpx.AsyncClient, made: dict[str, Any], code: str | None = None, **more: Any) -> httpx.Response:
    """Enters link and code."""
    return await client.post("/shared/sign-in", json={"link": link_of(made), "code": code or made["code"]} | PERSON | more)


async def come_in(world: World, made: dict[str, Any]) -> httpx.AsyncClient:
    """An auditor who is signed in."""
    client = anybody(world)
    answer = await try_in(client, made)
    assert answer.status_code == 200, answer.text
    return client


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and kind of an error."""
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[1]
