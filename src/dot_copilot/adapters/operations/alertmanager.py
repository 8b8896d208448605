"""Alerts that stand, from Alertmanager's API (v2)."""

from __future__ import annotations

from typing import Any

from dot_copilot.adapters.operations.client import JsonClient
from dot_copilot.adapters.operations.prometheus import alert_of
from dot_copilot.core.watching import FiringAlert, SourceError


class AlertmanagerAlerts:
    """`core.watching.Alerts`."""

    def __init__(self, url: str, password: str = "") -> None:
        self._client = JsonClient(url, "DOT_ALERTMANAGER_URL", password=password)

    async def active(self) -> list[FiringAlert]:
        answer = await self._client.get("/api/v2/alerts")
        if not isinstance(answer, list):
            raise SourceError("its answer is no list")
        return [
            alert for raw in answer if isinstance(raw, dict) and (alert := alert_of({**raw, "is": _state(raw)}, "is", "startsAt"))
        ]

    async def close(self) -> None:
        await self._client.close()


def _state(raw: dict[str, Any]) -> str:
    status = raw.get("status")
    quiet = isinstance(status, dict) and (status.get("silencedBy") or status.get("inhibitedBy"))
    return "silenced" if quiet else "firing"
