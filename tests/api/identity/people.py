"""People with passwords, each on a device of their own with an address of its own."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from dot_copilot.app import create_app
from dot_copilot.compose import build_platform
from dot_copilot.core.caller import Role
from dot_copilot.core.platform import Platform
from dot_copilot.features.identity.service import create_user
from tests.support.servers import Servers
from tests.support.world import World

PASSWORD = "seven horses at dawn"
COOKIE = "dot_refresh"


def device(world: World, app: Any = None) -> httpx.AsyncClient:
    """A browser without a session, at a random address."""
    address = ".".join(str(random.randint(1, 254)) for _ in range(4))
    transport = httpx.ASGITransport(app or world.api.app, raise_app_exceptions=False, client=(address, 40000))
    client = httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", timeout=30)
    world.stack.push_async_callback(client.aclose)
    return client


@dataclass
class Person:
    """Somebody of a world, who can sign in on any number of devices."""

    world: World
    id: UUID
    email: str
    password: str = PASSWORD

    async def sign_in(self, client: httpx.AsyncClient | None = None) -> httpx.AsyncClient:
        """A signed-in device."""
        client = client or device(self.world)
        answer = await attempt(client, self.email, self.password)
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client


async def attempt(client: httpx.AsyncClient, email: str, password: str, **more: str) -> httpx.Response:
    """One try to sign in."""
    return await client.post("/auth/login", json={"email": email, "password": password, **more})


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    """One refresh with exactly this token, whatever the jar holds."""
    client.cookies.clear()
    return await client.post("/auth/refresh", headers={"Cookie": f"{COOKIE}={token}"})


async def person(world: World, role: Role = Role.SAFETY_MANAGER, **details: Any) -> Person:
    """Somebody with a password."""
    email = f"{uuid4().hex[:12]}@{world.usdot}.example"
    async with world.worker.database.job_door(world.carrier_id) as door:
        values = {"name": "Pat Example", "password": PASSWORD, **details}
        created = await create_user(door, email=email, role=role, **values)
    return Person(world, created.account.id, email)


@asynccontextmanager
async def owner(servers: Servers) -> AsyncIterator[Any]:
    """A connection as dot_owner, which row-level security does not bind."""
    settings = servers.settings
    connection = await asyncpg.connect(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        user="dot_owner",
        password=servers.secrets["database_owner_password"],
    )
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def other_api(servers: Servers, **settings: Any) -> AsyncIterator[Any]:
    """The application with other settings, started."""

    async def build() -> Platform:
        return await build_platform(servers.settings.model_copy(update=settings), "app")

    app = create_app(build)
    async with app.router.lifespan_context(app):
        yield app


async def actions(world: World, **filters: str) -> list[dict[str, Any]]:
    """The audit entries of the carrier, the newest first."""
    reader = await world.as_role(Role.AUDITOR)
    answer = await reader.get("/audit", params={"limit": 200, **filters})
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
