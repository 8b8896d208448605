"""Making a backup: the database as its server copies it, then the secrets, then the files, and the manifest at the very end."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from dot_copilot.backup import blobs, vaulted
from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import BASE, Manifest, Place, durably, stamp, told
from dot_copilot.backup.running import Running
from dot_copilot.backup.sealing import seal
from dot_copilot.stack import binaries
from dot_copilot.stack.parts import archiving
from dot_copilot.stack.parts.postgres import READY_MARKER
from dot_copilot.version import version

_FIRST = re.compile(rb"START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)")
_READ = 1 << 20
_PATIENCE_S = 60
_LOCK = 4476757
"""The advisory lock of whoever makes a backup."""


async def take(running: Running, place: Place) -> Manifest:
    """One backup of the stack into `place`, whole when this returns; nothing of it is kept after an error (BackupError)."""
    place.claim(archiving.identity(running.home))
    started, gap = datetime.now(UTC), archiving.gap(running.home)
    backup_id = f"{started:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    connection = await running.connect()
    try:
        if not await connection.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            raise BackupError("another backup of this stack is being made; wait until it has ended")
        # A copy that somebody takes elsewhere has no log of changes beside it.
        archived = archiving.remembered(running.home) == place.root
        with told(place.root):
            partial = place.new(backup_id)
            try:
                first, base = await asyncio.to_thread(_database, running, partial)
                consistent = await connection.fetchval("select clock_timestamp()")
                last = await connection.fetchval("select pg_walfile_name(pg_current_wal_lsn())")
                count = await follow(running, place)
                finished = stamp(datetime.now(UTC))
                manifest = Manifest(
                    backup_id, stamp(started), stamp(consistent), finished, first, last, archived, count, version(),
                    running.keys.newest, {BASE: base},
                )  # fmt: skip
                place.keep(partial, manifest, running.keys)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
    finally:
        await connection.close()
    if gap and gap == archiving.gap(running.home):  # what was let go meanwhile makes another backup due
        (running.home.postgres / archiving.GAP).unlink(missing_ok=True)
    return manifest


async def follow(running: Running, place: Place) -> int:
    """What has changed since the last time: secrets, files, and the log of changes up to now. Returns the number of files.

    The log goes first, for files and secrets that a row names are there before it and stay a while after.
    """
    await _end_segment(running)
    taken = datetime.now(UTC)
    contents = await vaulted.read(running.home, running.ports["openbao"])
    with told(place.root):
        vaulted.keep(place, contents, running.keys, taken)
        with running.blobs() as store:
            return await asyncio.to_thread(blobs.copy, store, place, running.keys)


async def _end_segment(running: Running) -> None:
    """Lets PostgreSQL archive what it has up to now; BackupError if it hasn't done so after a while.

    A recovery stops at the first transaction after the wanted moment, so there has to be one, also in a quiet night.
    """
    connection = await running.connect()
    try:
        if await connection.fetchval("select current_setting('archive_mode')") != "on":
            return
        await connection.fetchval("select pg_current_xact_id()::text")
        segment = await connection.fetchval("select pg_walfile_name(pg_switch_wal())")
        for _ in range(_PATIENCE_S * 10):
            if await connection.fetchval("select left(last_archived_wal, 24) >= $1 from pg_stat_archiver", segment):
                return
            await asyncio.sleep(0.1)
    finally:
        await connection.close()
    raise BackupError(
        f"PostgreSQL has not archived segment {segment} of its log of changes; {running.home.log('postgres')} says why, "
        "and it tries again by itself"
    )


def _database(running: Running, partial: Path) -> tuple[str, tuple[str, int]]:
    """The data directory as one tar, compressed and sealed; returns the first segment its recovery needs, and its digest."""
    with contextlib.suppress(OSError):
        (running.home.postgres / READY_MARKER).chmod(0o644)  # an earlier release made it for its own eyes
    program = str(binaries.postgres("pg_basebackup"))
    words = ["-D", "-", "-F", "tar", "-X", "fetch", "-c", "fast", "--no-password", "--no-manifest"]
    environment = running.database()
    first = b""
    with tempfile.TemporaryFile() as complaints:
        command = [program, *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=environment)  # noqa: S603
        stdout = process.stdout
        assert stdout is not None

        def pieces() -> Iterator[bytes]:
            nonlocal first
            compress = zlib.compressobj(1)
            while piece := stdout.read(_READ):
                if not first and (found := _FIRST.search(piece)):
                    first = found[1]
                yield compress.compress(piece)
            yield compress.flush()
            if process.wait() != 0:
                complaints.seek(0)
                raise BackupError(f"PostgreSQL did not give a copy: {complaints.read().decode(errors='replace').strip()}")

        try:
            result: list[tuple[str, int]] = []
            durably(partial / BASE, lambda out: result.append(seal(pieces(), out, running.keys, BASE)))
        finally:
            process.kill()
            process.wait()
    if not first:
        raise BackupError("PostgreSQL's copy does not say where its recovery begins; nothing was kept")
    return first.decode(), result[0]
