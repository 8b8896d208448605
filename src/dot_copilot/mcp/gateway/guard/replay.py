"""Reads what a process left on disk: begun calls with their ends, if they had one."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from dot_copilot.mcp.gateway.guard.spool import Segment

_log = logging.getLogger(__name__)
_UNKNOWN = b',"outcome":"unknown"}'


class Done:
    """A call that is ready for the audit log: `json` as `app.audit_calls` takes it."""

    __slots__ = ("carrier", "json", "segment")

    def __init__(self, carrier: UUID, json: bytes, segment: Segment | None = None) -> None:
        self.carrier, self.json, self.segment = carrier, json, segment


def read(files: list[Path]) -> list[Done]:
    """The calls in files, oldest first. A last line that a crash has cut off is passed over; any other unreadable is logged."""
    begun: dict[str, tuple[UUID, bytes]] = {}
    ends: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    for path in files:
        for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
            if not line:
                continue
            try:
                entry: dict[str, Any] = orjson.loads(line)
                if "end" in entry:
                    ends[entry["end"]] = line
                elif "more" in entry:
                    counts[entry["more"]] = int(entry["count"])
                else:
                    begun[entry["call"]] = UUID(entry["carrier"]), line
            except (orjson.JSONDecodeError, KeyError, ValueError, TypeError):
                _log.warning("%s line %d was cut off and says nothing", path, number)
    return [
        Done(carrier, begin[:-1] + (b"," + ends[call][1:] if call in ends else _unended(counts.get(call))))
        for call, (carrier, begin) in begun.items()
    ]


def _unended(count: int | None) -> bytes:
    """How a call without an end ended; what counts refusals knows how many there were."""
    return _UNKNOWN if count is None else b',"outcome":"refused","count":%d}' % count
