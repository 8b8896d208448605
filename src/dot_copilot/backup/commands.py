"""`dot-copilot backup ...`."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Place
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import Home, default_home
from dot_copilot.stack.parts import archiving

T = TypeVar("T")
_path = click.Path(file_okay=False, path_type=Path)
_home = click.option("--home", type=_path, help="Directory of the running stack. [default: DOT_COPILOT_HOME or .dot-copilot]")
_dir = click.option("--dir", "directory", type=_path, help="Where backups are. [default: DOT_BACKUP_DIR]")
_key = click.option(
    "--key-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The recovery key, without a running stack."
)


def _run(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except (BackupError, StackError) as error:
        raise click.ClickException(str(error)) from None


def _of(home: Path | None) -> Home:
    return Home(home.expanduser().absolute() if home else default_home())


def _place(home: Home, to: Path | None) -> Place:
    found = to or archiving.directory() or archiving.remembered(home)
    if found is None:
        raise click.ClickException(
            f"nobody has said where backups go: give --dir DIR, or start the stack with {archiving.SETTING}"
        )
    return Place(found.expanduser().absolute())


async def _keys(home: Home, key_file: Path | None) -> Any:
    from dot_copilot.backup.running import Running, read_keys

    return read_keys(key_file) if key_file else (await Running.of(home)).keys


@click.group()
def backup() -> None:
    """Back up the running stack, encrypted, and restore it as of any moment into a new home."""


@backup.command()
@_dir
@_home
def take(directory: Path | None, home: Path | None) -> None:
    """Make a backup now."""
    from dot_copilot.backup.running import Running
    from dot_copilot.backup.take import take as taken

    place = _place(_of(home), directory)

    async def work() -> None:
        made = await taken(await Running.of(_of(home)), place)
        click.echo(
            f"backup {made.id} is in {place.root}: {made.size / 1e6:.1f} MB and {made.blobs} files, as of {made.consistent}"
        )
        if not made.archived:
            click.echo(f"changes after it are not archived: start the stack with {archiving.SETTING} to restore to any moment")

    _run(work())


@backup.command("list")
@_dir
@_home
def list_backups(directory: Path | None, home: Path | None) -> None:
    """Show the backups, the oldest first."""
    try:
        for one in _place(_of(home), directory).manifests():
            reach = "and any later moment" if one.archived else "only"
            click.echo(f"{one.id}  {one.size / 1e6:9.1f} MB  {one.blobs:7} files  restores to {one.consistent} {reach}")
    except BackupError as error:
        raise click.ClickException(str(error)) from None


@backup.command()
@_dir
@_home
@_key
def verify(directory: Path | None, home: Path | None, key_file: Path | None) -> None:
    """Read every file of every backup, and say whether each is genuine and whole."""
    from dot_copilot.backup.check import check

    place = _place(_of(home), directory)

    async def work() -> None:
        click.echo(check(place, await _keys(_of(home), key_file)))

    _run(work())


@backup.command()
@click.option("--days", type=click.IntRange(1, 3650), help="How long backups are kept. [default: DOT_BACKUP_DAYS or 7]")
@_dir
@_home
def prune(days: int | None, directory: Path | None, home: Path | None) -> None:
    """Delete backups that are older, except the one that reaches back furthest."""
    from dot_copilot.backup.prune import prune as pruned

    try:
        gone = pruned(_place(_of(home), directory), days=days or archiving.days())
    except (BackupError, StackError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{len(gone)} backups deleted")


@backup.command("recovery-key")
@_home
def recovery_key(home: Path | None) -> None:
    """Print what opens the backups when this home is lost. Keep it apart from both."""

    async def work() -> None:
        keys = await _keys(_of(home), None)
        click.echo(base64.b64encode(keys.text().encode()).decode())

    _run(work())


@backup.command()
@click.argument("home_a", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("home_b", type=click.Path(exists=True, file_okay=False, path_type=Path))
def compare(home_a: Path, home_b: Path) -> None:
    """Compare two running stacks row for row, file for file and secret for secret."""
    from dot_copilot.backup.check import differences

    found = _run(differences(_of(home_a), _of(home_b)))
    for line in found:
        click.echo(line)
    if found:
        raise click.ClickException(f"{len(found)} differences")
    click.echo("no difference")


@backup.command()
@click.option("--to", "into", required=True, type=_path, help="The new home; it must not exist, or be empty.")
@click.option("--at", help="The moment to restore to, such as 2026-11-28T09:30:00Z. [default: the last that was archived]")
@_dir
@_key
@click.option("--home", type=_path, help="A running stack whose backups they are, to take the key from it.")
def restore(into: Path, at: str | None, directory: Path | None, key_file: Path | None, home: Path | None) -> None:
    """Make a new home from a backup; start it with 'dot-copilot up --home'."""
    from dot_copilot.backup.restore import restore as restored

    if key_file is None and home is None:
        raise click.UsageError("name the file of the recovery key with --key-file, or with --home a running stack that has it")
    place, wanted = _place(_of(home), directory), _moment(at)
    into = into.expanduser().absolute()

    async def work() -> None:
        done = await restored(place, into, await _keys(_of(home), key_file), wanted)
        for step, seconds in done.seconds.items():
            click.echo(f"{step:<24} {seconds:7.1f} s")
        last = done.last_change or f"the backup's own, {done.backup.consistent}"
        click.echo(f"{into} is complete: backup {done.backup.id}, last change {last}, {done.blobs} files")
        if done.blobs_until and done.last_change > done.blobs_until:
            click.echo(f"files were copied up to {done.blobs_until}; rows that came later may name files that are not there")
        click.echo(f"start it with: dot-copilot up --home {into}")

    _run(work())


def _moment(at: str | None) -> datetime | None:
    try:
        wanted = datetime.fromisoformat(at) if at else None
    except ValueError:
        raise click.BadParameter(f"{at} is no moment; write it like 2026-11-28T09:30:00Z", param_hint="--at") from None
    if wanted is not None and wanted.tzinfo is None:
        raise click.BadParameter(f"{at} has no time zone; add Z or +00:00", param_hint="--at")
    return wanted
