"""No scanner: nothing is looked at, and `/readyz` and `dot-copilot doctor` say so."""

from __future__ import annotations

from collections.abc import AsyncIterator


class NoScanner:
    """Finds nothing, without reading a byte."""

    name = "none"

    async def scan(self, chunks: AsyncIterator[bytes]) -> str | None:
        del chunks
        return None

    async def ready(self) -> None:
        return None
