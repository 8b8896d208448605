"""Brings the database to the newest migration: `python -m dot_copilot.migrate`. Quick when there is nothing to do."""

from __future__ import annotations

import asyncio
import ssl
import sys
import time
from typing import TYPE_CHECKING

import asyncpg

from dot_copilot import resources
from dot_copilot.compose import secret_store
from dot_copilot.core.role_password import RolePassword
from dot_copilot.core.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

MIGRATIONS = resources.files() / "migrations"
_LOCK = 4476756  # "DOT" in ASCII; an advisory lock of the database
_ATTEMPTS = 4
_LOCK_NOT_AVAILABLE = "55P03"
_HOLDER = """select a.application_name, a.pid, a.backend_start at time zone 'utc'
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.classid = 0 and l.objid = 4476756 and l.granted
      and l.database = (select oid from pg_database where datname = current_database())"""


class MigrationError(RuntimeError):
    """The database was not brought to the newest migration; the text says why and what the schema is at."""


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


def exclusively(connection: Connection, *, seconds: float) -> None:
    """Takes the lock of migrations for as long as `connection` lives; MigrationError that names its holder after `seconds`."""
    deadline = time.monotonic() + seconds
    while not connection.exec_driver_sql(f"select pg_try_advisory_lock({_LOCK})").scalar():
        holder = connection.exec_driver_sql(_HOLDER).first()
        connection.commit()
        if time.monotonic() >= deadline:
            who = f"'{holder[0]}' (server process {holder[1]}, since {holder[2]:%H:%M:%S} UTC)" if holder else "somebody"
            raise MigrationError(
                f"{who} is migrating this database; waited {seconds:g} s and changed nothing. "
                "Wait until that deploy has ended, then deploy again"
            )
        time.sleep(0.2)
    connection.commit()


def upgrade(settings: Settings, password: str, *, wait_seconds: float = 60, pause: float = 2) -> None:
    """Runs Alembic up to the head as dot_owner. MigrationError that names the migration which failed, and why.

    A migration that doesn't get a table within the lock timeout has changed nothing: requests of the running release go first,
    and it is tried again, a few times.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.exc import DBAPIError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(settings=settings, password=password, wait_seconds=wait_seconds)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            command.upgrade(config, "head")
            return
        except DBAPIError as error:
            busy = getattr(error.orig, "sqlstate", "") == _LOCK_NOT_AVAILABLE
            if busy and attempt < _ATTEMPTS:
                time.sleep(pause * attempt)
                continue
            present = asyncio.run(_present_revision(settings, password))
            reason = " ".join(str(error.orig).split())
            tried = f" after {attempt} attempts" if busy else ""
            raise MigrationError(
                f"migration {_following(present)} failed{tried}: {reason}. Nothing of it was kept: the schema is at "
                f"{present or 'its beginning'}, and the running release goes on with it"
            ) from None


def _following(revision: str | None) -> str:
    """The name of the first migration after `revision`."""
    names = sorted(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return next((name for name in names if name[:4] > (revision or "")), "(none)")


async def run(settings: Settings) -> str:
    """Migrates if needed; returns the revision the database is at."""
    secrets = secret_store(settings)

    async def look(word: str) -> tuple[str, str | None]:
        return word, await _present_revision(settings, word)

    try:
        owner = await RolePassword.read(secrets, "owner")
        password, present = await owner.opening(look, asyncpg.InvalidPasswordError)
    finally:
        await secrets.close()
    newest = newest_revision()
    if present is not None and present > newest:
        return present  # a later release has been here, and its schema serves this one too
    if present != newest:
        await asyncio.to_thread(upgrade, settings, password)
    return newest


def main() -> None:
    """Prints the revision, or in one line what went wrong."""
    try:
        sys.stdout.write(f"database is at revision {asyncio.run(run(Settings()))}\n")
    except RuntimeError as error:  # as a script this module is loaded twice, and so is its MigrationError
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
