"""Commands of the application, for its operator: they speak to the running stack's database as role dot_worker.

`dot-copilot` (`dot_copilot.cli`) sets the stack's environment (DOT_*) and runs what `COMMANDS` holds;
`python -m dot_copilot.commands seed-demo` is what the stack itself runs after the migrations.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import click

from dot_copilot.core.caller import Role
from dot_copilot.core.errors import Problem
from dot_copilot.core.settings import Settings
from dot_copilot.rotation.command import rotate

if TYPE_CHECKING:
    from dot_copilot.core.database import Database
    from dot_copilot.core.platform import Platform
    from dot_copilot.features.roster.schemas import RosterImport

_GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
_SHOWN_ERRORS = 50


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it to its end; what goes wrong is told in one line."""
    try:
        asyncio.run(work())
    except Problem as problem:
        lines = [problem.detail, *(f"  {one.field}: {one.problem}" for one in problem.errors or [])]
        raise click.ClickException("\n".join(lines)) from None
    except KeyError as missing:
        raise click.ClickException(f"the secret store does not hold {missing}; is this the right stack?") from None
    except _GONE as error:
        raise click.ClickException(f"a part of the stack does not answer ({type(error).__name__}: {error})") from None


@asynccontextmanager
async def _platform() -> AsyncIterator[Platform]:
    from dot_copilot.compose import build_platform
    from dot_copilot.discovery import modules

    modules("subscribers")
    platform = await build_platform(Settings(part="cli"), "worker")
    try:
        yield platform
    finally:
        await platform.close()


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    from dot_copilot.compose import connect_database, secret_store

    settings = Settings(part="cli")
    secrets = secret_store(settings)
    try:
        database = await connect_database(settings, secrets, "worker")
    finally:
        await secrets.close()
    try:
        yield database
    finally:
        await database.close()


async def _carrier(database: Database, usdot: str) -> UUID:
    from dot_copilot.features.carriers import repository

    carrier_id = await repository.find_carrier(database, usdot)
    if carrier_id is None:
        raise click.ClickException(f"no carrier has the USDOT number {usdot}; 'dot-copilot carrier add' takes one on")
    return carrier_id


@click.group("seed", help="Fill the stack with demonstration data.")
def _seed() -> None:
    pass


@_seed.command("demo")
def _seed_demo() -> None:
    """Two made-up carriers with drivers, documents and accounts; what is there already is left alone."""
    _run(_seed_demo_work)


async def _seed_demo_work() -> None:
    from dot_copilot.demo import present

    home = Settings(part="cli").home
    async with _database() as database:
        done = await present.is_done(database, home)
    if done:
        click.echo(f"the demo data are there; the accounts are in {home / present.FILE_NAME}")
        return
    from dot_copilot.demo.seed import seed

    async with _platform() as platform:
        seeded = await seed(platform, home)
    filled = " and ".join(seeded.filled) or "no carrier: all were there"
    click.echo(f"filled {filled}; the accounts are in {home / present.FILE_NAME}")


@click.group("import", help="Import data into a carrier.")
def _import() -> None:
    pass


@_import.command("roster")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--carrier", "usdot", required=True, metavar="USDOT", help="The carrier's USDOT number.")
@click.option("--dry-run", is_flag=True, help="Read and check the file, write nothing.")
def _import_roster(file: Path, usdot: str, dry_run: bool) -> None:
    """Import drivers from a CSV or XLSX file, as the web's import does."""
    _run(lambda: _import_roster_work(file, usdot, dry_run))


async def _import_roster_work(file: Path, usdot: str, dry_run: bool) -> None:
    from dot_copilot.features.roster.command import import_file

    async with _platform() as platform:
        last = await import_file(platform, usdot, file, dry_run=dry_run, on_progress=_show_progress)
    click.echo("", err=True)
    for error in last.errors[:_SHOWN_ERRORS]:
        where = f"row {error.row}" + (f", {error.column}" if error.column else "")
        click.echo(f"{where}: {error.problem}" + (f" (it says '{error.value}')" if error.value else ""))
    if last.error_count > _SHOWN_ERRORS:
        click.echo(f"... and {last.error_count - _SHOWN_ERRORS} more")
    if last.problem or last.state in ("failed", "cancelled"):
        raise click.ClickException(last.problem or f"the import was {last.state}")
    kept = "would import" if dry_run else "imported"
    number = last.total - last.skipped if dry_run else last.imported
    click.echo(f"{kept} {number} of {last.total} rows, skipped {last.skipped}")


def _show_progress(present: RosterImport) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{present.state:<10} {present.progress:4.0%}", nl=False, err=True)


@click.group("carrier", help="Create carriers.")
def _carrier_group() -> None:
    pass


@_carrier_group.command("add")
@click.option("--usdot", required=True, help="USDOT number, digits only.")
@click.option("--name", required=True)
@click.option("--time-zone", required=True, metavar="ZONE", help="IANA name, such as America/Chicago.")
@click.option("--admin-email", required=True, help="Who administers it; the name can be changed later.")
def _carrier_add(usdot: str, name: str, time_zone: str, admin_email: str) -> None:
    """Take on a carrier, with an administrator and a one-time password."""
    _run(lambda: _carrier_add_work(usdot, name, time_zone, admin_email))


async def _carrier_add_work(usdot: str, name: str, time_zone: str, admin_email: str) -> None:
    from dot_copilot.features.carriers import service

    async with _database() as database:
        carrier_id = await service.create_carrier(database, usdot=usdot, name=name, time_zone=time_zone)
        click.echo(f"took on {name} (USDOT {usdot})")
        await _add_user(database, carrier_id, admin_email, admin_email.partition("@")[0], Role.ADMIN)


@click.group("user", help="Create people who can sign in.")
def _user() -> None:
    pass


@_user.command("add")
@click.option("--carrier", "usdot", required=True, metavar="USDOT", help="The carrier's USDOT number.")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--terminal", help="Of a supervisor: name or id.")
@click.option("--employee-id", help="Of a driver.")
@click.option("--expires-on", type=click.DateTime(["%Y-%m-%d"]), help="The last day; an auditor has one.")
def _user_add(*, usdot: str, email: str, name: str, role: str, expires_on: datetime | None, **place: str | None) -> None:
    """Add a person, with a one-time password."""

    async def work() -> None:
        async with _database() as database:
            carrier_id = await _carrier(database, usdot)
            more: dict[str, Any] = {"expires_on": expires_on.date() if expires_on else None}
            more |= await _place(database, carrier_id, **place)
            await _add_user(database, carrier_id, email, name, Role(role), **more)

    _run(work)


@_user.command("reset-second-factor")
@click.option("--carrier", "usdot", required=True, metavar="USDOT", help="The carrier's USDOT number.")
@click.option("--email", required=True)
def _user_reset_second_factor(usdot: str, email: str) -> None:
    """Take the code generator of somebody who is shut out away, and end their sessions."""
    _run(lambda: _reset_second_factor_work(usdot, email))


async def _reset_second_factor_work(usdot: str, email: str) -> None:
    from dot_copilot.features.identity.repository import users
    from dot_copilot.features.identity.service import second_factor

    async with _platform() as platform:
        carrier_id = await _carrier(platform.database, usdot)
        async with platform.database.job_door(carrier_id, via="cli") as door:
            user_id = await users.find_here(door, email)
            if user_id is None:
                raise click.ClickException(f"nobody of that carrier signs in with {email}")
            await second_factor.remove(door, platform, user_id, by="the shell")
    click.echo(f"{email} signs in with the password alone, and sets a new generator up if the carrier asks for one")


async def _place(database: Database, carrier_id: UUID, *, terminal: str | None, employee_id: str | None) -> dict[str, UUID]:
    from dot_copilot.features.carriers import repository
    from dot_copilot.features.drivers import bulk_repository

    found: dict[str, UUID] = {}
    async with database.job_door(carrier_id, via="cli") as door:
        if terminal is not None:
            row = await repository.find_terminal(door, terminal)
            if row is None:
                raise click.ClickException(f"the carrier has no terminal '{terminal}'")
            found["terminal_id"] = row["id"]
        if employee_id is not None:
            ids = await bulk_repository.ids_by_employee_id(door, [employee_id])
            if not ids:
                raise click.ClickException(f"the carrier has no driver with the employee id '{employee_id}'")
            found["driver_id"] = ids[employee_id]
    return found


async def _add_user(database: Database, carrier_id: UUID, email: str, name: str, role: Role, **more: Any) -> None:
    from dot_copilot.features.identity.service import create_user

    async with database.job_door(carrier_id, via="cli") as door:
        created = await create_user(door, email=email, name=name, role=role, **more)
    click.echo(f"added {created.account.email} as {role}")
    click.echo(f"one-time password, good for a week: {created.one_time_password}")


@click.group("audit", help="Check the audit log.")
def _audit() -> None:
    pass


@_audit.command("verify")
@click.option("--carrier", "usdot", metavar="USDOT", help="One carrier only.")
@click.option("--known", metavar="NUMBER:HASH", help="'last' of an earlier check of that carrier, kept elsewhere.")
def _audit_verify(usdot: str | None, known: str | None) -> None:
    """Recompute every hash, and name the first entry that was changed, moved, or is missing."""
    if known is not None and usdot is None:
        raise click.UsageError("--known belongs to one carrier: name it with --carrier")

    async def work() -> None:
        from dot_copilot.features.audit import command

        async with _database() as database:
            every = [row["id"] for row in await database.lookup_all("select id from app.all_carriers()")]
            chosen = every if usdot is None else [await _carrier(database, usdot)]
            if not await command.verify(database, chosen, known, click.echo):
                raise click.ClickException("the audit log is not as it was written")

    _run(work)


COMMANDS: dict[str, click.Command] = {
    "audit": _audit,
    "import": _import,
    "seed": _seed,
    "carrier": _carrier_group,
    "user": _user,
    "rotate": rotate,
}


@click.group()
def main() -> None:
    """What the stack runs by itself."""


main.add_command(_seed_demo, "seed-demo")

if __name__ == "__main__":
    main()
