"""Alerts that stand: from Alertmanager, or from Prometheus' rules while Alertmanager says nothing."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

from dot_copilot.core.watching import FiringAlert, Watch
from dot_copilot.features.operations.drawing import BY_NAME, place_of
from dot_copilot.features.operations.schemas import Alert, Alerts, Source
from dot_copilot.features.operations.service.sources import ask

_SEVERITY = {"critical": 0, "warning": 1, "info": 2}
_STATE = {"firing": 0, "pending": 1, "silenced": 2}
_RUNBOOK = re.compile(r"https?://[^\s\"'<>]+|docs/[\w./-]+\.md(?:#[\w-]+)?")


async def standing(watch: Watch, carrier_id: UUID) -> Alerts:
    """The alerts of the platform; those about another carrier are left out."""
    # Both at once: one that hangs is waited for once, not twice.
    (found, source), (rules, second) = await asyncio.gather(
        ask("alerts", watch.alerts.active(), None), ask("alerts", watch.metrics.rules(), None)
    )
    if found is None:
        if rules is not None:
            found = rules
            source = Source(name="alerts", state=source.state, detail=f"{source.detail}; these come from the rules in Prometheus")
        elif source.state == "off":
            source = second
    items = [_alert(raw) for raw in found or () if raw.labels.get("carrier_id") in (None, str(carrier_id))]
    items.sort(key=lambda alert: (_STATE[alert.state], _SEVERITY[alert.severity], -alert.since.timestamp()))
    return Alerts(items=items[:200], source=source)


def _alert(raw: FiringAlert) -> Alert:
    labels, words = raw.labels, raw.annotations
    severity = labels.get("severity", "warning")
    severity = {"page": "critical", "error": "critical", "ticket": "warning"}.get(severity, severity)
    runbook = words.get("runbook_url") or words.get("runbook") or ""
    return Alert(
        name=labels["alertname"],
        severity=severity if severity in _SEVERITY else "warning",
        state=raw.state if raw.state in _STATE else "firing",
        summary=words.get("summary") or labels["alertname"],
        description=words.get("description", ""),
        part=_part(raw),
        since=raw.since,
        # An address that a browser would run is no address of a runbook.
        runbook=runbook if _RUNBOOK.fullmatch(runbook) else None,
    )


def _part(raw: FiringAlert) -> str | None:
    """The box it belongs to: the part it names, the upstream, else the job that was scraped."""
    for label in ("part", "upstream", "job"):
        place = place_of(raw.labels.get(label, ""))
        if place in BY_NAME:
            return place
    return None
