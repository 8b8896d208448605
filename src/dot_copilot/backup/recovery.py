"""PostgreSQL's recovery: its copy is unpacked, and its log of changes replayed up to the wanted instant."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import Place, stamp
from dot_copilot.backup.sealing import Keys, Reader, inflated, unseal
from dot_copilot.backup.servers import server
from dot_copilot.stack import binaries
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.parts.postgres import ROLES, verifier
from dot_copilot.stack.servant import NOBODY, hire
from dot_copilot.stack.vault import Vault

if TYPE_CHECKING:
    import asyncpg

_CONFIGURATION = """\
data_directory = '{data}'
hba_file = '{run}/recovery_hba.conf'
ident_file = '{run}/recovery_ident.conf'
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 120
shared_buffers = 256MB
max_wal_size = 2GB
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
restore_command = '{python} -m dot_copilot.backup.wal fetch {key} {wal} %f %p'
recovery_target_action = promote
"""
_AWKWARD = set(" '\"\\%$`;&|<>()*?\n")
_LAST = re.compile(r"last completed transaction was at log time (\S+ \S+)")


def unpack(file: Path, home: Home, keys: Keys) -> None:
    """The data directory, as PostgreSQL's own user owns it."""
    home.postgres.mkdir(mode=0o700)
    with file.open("rb") as stream:
        reader = Reader(inflated(unseal(stream, keys, file.name)))
        with tarfile.open(fileobj=reader, mode="r|") as tar:  # type: ignore[call-overload]
            tar.extractall(home.postgres, filter="data")
        while reader.read(1 << 20):
            pass  # to the last chunk: only that one proves that nothing was cut off
    home.postgres.chmod(0o700)
    (home.postgres / "recovery.signal").touch(0o600)
    if os.geteuid() == 0:
        for path in (home.postgres, *home.postgres.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def missing(place: Place, first: str) -> tuple[str, str] | None:
    """The first hole in the log from segment `first` on: its name, and the last one before it."""
    present = sorted(path.name[:24] for path in place.wal.glob("*.sealed") if re.fullmatch(r"[0-9A-F]{24}", path.name[:24]))
    numbers = {_number(name): name for name in present if _number(name) >= _number(first)}
    if not numbers:
        return None
    for number in range(min(numbers), max(numbers)):
        if number not in numbers:
            return f"{present[-1][:8]}{number >> 8:08X}{number & 255:08X}", numbers[number - 1]
    return None


def _number(name: str) -> int:
    """Segments have 16 MiB: 256 of them to each of the 32-bit numbers in the middle of the name."""
    return (int(name[8:16], 16) << 8) + int(name[16:24], 16)


async def recover(home: Home, place: Place, at: datetime | None, keys: Keys, vault: Vault) -> str:
    """Replays, gives the roles the passwords of `vault`, and leaves a cluster that can be started normally.

    Returns the time of the last transaction it has; empty if the log had none after the backup. The server listens on a socket
    in a directory that only its own user may pass, so that no password of the past is needed.
    """
    with _configured(home, place.wal.absolute(), at, keys.of_log()) as (configuration, sockets):
        servant = hire(home.root, (Path(sys.executable).resolve().parent, place.wal.absolute()))
        command = [*servant.prefix, str(binaries.postgres("postgres")), "-c", f"config_file={configuration}"]
        log = home.log("postgres")
        with server(command, log, user=servant.uid) as process:
            while (connection := await _promoted(sockets)) is None:
                if process.poll() is not None:
                    raise BackupError(_why(log.read_text(errors="replace"), at))
                await asyncio.sleep(0.1)
            try:
                present = {row[0] for row in await connection.fetch("select rolname from pg_roles")}
                for role, secret in {"postgres": "database_superuser_password", **ROLES}.items():
                    if role in present:
                        await connection.execute(f"alter role {role} password '{verifier(vault.secret(secret))}'")
            finally:
                await connection.close()
            process.send_signal(signal.SIGINT)
            await asyncio.to_thread(process.wait, 120)
    found = _LAST.findall(log.read_text(errors="replace"))
    return stamp(datetime.fromisoformat(f"{found[-1]}:00")) if found else ""


async def _promoted(sockets: Path) -> asyncpg.Connection[asyncpg.Record] | None:
    """A connection as superuser, once it is a server of its own."""
    import asyncpg

    try:
        connection = await asyncpg.connect(host=str(sockets), port=5432, user="postgres", database="postgres", timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    if not await connection.fetchval("select pg_is_in_recovery()"):
        return connection
    await connection.close()
    return None


@contextlib.contextmanager
def _configured(home: Home, wal: Path, at: datetime | None, keys: Keys) -> Iterator[tuple[Path, Path]]:
    """The configuration of the recovery, and the directory of its socket; both are gone afterwards, and so is the key."""
    key, configuration = home.run / "recovery.key", home.run / "recovery.conf"
    hba, ident = home.run / "recovery_hba.conf", home.run / "recovery_ident.conf"
    for word in (home.run, sys.executable, wal):
        if _AWKWARD & set(str(word)):
            raise BackupError(f"{word} has characters that a command of PostgreSQL cannot hold; use another directory")
    # Not in the home: the path of a socket may have 107 characters.
    sockets = Path(tempfile.mkdtemp(prefix="dot-copilot-restore-"))
    try:
        words = {"data": home.postgres, "run": home.run, "python": sys.executable, "key": key, "wal": wal, "sockets": sockets}
        text = _CONFIGURATION.format(**words)
        if at is not None:
            text += f"recovery_target_time = '{at.isoformat()}'\n"
        write_private(hba, "local all postgres trust\n", 0o644)
        write_private(ident, "", 0o644)
        write_private(key, keys.text(), 0o400)
        write_private(configuration, text, 0o644)
        if os.geteuid() == 0:
            os.chown(key, NOBODY, NOBODY)
            os.chown(sockets, NOBODY, NOBODY)
        yield configuration, sockets
    finally:
        shutil.rmtree(sockets, ignore_errors=True)
        for path in (configuration, key, hba, ident):
            path.unlink(missing_ok=True)


def _why(log: str, at: datetime | None) -> str:
    """PostgreSQL's reason, for somebody who doesn't read its log."""
    if told := re.findall(r"DOT-BACKUP (.+)", log):
        return f"{told[-1]} (a segment of the log of changes); it can be restored to a moment before that one, with --at"
    if "recovery ended before configured recovery target was reached" in log:
        last = _LAST.findall(log)
        known = f"the last change that was archived is of {last[-1]} UTC" if last else "nothing after the backup was archived"
        when = at.isoformat() if at else ""
        return f"{when} is after what was archived: {known}. Leave --at out to get all there is"
    lines = [line for line in log.splitlines() if "FATAL" in line or "PANIC" in line]
    return f"PostgreSQL could not recover: {lines[-1].split('  ')[-1] if lines else 'it ended at once'}"
