"""Log records on their way to exporters that want them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from dot_copilot.adapters.telemetry.lane import Lane, LogLine
from dot_copilot.core.telemetry import current, current_span_id

# What the exporters themselves say must not travel through them, or each failure would make the next batch.
_OWN = ("azure.", "opentelemetry.", "urllib3.", "requests.", "dot_copilot.adapters.telemetry.")


class LaneHandler(logging.Handler):
    """Offers each record to the lanes. The filter that keeps secrets out of logs runs before it, as before every handler."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        super().__init__()
        self._lanes = lanes

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_OWN):
            return
        trace = current()
        line = LogLine(
            at=int(record.created * 1e9),
            level=record.levelno,
            logger=record.name,
            message=record.getMessage(),
            traceback=record.exc_text or "",
            error=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "",
            trace_id=trace.trace_id if trace else "",
            span_id=current_span_id(),
            carrier_id=str(trace.carrier_id) if trace and trace.carrier_id else "",
        )
        for lane in self._lanes:
            lane.offer_line(line)
