"""Logs as one JSON object a line, on standard error, with the place in the trace they belong to."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import msgspec

from dot_copilot.core import telemetry


class JsonFormatter(logging.Formatter):
    """Time (UTC), level, logger and message; the traceback if there is one; part, trace, span and carrier if they are known."""

    def __init__(self) -> None:
        super().__init__()
        self.converter = time.gmtime
        self._part = os.environ.get("DOT_PART", "")

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if self._part:
            line["part"] = self._part
        if trace := telemetry.current():
            line |= {"trace_id": trace.trace_id, "span_id": f"{telemetry.current_span_id():016x}"}
            if trace.carrier_id:
                line["carrier_id"] = str(trace.carrier_id)
        if record.exc_info:
            line["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def log_configuration(level: str = "INFO") -> dict[str, Any]:
    """A `logging.config.dictConfig` for any process of the application."""
    quiet = {"level": "WARNING"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "dot_copilot.logs.JsonFormatter"}},
        "filters": {"redaction": {"()": "dot_copilot.core.redaction.Redaction"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["redaction"]}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {"azure": quiet, "httpx": quiet, "procrastinate": quiet},
    }
