"""The guard against real PostgreSQL and Valkey."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from valkey.asyncio import Valkey

from dot_copilot.compose import connect_database, secret_store
from dot_copilot.core.database import Database
from dot_copilot.core.platform import Platform
from dot_copilot.mcp.gateway.guard.registry import Registry
from tests.mcp.guard.people import Person, make_carrier, make_person
from tests.support.servers import Servers


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def gateway_database(servers: Servers) -> AsyncIterator[Database]:
    """A pool of the role dot_gateway."""
    database = await connect_database(servers.settings, secret_store(servers.settings), "gateway")
    yield database
    await database.close()


@pytest_asyncio.fixture(loop_scope="session")
async def registry(gateway_database: Database) -> Registry:
    """What the gateway may ask PostgreSQL."""
    return Registry(gateway_database)


@pytest_asyncio.fixture(loop_scope="session")
async def valkey(servers: Servers) -> AsyncIterator[Valkey]:
    """A client of its own."""
    settings = servers.settings
    client = Valkey(host=settings.valkey_host, port=settings.valkey_port, password=servers.secrets["valkey_password"])
    yield client
    await client.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def person(worker: Platform, servers: Servers) -> Person:
    """A safety manager of a carrier of their own."""
    return await make_person(worker, servers.secrets["jwt_signing_keys"], await make_carrier(worker))
