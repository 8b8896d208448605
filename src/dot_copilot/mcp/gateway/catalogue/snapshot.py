"""The last good lists of each upstream, shared by the gateway processes, so that one that starts has them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from dot_copilot.mcp.gateway.upstreams.base import Fetched

if TYPE_CHECKING:
    from valkey.asyncio import Valkey

SECONDS = 7 * 24 * 3600


class SnapshotStore(Protocol):
    """Both are best effort: an error is no news."""

    async def load(self, upstream: str) -> Fetched | None: ...

    async def save(self, upstream: str, fetched: Fetched) -> None: ...


class NoSnapshots:
    """Keeps nothing."""

    async def load(self, upstream: str) -> Fetched | None:
        """None, always."""
        del upstream
        return None

    async def save(self, upstream: str, fetched: Fetched) -> None:
        """Forgets."""


class RedisSnapshots:
    """Snapshots as JSON under `mcp:catalogue:<upstream>`. Definitions are public within the carrier's platform: no secrets."""

    def __init__(self, client: Valkey) -> None:
        self._client = client

    async def load(self, upstream: str) -> Fetched | None:
        """What was saved, or None: nothing there, unreadable, or Redis is down."""
        try:
            raw = await self._client.get(f"mcp:catalogue:{upstream}")
            return None if raw is None else msgspec.json.decode(raw, type=Fetched)
        except Exception:  # noqa: BLE001 - any failure of the cache means the same
            return None

    async def save(self, upstream: str, fetched: Fetched) -> None:
        """Saves for a week."""
        try:
            await self._client.set(f"mcp:catalogue:{upstream}", msgspec.json.encode(fetched), ex=SECONDS)
        except Exception:  # noqa: BLE001 - the next change saves again
            return
