"""The map: every part and path at one moment, from whoever can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from dot_copilot.core.platform import Platform
from dot_copilot.features.operations.drawing import ARROWS
from dot_copilot.features.operations.repository import figures as repository
from dot_copilot.features.operations.repository.figures import NOTHING, Figures, Measure
from dot_copilot.features.operations.schemas import MapCall, MapPart, OperationsMap, PartState, Source
from dot_copilot.features.operations.service import parts
from dot_copilot.features.operations.service.alerts import standing
from dot_copilot.features.operations.service.sources import ask

_PATIENCE = 1.0


async def read(platform: Platform, carrier_id: UUID) -> OperationsMap:
    """Takes as long as the slowest source, at most its time-out; whatever does not answer is said in `sources`."""
    watch = platform.watch
    (watched, supervisor), (figures, metrics), alerts, documents = await asyncio.gather(
        ask("supervisor", watch.supervisor.state(), None),
        ask("metrics", repository.read(watch.metrics), Figures()),
        standing(watch, carrier_id),
        _documents(platform),
    )
    calls = figures.calls()
    parts_from, found = "supervisor", {}
    if watched is not None:
        found = parts.from_supervisor(watched, figures)
    elif figures.samples.get("up"):
        parts_from, found = "metrics", parts.from_metrics(figures)
    else:
        parts_from, found = "checks", parts.from_checks(await _checks(platform), figures)
    boxes = parts.boxes(found, figures, calls, {**_known(figures, supervisor, metrics, alerts.source), **documents})
    return OperationsMap(
        taken_at=platform.clock.now(),
        parts_from=parts_from,
        version=(watched.version if watched else "") or platform.settings.version,
        parts=boxes,
        calls=_calls(boxes, figures, calls),
        alerts=alerts.items,
        sources=[supervisor, metrics, alerts.source],
    )


def _known(figures: Figures, supervisor: Source, metrics: Source, alerts: Source) -> dict[str, PartState]:
    """How parts are that no supervisor lists: those that we have just spoken to, or that others have."""
    known: dict[str, PartState] = {}
    for name, source in (("supervisor", supervisor), ("prometheus", metrics), ("alertmanager", alerts)):
        if source.state != "off":
            known[name] = "works" if source.state == "ok" else "down"
        elif name != "supervisor":
            known[name] = "off"
    if supervisor.state != "ok" and metrics.state == "failed":
        known["grafana"] = "unknown"  # Prometheus would tell of one
    upstream = figures.total("upstream_up", upstream="github")
    if upstream is not None:
        known["github"] = "works" if upstream >= 1 else "down"
    return known


def _calls(boxes: list[MapPart], figures: Figures, calls: Mapping[str, Measure]) -> list[MapCall]:
    drawn = {part.name for part in boxes if part.state != "absent"}
    scraped = figures.total("scraped")
    made = []
    for arrow in ARROWS:
        if not {arrow.source, arrow.target} <= drawn:
            continue
        measure = calls.get(arrow.of or "", NOTHING)
        known = measure.rate is not None or (arrow.of == "scrapes" and scraped is not None)
        made.append(
            MapCall(
                source=arrow.source,
                target=arrow.target,
                rate=measure.rate,
                error_ratio=measure.error_ratio,
                p95_ms=measure.p95_ms,
                known=known,
            )
        )
    return made


async def _documents(platform: Platform) -> dict[str, PartState]:
    """How MongoDB is, where raw event documents are kept in one. Nobody but those who use it can tell."""
    if platform.settings.event_documents != "mongodb":
        return {}
    return {"mongodb": "works" if await _word(platform.event_documents.ready) == "ok" else "down"}


async def _checks(platform: Platform) -> dict[str, str]:
    """Asks the servers this process depends on itself, as /readyz does."""
    checks: dict[str, Callable[[], Awaitable[None]]] = {
        "postgres": platform.database.ping,
        "valkey": platform.limiter.ready,
        "azurite": platform.blobs.ready,
        "openbao": platform.secrets.ready,
    }
    words = await asyncio.gather(*(_word(check) for check in checks.values()))
    return {"api": "ok", **dict(zip(checks, words, strict=True))}


async def _word(check: Callable[[], Awaitable[None]]) -> str:
    try:
        await asyncio.wait_for(check(), _PATIENCE)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the map says that it does not answer
        return f"not answering ({type(error).__name__})"
    return "ok"
