"""Spans that were kept, from the files that the parts write: one JSON object a line, `<part>.jsonl` and the one before it."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dot_copilot.adapters.operations.lately import Lately
from dot_copilot.adapters.operations.tail import tail
from dot_copilot.core.watching import SourceError, Span, SpanPage

MOST = 4 << 20
"""Bytes read for one trace, of all files together: a quick look for its id."""
MOST_RECENT = 2 << 20
"""Bytes read for the list: every line of them is taken apart, some five thousand spans."""
_FILE = re.compile(r"([a-z][a-z0-9-]{0,39})\.jsonl(?:\.1)?")
_TRACE = re.compile(r"[0-9a-f]{32}")
_SPAN = re.compile(r"[0-9a-f]{16}")
_SHOWN = 40
_LAST = 32_503_680_000.0  # the year 3000: later is nonsense, and no date
_LONGEST_MS = 86_400_000.0 * 30
_decode = msgspec.json.Decoder().decode


class TraceFiles:
    """`core.watching.Traces` on a folder."""

    def __init__(self, folder: Path, *, holds_s: float = 3.0) -> None:
        self._folder = folder
        self._recent: Lately[SpanPage] = Lately(holds_s)

    async def recent(self) -> SpanPage:
        return await self._recent.get("recent", lambda: asyncio.to_thread(self._read, b"", MOST_RECENT))

    async def of(self, trace_id: str) -> SpanPage:
        return await asyncio.to_thread(self._read, trace_id.encode(), MOST)

    def _read(self, wanted: bytes, most: int) -> SpanPage:
        try:
            paths = sorted(path for path in self._folder.iterdir() if _FILE.fullmatch(path.name))
        except FileNotFoundError:
            return SpanPage([], complete=True)
        except OSError as error:
            raise SourceError(f"the folder of traces can't be read ({type(error).__name__})") from None
        share = most // max(1, len(paths))
        spans: list[Span] = []
        complete = True
        for path in paths:
            end = tail(path, share)
            complete = complete and end.complete
            spans += _spans(path.name.partition(".")[0], (line for line in end.lines if wanted in line))
        return SpanPage(spans, complete)


def _spans(part: str, lines: Iterator[bytes]) -> Iterator[Span]:
    """The spans among the lines; what is torn, or no span, is passed over."""
    for line in lines:
        try:
            entry = _decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if isinstance(entry, dict) and (span := _span(part, entry)):
            yield span


def _span(part: str, entry: dict[str, Any]) -> Span | None:
    trace_id, span_id, parent_id = (str(entry.get(name) or "") for name in ("trace_id", "span_id", "parent_id"))
    start, duration, attributes = _number(entry.get("start")), _number(entry.get("duration_ms")), entry.get("attributes")
    if not (_TRACE.fullmatch(trace_id) and _SPAN.fullmatch(span_id)) or start is None or duration is None:
        return None
    shown = _shown(attributes) if isinstance(attributes, dict) else {}
    return Span(
        trace_id=trace_id,
        span_id=span_id,
        parent_id=parent_id if _SPAN.fullmatch(parent_id) else None,
        name=str(entry.get("name") or "")[:200],
        kind=str(entry.get("kind") or "internal")[:20],
        part=str(entry.get("part") or part)[:40],
        started=min(start / 1e9, _LAST),
        duration_ms=min(duration, _LONGEST_MS),
        failed=entry.get("status") == "error",
        detail=shown.pop("error.type", ""),
        attributes=shown,
        carrier_id=str(entry["carrier_id"]) if entry.get("carrier_id") else None,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and math.isfinite(value) and value >= 0 else None


def _shown(attributes: dict[str, Any]) -> dict[str, str]:
    return {str(name)[:80]: str(value)[:500] for name, value in list(attributes.items())[:_SHOWN]}
