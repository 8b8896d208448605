"""A new home from a backup. Until it is complete a mark in it keeps it from being started.

It is made in its place and not beside it: the secret store remembers where its audit log is.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dot_copilot.backup import blobs, recovery, servers, vaulted
from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.place import BASE, Manifest, Place, settle, told
from dot_copilot.backup.sealing import Keys
from dot_copilot.stack.errors import StackError
from dot_copilot.stack.home import UNFINISHED, Home
from dot_copilot.stack.servant import NOBODY, closed_parent, hire


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: from which backup, the last transaction's time (empty if the log had none), files, seconds of each step."""

    backup: Manifest
    last_change: str
    blobs: int
    seconds: dict[str, float]
    blobs_until: str


def choose(place: Place, at: datetime | None) -> Manifest:
    """The newest backup that can reach `at`; BackupError when that is before the first one."""
    whole = place.manifests()
    if not whole:
        raise BackupError(f"there is no whole backup in {place.root}")
    able = [one for one in whole if at is None or datetime.fromisoformat(one.consistent) <= at]
    if not able:
        raise BackupError(f"{at} is before the first backup, which can be restored to {whole[0].consistent} and later")
    return able[-1]


async def restore(place: Place, into: Path, keys: Keys, at: datetime | None = None) -> Restored:
    """Makes the home `into` as the backed-up one was at `at`, or at the last change that was archived."""
    if into.exists() and not (into.is_dir() and ((into / UNFINISHED).exists() or not any(into.iterdir()))):
        raise BackupError(f"{into} is not empty; a backup is restored into a new home only, and nothing there was touched")
    backup = choose(place, at)
    place.genuine(backup, keys)
    _whole_log(place, backup, at)
    with told(into), _begun(into):
        try:
            return await _into(Home(into), place, backup, keys, at)
        except StackError as error:
            raise BackupError(str(error)) from None


@contextlib.contextmanager
def _begun(into: Path) -> Iterator[None]:
    """Marks the home as unfinished, so that nobody starts it, until all is there; after an error nothing of it is left."""
    there = into.exists()
    into.mkdir(parents=True, exist_ok=True)
    with (into / UNFINISHED).open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"{into} is being restored at this moment; wait until it has ended") from None
        # What a restore that was killed has left.
        _empty(into)
        try:
            yield
        except BaseException:
            _empty(into)
            (into / UNFINISHED).unlink()
            if not there:
                into.rmdir()
            raise
        shutil.rmtree(into / "run")
        os.sync()
        (into / UNFINISHED).unlink()
        settle(into)


def _empty(into: Path) -> None:
    for path in into.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != UNFINISHED:
            path.unlink()


def _whole_log(place: Place, backup: Manifest, at: datetime | None) -> None:
    """BackupError when a segment between two others is missing and nobody has asked for a moment before it."""
    if not backup.archived:
        if at is not None:
            raise BackupError(
                f"with backup {backup.id} no log of changes was archived; leave --at out to get {backup.consistent}"
            )
        return
    if os.geteuid() == 0 and not hire(place.root).prefix:
        closed = closed_parent(place.root.absolute())
        if closed is not None or place.wal.stat().st_uid != NOBODY:
            remedy = f"chmod o+x {closed}" if closed else f"chown -R {NOBODY}:{NOBODY} {place.wal}"
            raise BackupError(f"PostgreSQL's user (uid {NOBODY}) cannot read {place.wal}; run '{remedy}'")
    hole = recovery.missing(place, backup.first_wal)
    if hole is None:
        return
    written = datetime.fromtimestamp((place.wal / f"{hole[1]}.sealed").stat().st_mtime).astimezone()
    if at is None or at > written:
        raise BackupError(
            f"segment {hole[0]} of the log of changes is missing: what came after cannot be restored. "
            f"Find it, or restore to a moment before {written.isoformat(timespec='seconds')} with --at"
        )


async def _into(home: Home, place: Place, backup: Manifest, keys: Keys, at: datetime | None) -> Restored:
    seconds: dict[str, float] = {}
    began = time.monotonic()

    def done(step: str) -> None:
        nonlocal began
        now = time.monotonic()
        seconds[step], began = now - began, now

    home.create(unfinished=True)
    vault = await servers.fill_secrets(home, vaulted.as_of(place, keys, at))
    done("secrets")
    recovery.unpack(place.backups / backup.id / BASE, home, keys)
    done("copy of the database")
    last = await recovery.recover(home, place, at, keys, vault)
    done("log of changes")
    with servers.blob_store(home, vault.secret("blob_account_key")) as store:
        count = await asyncio.to_thread(blobs.put_back, store, place, keys, at)
    done("files")
    return Restored(backup, last, count, seconds, blobs.synced(place))
