"""Secrets from a JSON file, for tests and for platforms that mount secrets as files."""

from __future__ import annotations

from pathlib import Path

import msgspec


class FileSecretStore:
    """A flat JSON object of strings. The file must not be readable by others."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path} can be read by others; run: chmod 600 {path}")
        self._values = msgspec.json.decode(path.read_bytes(), type=dict[str, str])

    async def get(self, name: str) -> str:
        return self._values[name]

    async def ready(self) -> None:
        return None

    async def close(self) -> None:
        return None
