"""Is there anything to migrate? Asking costs milliseconds; starting the migrations to hear "no" costs half a second."""

from __future__ import annotations

from pathlib import Path

from dot_copilot.stack.parts.postgres import DATABASE
from dot_copilot.stack.vault import Vault


class PostgresSchema:
    """The schema's revision, as Alembic keeps it, against the newest file in `migrations/versions`."""

    def __init__(self, vault: Vault, port: int, files: Path) -> None:
        self._vault = vault
        self._port = port
        self._versions = files / "migrations/versions"

    async def is_newest(self) -> bool:
        """Whether the database is at the newest revision, or at one that a later release has brought it to.

        When in doubt it is not, and the migrations decide.
        """
        import asyncpg

        files = self._versions.glob("[0-9]*.py")
        newest = max((path.name.split("_")[0] for path in files), default="")
        try:
            connection = await asyncpg.connect(
                host="127.0.0.1",
                port=self._port,
                user="dot_owner",
                database=DATABASE,
                password=self._vault.secret("database_owner_password"),
                ssl=False,
                timeout=5,
            )
            try:
                found = [row[0] for row in await connection.fetch("SELECT version_num FROM alembic_version")]
                return len(found) == 1 and bool(newest) and found[0] >= newest
            finally:
                await connection.close()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
