"""Brings the database to the newest migration: `python -m dot_copilot.migrate`. Quick when there is nothing to do."""

from __future__ import annotations

import asyncio
import ssl
import sys

import asyncpg

from dot_copilot import resources
from dot_copilot.compose import secret_store
from dot_copilot.core.settings import Settings

MIGRATIONS = resources.files() / "migrations"


def newest_revision() -> str:
    """The highest revision among the files: they are numbered and form one line, which a test proves."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def _present_revision(settings: Settings, password: str) -> str | None:
    connection = await asyncpg.connect(
        host=settings.database_host,
        port=settings.database_port,
        database=settings.database_name,
        user="dot_owner",
        password=password,
        ssl=ssl.create_default_context() if settings.database_tls == "verify-full" else "prefer",
        timeout=10,
    )
    try:
        if await connection.fetchval("select to_regclass('public.alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("select version_num from alembic_version")
        return revision
    finally:
        await connection.close()


def upgrade(settings: Settings, password: str) -> None:
    """Runs Alembic up to the head as dot_owner."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(settings=settings, password=password)
    command.upgrade(config, "head")


async def run(settings: Settings) -> str:
    """Migrates if needed; returns the revision the database is at."""
    secrets = secret_store(settings)
    password = await secrets.get("database_owner_password")
    await secrets.close()
    newest = newest_revision()
    if await _present_revision(settings, password) != newest:
        await asyncio.to_thread(upgrade, settings, password)
    return newest


def main() -> None:
    """Prints the revision."""
    sys.stdout.write(f"database is at revision {asyncio.run(run(Settings()))}\n")


if __name__ == "__main__":
    main()
