"""Figures from Prometheus' HTTP API (v1)."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

from dot_copilot.adapters.operations.client import JsonClient
from dot_copilot.core.watching import FiringAlert, Sample, Series, SourceError


class PrometheusMetrics:
    """`core.watching.Metrics`."""

    def __init__(self, url: str, password: str = "") -> None:
        self._client = JsonClient(url, "DOT_PROMETHEUS_URL", password=password)

    async def query(self, question: str) -> list[Sample]:
        data = await self._data("/api/v1/query", {"query": question, "timeout": "2s"})
        found = []
        for labels, entry in _entries(data, "vector"):
            value = _number(entry.get("value"))
            if value is not None:
                found.append(Sample(labels, value[1]))
        return found

    async def query_range(self, question: str, *, start: float, end: float, step: float) -> list[Series]:
        form = {"query": question, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}", "timeout": "2s"}
        data = await self._data("/api/v1/query_range", form)
        return [
            Series(labels, [point for raw in entry.get("values") or () if (point := _number(raw)) is not None])
            for labels, entry in _entries(data, "matrix")
        ]

    async def rules(self) -> list[FiringAlert]:
        data = (await self._client.get("/api/v1/alerts") or {}).get("data")
        alerts = data.get("alerts") if isinstance(data, dict) else None
        if not isinstance(alerts, list):
            raise SourceError("its answer has no alerts")
        return [made for alert in alerts if isinstance(alert, dict) and (made := alert_of(alert, "state", "activeAt"))]

    async def _data(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        answer = await self._client.post(path, form)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise SourceError("its answer has no data")
        return data

    async def close(self) -> None:
        await self._client.close()


def alert_of(raw: dict[str, Any], state: str, since: str) -> FiringAlert | None:
    """An alert of Prometheus or Alertmanager; None if it has no name or no time."""
    labels, annotations = _texts(raw.get("labels")), _texts(raw.get("annotations"))
    at = instant(raw.get(since))
    if "alertname" not in labels or at is None:
        return None
    return FiringAlert(labels, annotations, str(raw.get(state) or "firing"), at)


def instant(text: object) -> datetime | None:
    """An RFC 3339 time in UTC, whatever number of digits its seconds have; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text[:35])
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _texts(raw: object) -> dict[str, str]:
    if not isinstance(raw, dict):
        return {}
    return {str(name)[:100]: str(value)[:2000] for name, value in raw.items()}


def _entries(data: dict[str, Any], kind: str) -> list[tuple[dict[str, str], dict[str, Any]]]:
    result = data.get("result")
    if data.get("resultType") != kind or not isinstance(result, list):
        raise SourceError(f"its answer is no {kind}")
    return [(_texts(entry.get("metric")), entry) for entry in result if isinstance(entry, dict)]


def _number(raw: object) -> tuple[float, float] | None:
    """A (time, value) pair of Prometheus, whose value is a text; None for what is no number."""
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        return None
    try:
        at, value = float(raw[0]), float(raw[1])
    except (TypeError, ValueError):
        return None
    return (at, value) if math.isfinite(value) and math.isfinite(at) else None
