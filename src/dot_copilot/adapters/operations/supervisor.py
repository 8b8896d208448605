"""How the parts of the local stack are, from its supervisor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dot_copilot.adapters.operations.client import JsonClient
from dot_copilot.adapters.operations.prometheus import instant
from dot_copilot.core.watching import SourceError, Watched, WatchedPart


class StackSupervision:
    """`core.watching.Supervision`."""

    def __init__(self, url: str) -> None:
        self._client = JsonClient(url, "DOT_SUPERVISOR_URL")

    async def state(self) -> Watched:
        answer = await self._client.get("/state")
        parts = answer.get("parts") if isinstance(answer, dict) else None
        if not isinstance(parts, list):
            raise SourceError("its answer has no parts")
        watched = [_part(raw) for raw in parts if isinstance(raw, dict) and isinstance(raw.get("name"), str)]
        without = answer.get("without")
        return Watched(
            phase=str(answer.get("phase") or "")[:20],
            version=str(answer.get("version") or "")[:20],
            parts=watched,
            without=[str(name) for name in without] if isinstance(without, list) else [],
            memory_mb=_megabytes(answer.get("supervisor")),
        )

    async def close(self) -> None:
        await self._client.close()


def _part(raw: dict[str, Any]) -> WatchedPart:
    restarts, after, since = raw.get("restarts"), raw.get("ready_after_s"), raw.get("since")
    return WatchedPart(
        name=raw["name"][:40],
        state=str(raw.get("state") or "unknown")[:20],
        restarts=restarts if isinstance(restarts, int) else 0,
        detail=str(raw.get("detail") or "")[:300],
        ready_after_s=float(after) if isinstance(after, int | float) else None,
        since=_moment(since),
        memory_mb=_megabytes(raw),
        task=raw.get("task") is True,
    )


def _moment(raw: object) -> datetime | None:
    """When, as a text or as seconds since the epoch."""
    if isinstance(raw, int | float) and 0 < raw < 4e9:
        return datetime.fromtimestamp(raw, UTC)
    return instant(raw)


def _megabytes(raw: object) -> float | None:
    used = raw.get("memory_bytes") if isinstance(raw, dict) else None
    return used / 1_000_000 if isinstance(used, int | float) else None
