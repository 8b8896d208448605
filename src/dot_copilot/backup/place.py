"""The directory that backups go to. What is in it under its own name is whole: written beside, made durable, then renamed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from dot_copilot.backup.errors import BackupError
from dot_copilot.backup.sealing import Keys, derived

BASE = "base.sealed"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup. Instants are ISO 8601 in UTC; `files` gives SHA-256 and size of each by its name.

    `consistent` is the earliest instant that it can be restored to, `first_wal` the segment its recovery begins with.
    """

    id: str
    started: str
    consistent: str
    finished: str
    first_wal: str
    last_wal: str
    archived: bool
    blobs: int
    version: str
    key_id: str
    files: dict[str, tuple[str, int]]

    @property
    def size(self) -> int:
        """Bytes of its own files, without the blobs it shares with others."""
        return sum(size for _, size in self.files.values())


def durably(path: Path, write: Callable[[BinaryIO], object], mode: int = 0o600) -> None:
    """Lets `write` make a file that is there as a whole or not at all, also after a loss of power."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode)
        with os.fdopen(descriptor, "wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
        settle(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def settle(directory: Path) -> None:
    """Makes the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def told(root: Path) -> Iterator[None]:
    """What the file system refuses, as a sentence."""
    try:
        yield
    except OSError as error:
        if isinstance(error, ConnectionError):
            raise
        raise BackupError(f"{root} cannot take or give the backup: {error.strerror or error}; nothing half is kept") from None


@dataclass(frozen=True, slots=True)
class Place:
    """A backup directory: `backups/ID/`, `wal/`, `blobs/`, `secrets/`, and whose it is."""

    root: Path

    @property
    def wal(self) -> Path:
        """Sealed segments of the log of changes; PostgreSQL's own user writes here."""
        return self.root / "wal"

    @property
    def blobs(self) -> Path:
        """One sealed file a blob, shared by all backups."""
        return self.root / "blobs"

    @property
    def secrets(self) -> Path:
        """What the secret store held, one sealed file whenever it had changed."""
        return self.root / "secrets"

    @property
    def backups(self) -> Path:
        """One directory a backup."""
        return self.root / "backups"

    def claim(self, owner: str) -> None:
        """Makes it the directory of the home `owner`; BackupError when it is another's: their logs of changes would mix."""
        with told(self.root):
            for path, mode in (
                (self.root, 0o711),
                (self.backups, 0o700),
                (self.blobs, 0o700),
                (self.secrets, 0o700),
                (self.wal, 0o700),
            ):
                path.mkdir(mode=mode, parents=True, exist_ok=True)
            file = self.root / "home"
            if not file.exists():
                durably(file, lambda out: out.write(owner.encode()))
            if file.read_text() != owner:
                raise BackupError(f"{self.root} holds the backups of another home; give this one a directory of its own")

    def new(self, backup_id: str) -> Path:
        """A directory that `keep` makes a backup of. What broke off before goes."""
        for left in self.backups.glob(".*.partial"):
            shutil.rmtree(left, ignore_errors=True)
        path = self.backups / f".{backup_id}.partial"
        path.mkdir(mode=0o700)
        return path

    def keep(self, partial: Path, manifest: Manifest, keys: Keys) -> None:
        """The last step: from here on it is a backup."""
        body = json.dumps(asdict(manifest), sort_keys=True)
        text = json.dumps({"manifest": body, "mac": _mac(body, keys.by_id[manifest.key_id])})
        durably(partial / "manifest.json", lambda out: out.write(text.encode()))
        partial.rename(self.backups / manifest.id)
        settle(self.backups)

    def manifests(self) -> list[Manifest]:
        """Every whole backup, the oldest first; not yet proved genuine."""
        if not self.backups.is_dir():
            raise BackupError(f"there are no backups in {self.root}")
        found = sorted(self.backups.glob("[0-9]*/manifest.json"))
        return [self._read(path)[0] for path in found]

    def genuine(self, manifest: Manifest, keys: Keys) -> None:
        """BackupError unless the manifest was written with one of these keys, and every file is as it says."""
        directory = self.backups / manifest.id
        _, body, mac = self._read(directory / "manifest.json")
        if not hmac.compare_digest(mac, _mac(body, keys.of(manifest.key_id, f"backup {manifest.id}"))):
            raise BackupError(f"the manifest of backup {manifest.id} is not genuine; take another backup")
        for name, (digest, size) in manifest.files.items():
            path = directory / name
            if not path.exists() or path.stat().st_size != size or _digest(path) != digest:
                raise BackupError(f"{path} is missing, cut off or damaged; take another backup")

    def _read(self, path: Path) -> tuple[Manifest, str, str]:
        try:
            outer = json.loads(path.read_text())
            fields = json.loads(outer["manifest"])
            fields["files"] = {name: tuple(pair) for name, pair in fields["files"].items()}
            return Manifest(**fields), outer["manifest"], outer["mac"]
        except (OSError, ValueError, TypeError, KeyError):
            raise BackupError(f"{path} can't be read; take another backup") from None


def _mac(body: str, key: bytes) -> str:
    return hmac.digest(derived(key, b"", b"manifest"), body.encode(), "sha256").hex()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamp(instant: datetime) -> str:
    """An instant as manifests have it."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")
