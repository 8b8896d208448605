"""Traces that were kept: the list, and one of them as a waterfall with its log lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from dot_copilot.core.pagination import Cursors
from dot_copilot.core.watching import LogLine, Span, SpanPage, Watch
from dot_copilot.features.operations.drawing import place_of
from dot_copilot.features.operations.errors import TraceNotFound
from dot_copilot.features.operations.schemas import TraceDetail, Traces, TraceSpan, TraceSummary
from dot_copilot.features.operations.service import visible
from dot_copilot.features.operations.service.sources import ask

SLOW_MS = 1000.0
_MOST_SPANS = 2000


@dataclass(frozen=True, slots=True)
class Filters:
    """Which traces: only failed ones, only those of a second or more, only those that touched a part."""

    failed: bool = False
    slow: bool = False
    part: str | None = None


async def page(watch: Watch, cursors: Cursors, carrier_id: UUID, filters: Filters, *, cursor: str | None, limit: int) -> Traces:
    """A page, the newest first; `InvalidCursor` for a cursor of other filters."""
    listing = f"traces:{filters}"
    before: tuple[float, str] | None = None
    if cursor:
        started, trace_id = cursors.open(carrier_id, listing, cursor)
        before = (started, trace_id)
    kept, source = await ask("traces", watch.traces.recent(), SpanPage([], complete=True))
    found = [_summary(trace_id, spans) for trace_id, spans in visible.by_trace(kept.spans, carrier_id).items()]
    ordered = sorted((one for one in found if _fits(one, filters)), key=_key, reverse=True)
    if before is not None:
        ordered = [one for one in ordered if _key(one) < before]
    following = cursors.seal(carrier_id, listing, list(_key(ordered[limit - 1]))) if len(ordered) > limit else None
    return Traces(items=ordered[:limit], next_cursor=following, source=source)


def _key(one: TraceSummary) -> tuple[float, str]:
    return one.started_at.timestamp(), one.trace_id


def _fits(one: TraceSummary, filters: Filters) -> bool:
    if filters.failed and not one.failed:
        return False
    if filters.slow and one.duration_ms < SLOW_MS:
        return False
    return filters.part is None or any(filters.part in (part, place_of(part)) for part in one.parts)


def _roots(spans: Iterable[Span]) -> list[Span]:
    """Spans whose parent is not among them, the earliest first."""
    ordered = sorted(spans, key=lambda span: (span.started, -span.duration_ms))
    ids = {span.span_id for span in ordered}
    return [span for span in ordered if span.parent_id is None or span.parent_id not in ids] or ordered[:1]


def _summary(trace_id: str, spans: list[Span]) -> TraceSummary:
    root = _roots(spans)[0]
    started = min(span.started for span in spans)
    return TraceSummary(
        trace_id=trace_id,
        name=root.name,
        part=root.part,
        parts=list(dict.fromkeys(span.part for span in sorted(spans, key=lambda span: span.started))),
        started_at=datetime.fromtimestamp(started, UTC),
        duration_ms=root.duration_ms,
        failed=any(span.failed for span in spans),
        spans=len(spans),
    )


async def one(watch: Watch, carrier_id: UUID, trace_id: str) -> TraceDetail:
    """The trace with its log lines. `TraceNotFound` too for one of another carrier: nobody learns that it exists."""
    kept, source = await ask("traces", watch.traces.of(trace_id), SpanPage([], complete=True))
    nothing: list[LogLine] = []
    logged, _ = await ask("logs", watch.logs.tail(lambda _part: True, trace_id=trace_id), nothing)
    spans = visible.by_trace(kept.spans, carrier_id).get(trace_id, [])
    foreign = bool(kept.spans) and not spans
    if any(line.carrier_id not in (None, str(carrier_id)) for line in logged) or foreign:
        spans, logged = [], []
    if not spans and not logged:
        why = f" ({source.detail})" if source.state == "failed" else ""
        raise TraceNotFound(
            "Nothing was kept of it, or it is too old. One request in ten is kept, and every one that failed or took long." + why
        )
    own = frozenset({trace_id}) if any(span.carrier_id == str(carrier_id) for span in spans) else frozenset[str]()
    entries = visible.lines(logged, carrier_id, own_traces=own)
    started = min((span.started for span in spans), default=0.0)
    first = _summary(trace_id, spans) if spans else None
    when = first.started_at if first else next((entry.at for entry in entries if entry.at), datetime.fromtimestamp(0, UTC))
    return TraceDetail(
        trace_id=trace_id,
        name=first.name if first else entries[0].message.split("\n")[0][:120],
        started_at=when,
        duration_ms=max((_end(span) - started for span in spans), default=0.0) * 1000,
        failed=first.failed if first else any(entry.level in ("error", "critical") for entry in entries),
        parts=list(dict.fromkeys([*(first.parts if first else []), *(entry.part for entry in entries)])),
        spans=list(_waterfall(spans, started)),
        logs=entries[-500:],
        complete=kept.complete,
    )


def _end(span: Span) -> float:
    return span.started + span.duration_ms / 1000


def _waterfall(spans: list[Span], began: float) -> Iterable[TraceSpan]:
    """Each span below its parent, siblings in the order of time; depth first without recursion, whatever the spans claim."""
    below: dict[str, list[Span]] = {}
    for span in spans:
        if span.parent_id is not None:
            below.setdefault(span.parent_id, []).append(span)
    waiting = [(span, 0) for span in reversed(_roots(spans))]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_SPANS:
        span, depth = waiting.pop()
        if span.span_id in seen:
            continue
        seen.add(span.span_id)
        yield TraceSpan(
            span_id=span.span_id,
            parent_id=span.parent_id,
            name=span.name,
            kind=span.kind,
            part=span.part,
            depth=depth,
            offset_ms=max(0.0, (span.started - began) * 1000),
            duration_ms=span.duration_ms,
            failed=span.failed,
            detail=span.detail,
            attributes=dict(span.attributes),
        )
        children = sorted(below.get(span.span_id, ()), key=lambda child: child.started, reverse=True)
        waiting += [(child, depth + 1) for child in children]
