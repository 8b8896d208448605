"""PostgreSQL with a token for a password: a login of the identity's own takes on the role, and tokens are renewed.

The server is real; what it compares the token with is set by the test, as on Azure Entra's public keys are.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from azure.core.credentials import AccessToken

from dot_copilot.adapters.database.entra import EntraPassword
from dot_copilot.compose import connect_database, sign_in
from dot_copilot.core.database import Database, SignIn
from dot_copilot.core.role_password import RolePassword
from dot_copilot.core.settings import Settings
from dot_copilot.worker import create_worker_app
from tests.support.azure import token
from tests.support.servers import Servers

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOGIN = "id-dotcopilot-test"


class Server:
    """The server's side: which token of the identity is good now."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self.connection, self.present, self.lasts, self.given = connection, "", 3600.0, 0

    async def renew(self) -> None:
        self.given += 1
        self.present = token("https://ossrdbms-aad.database.windows.net", time.time() + 3600, number=self.given)
        await self.connection.execute(f"alter role \"{LOGIN}\" password '{self.present}'")

    async def get_token(self, scope: str) -> AccessToken:
        await self.renew()
        return AccessToken(self.present, int(time.time() + self.lasts))

    async def close(self) -> None:
        return None


@pytest_asyncio.fixture(loop_scope="session")
async def server(servers: Servers) -> AsyncIterator[Server]:
    settings = servers.settings
    connection = await asyncpg.connect(
        host="127.0.0.1",
        port=settings.database_port,
        database=settings.database_name,
        user="postgres",
        password=servers.secrets["database_superuser_password"],
    )
    await connection.execute(f'create role "{LOGIN}" login noinherit')
    await connection.execute(f'grant dot_app, dot_worker to "{LOGIN}"')
    yield Server(connection)
    await connection.execute(f'drop role "{LOGIN}"')
    await connection.close()


def entra_settings(servers: Servers) -> Settings:
    return servers.settings.model_copy(update={"database_login": LOGIN})


async def open_pool(servers: Servers, server: Server, role: str = "dot_app") -> Database:
    settings = servers.settings
    return await Database.connect(
        host=settings.database_host,
        port=settings.database_port,
        name=settings.database_name,
        sign_in=SignIn(LOGIN, EntraPassword(lambda: server), role),  # type: ignore[arg-type,return-value]
        size=3,
    )


async def test_the_identity_works_as_the_role(servers: Servers, server: Server) -> None:
    database = await open_pool(servers, server)
    row = await database.lookup(
        "select session_user::text as login, current_user::text as role, current_setting('application_name') as name"
    )
    assert row is not None
    assert (row["login"], row["role"], row["name"]) == (LOGIN, "dot_app", "dot_app")
    # Row-level security is the role's, and what another role may is not for this one.
    assert await database.lookup("select 1 from drivers limit 1") is None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.lookup("select 1 from procrastinate_workers limit 1")
    await database.close()


async def test_connections_outlive_their_token_and_new_ones_get_a_new_one(servers: Servers, server: Server) -> None:
    server.lasts = 0  # each token is at its end when it comes
    database = await open_pool(servers, server)
    async with database._pool.acquire() as first, database._pool.acquire() as second:
        assert await first.fetchval("select 1") == await second.fetchval("select 1") == 1
        assert server.given == 2
    await database.close()


async def test_a_token_that_the_server_does_not_take_is_an_error_at_once(servers: Servers, server: Server) -> None:
    class Elsewhere(Server):
        async def renew(self) -> None:
            self.present = "a token of another server"

    with pytest.raises(asyncpg.InvalidPasswordError):
        await open_pool(servers, Elsewhere(server.connection))


async def test_the_workers_own_driver_signs_in_the_same_way(
    servers: Servers, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dot_copilot.worker

    monkeypatch.setattr(dot_copilot.worker, "modules", lambda _name: [])  # tasks are named once a process, by another fixture
    password = EntraPassword(lambda: server)  # type: ignore[arg-type,return-value]
    app = create_worker_app(entra_settings(servers), password)
    async with app.open_async():
        rows = await app.connector.execute_query_all_async("select session_user::text as login, current_user::text as role")
    assert [dict(row) for row in rows] == [{"login": LOGIN, "role": "dot_worker"}]


async def test_settings_choose_between_password_and_identity(servers: Servers) -> None:
    from dot_copilot.adapters.secrets.file import FileSecretStore

    assert servers.settings.secrets_file is not None
    secrets = FileSecretStore(servers.settings.secrets_file)
    by_password = await sign_in(servers.settings, secrets, "app")
    assert by_password.user == "dot_app"
    assert isinstance(by_password.password, RolePassword)
    as_identity = await sign_in(entra_settings(servers), secrets, "worker")
    assert (as_identity.user, as_identity.role) == (LOGIN, "dot_worker")
    assert isinstance(as_identity.password, EntraPassword)


async def test_a_server_without_a_trusted_certificate_is_refused_where_it_must_have_one(servers: Servers) -> None:
    from dot_copilot.adapters.secrets.file import FileSecretStore

    assert servers.settings.secrets_file is not None
    strict = servers.settings.model_copy(update={"database_tls": "verify-full"})
    with pytest.raises((ConnectionError, OSError)):
        await connect_database(strict, FileSecretStore(servers.settings.secrets_file), "app")
