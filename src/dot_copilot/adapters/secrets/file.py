"""Secrets from a JSON file, for tests and for platforms that mount secrets as files."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

import msgspec


class FileSecretStore:
    """A flat JSON object of strings, read again whenever it has changed. The file must not be readable by others."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path} can be read by others; run: chmod 600 {path}")
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._values: dict[str, str] = {}

    async def get(self, name: str) -> str:
        return self._read()[name]

    async def fresh(self, name: str) -> str:
        return self._read()[name]

    async def put(self, name: str, value: str) -> None:
        await asyncio.to_thread(self._change, name, value)

    async def delete(self, name: str) -> None:
        await asyncio.to_thread(self._change, name, None)

    async def ready(self) -> None:
        return None

    async def close(self) -> None:
        return None

    def _read(self) -> dict[str, str]:
        found = self._path.stat()
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._stamp:
            self._values = msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
            self._stamp = stamp
        return self._values

    def _change(self, name: str, value: str | None) -> None:
        """Replaces the file as a whole: a reader, or a crash, finds the old one or the new one."""
        lock = os.open(self._path.with_name(self._path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            values = msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value
            new = self._path.with_name(self._path.name + ".new")
            new.unlink(missing_ok=True)
            file = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(file, "wb") as out:
                out.write(msgspec.json.encode(values))
                out.flush()
                os.fsync(out.fileno())
            new.replace(self._path)
        finally:
            os.close(lock)
