"""What a reader may see of spans and log lines: what is of the own carrier, and what is of the platform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from dot_copilot.core.watching import LogLine, Span
from dot_copilot.features.operations.schemas import LogEntry

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_LEVELS = ("debug", "info", "warning", "error", "critical")


def masked(text: str) -> str:
    """Text without the ids of anything that may be somebody's."""
    return _ID.sub("{id}", text)


def by_trace(spans: Iterable[Span], carrier_id: UUID) -> dict[str, list[Span]]:
    """Traces by id. One with a span of another carrier is left out whole: its other spans are of the same request.

    In those of no carrier ids are masked.
    """
    own = str(carrier_id)
    traces: dict[str, list[Span]] = {}
    foreign: set[str] = set()
    for span in spans:
        traces.setdefault(span.trace_id, []).append(span)
        if span.carrier_id not in (None, own):
            foreign.add(span.trace_id)
    signed = {trace_id for trace_id, found in traces.items() if any(span.carrier_id == own for span in found)}
    return {
        trace_id: found if trace_id in signed else [_without_ids(span) for span in found]
        for trace_id, found in traces.items()
        if trace_id not in foreign
    }


def _without_ids(span: Span) -> Span:
    attributes = {name: masked(value) for name, value in span.attributes.items()}
    return replace(span, name=masked(span.name), detail=masked(span.detail), attributes=attributes)


def lines(found: Iterable[LogLine], carrier_id: UUID, *, own_traces: frozenset[str] = frozenset()) -> list[LogEntry]:
    """Log lines in the same order. Ids in what nobody says whose it is are masked, but in the traces of the own carrier."""
    own = str(carrier_id)
    all_ = list(found)
    # A request is one carrier's: a line of it that names another's makes its other lines that one's too.
    foreign = {line.trace_id for line in all_ if line.trace_id and line.carrier_id not in (None, own)}
    entries = []
    for line in all_:
        if line.carrier_id not in (None, own) or (line.trace_id in foreign and line.carrier_id != own):
            continue
        mine = line.carrier_id == own or line.trace_id in own_traces
        entries.append(
            LogEntry(
                part=line.part,
                at=line.at,
                level=line.level if line.level in _LEVELS else "info",
                logger=line.logger,
                message=line.message if mine else masked(line.message),
                trace_id=line.trace_id if line.trace_id and re.fullmatch("[0-9a-f]{32}", line.trace_id) else None,
                own=mine,
            )
        )
    return entries


def at_least(entries: Iterable[LogEntry], level: str) -> list[LogEntry]:
    """Lines as bad as `level`, or worse."""
    lowest = _LEVELS.index(level)
    return [entry for entry in entries if _LEVELS.index(entry.level) >= lowest]
