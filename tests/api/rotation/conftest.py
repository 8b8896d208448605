"""A PostgreSQL and an OpenBao of these tests' own: they replace passwords, which nobody else here expects."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from dot_copilot.adapters.secrets.openbao import OpenBaoSecretStore
from dot_copilot.rotation.openbao import OpenBaoKeeper
from dot_copilot.rotation.passwords import Server
from dot_copilot.stack.home import Home
from tests.support.servers import Servers, running_servers
from tests.unit.stack.test_vault import openbao, store_of

ROLES = ("app", "worker")


@dataclass
class Place:
    """What a rotation works on, as its operator has it, and as a process of the application has it."""

    home: Home
    port: int
    server: Server
    superuser: str

    def keeper(self) -> OpenBaoKeeper:
        return OpenBaoKeeper(f"http://127.0.0.1:{self.port}", self.home.secrets / "supervisor.json")

    def store(self) -> OpenBaoSecretStore:
        return store_of(self.home, self.port)

    async def as_superuser(self, statement: str) -> None:
        where: dict[str, Any] = {"host": self.server.host, "port": self.server.port, "database": self.server.database}
        connection = await asyncpg.connect(**where, user="postgres", password=self.superuser)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="module")
def own_servers() -> Iterator[Servers]:
    with running_servers() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(own_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    home = Home(tmp_path_factory.mktemp("rotation") / "home")
    home.create()
    settings = own_servers.settings
    async with openbao(home) as (vault, port):
        server = Server(settings.database_host, settings.database_port, settings.database_name)
        made = Place(home, port, server, own_servers.secrets["database_superuser_password"])
        for role in ("app", "worker", "gateway", "owner"):
            await made.as_superuser(f"alter role dot_{role} password '{vault.secret(f'database_{role}_password')}'")
        await made.as_superuser("grant connect on database dot_copilot to dot_app, dot_worker, dot_gateway")
        yield made
