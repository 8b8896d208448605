"""Logs as one JSON object a line, on standard error."""

from __future__ import annotations

import logging
from typing import Any

import msgspec


class JsonFormatter(logging.Formatter):
    """Time (UTC), level, logger, message, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
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
        "loggers": {"azure": quiet, "httpx": quiet, "procrastinate": {"level": "INFO"}},
    }
