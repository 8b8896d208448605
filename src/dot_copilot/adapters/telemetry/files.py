"""Kept traces as JSON lines in the home of a local installation, for the Operations page and for `grep`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from dot_copilot.adapters.telemetry.lane import LogLine
from dot_copilot.adapters.telemetry.spans import FlatSpan, flatten
from dot_copilot.core.telemetry import Trace

LARGEST = 8 << 20


class TraceFile:
    """`<folder>/<part>.jsonl`, one finished span a line. At 8 MB it becomes `<part>.jsonl.1`, and the one before it goes."""

    name, wants_logs = "file", False

    def __init__(self, folder: Path, part: str, version: str, *, largest: int = LARGEST) -> None:
        self._path, self._part, self._version, self._largest = folder / f"{part}.jsonl", part, version, largest
        self._encoder = msgspec.json.Encoder()

    def traces(self, traces: list[Trace]) -> bool:
        lines = [self._encoder.encode(self._shown(trace, span)) + b"\n" for trace in traces for span in flatten(trace)]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Opened for each batch, twice a second at most: whoever removes or moves the file gets a new one.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        with os.fdopen(descriptor, "ab") as file:
            file.write(b"".join(lines))
            full = file.tell() >= self._largest
        if full:
            self._path.replace(self._path.with_name(self._path.name + ".1"))
        return True

    def _shown(self, trace: Trace, span: FlatSpan) -> dict[str, Any]:
        attributes = span.attributes if span.error is None else {**span.attributes, "error.type": span.error}
        return {
            "trace_id": trace.trace_id,
            "span_id": f"{span.span_id:016x}",
            "parent_id": f"{span.parent_id:016x}" if span.parent_id else None,
            "name": span.name,
            "kind": span.kind,
            "start": span.start,
            "duration_ms": (span.end - span.start) / 1e6,
            "status": "error" if span.error else "ok",
            "carrier_id": str(trace.carrier_id) if trace.carrier_id else None,
            "part": self._part,
            "version": self._version,
            "attributes": attributes,
        }

    def logs(self, lines: list[LogLine]) -> bool:
        """Standard error has them already."""
        del lines
        return True

    def metrics(self) -> tuple[bool, int]:
        """Prometheus asks for them itself."""
        return True, 0

    def close(self) -> None:
        """Nothing waits."""
