"""Log lines: one JSON object each, with the place in the trace they belong to."""

from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest

from dot_copilot.core import telemetry
from dot_copilot.core.redaction import Redaction
from dot_copilot.logs import JsonFormatter, log_configuration


def line(message: str, *, error: bool = False) -> dict[str, str]:
    record = logging.LogRecord("dot_copilot.x", logging.WARNING, "x.py", 1, message, None, sys.exc_info() if error else None)
    assert Redaction().filter(record)
    found: dict[str, str] = json.loads(JsonFormatter().format(record))
    return found


def test_outside_a_trace_a_line_says_when_what_and_which_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_PART", "api-1")
    found = line("a part\nis slow")
    assert set(found) == {"at", "level", "logger", "message", "part"}
    assert (found["message"], found["level"], found["part"]) == ("a part\nis slow", "warning", "api-1")


def test_within_a_trace_it_says_where() -> None:
    with telemetry.tracing("request") as trace, telemetry.span("step") as step:
        telemetry.set_carrier("7b1f1f7e-7c7e-4a5e-9a53-2f6a1f0c9d11")
        found = line("x")
    assert (found["trace_id"], found["span_id"]) == (trace.trace_id, f"{step.span_id:016x}")
    assert found["carrier_id"] == "7b1f1f7e-7c7e-4a5e-9a53-2f6a1f0c9d11"


def test_a_traceback_is_one_member() -> None:
    try:
        raise KeyError("x")
    except KeyError:
        found = line("failed", error=True)
    assert found["traceback"].startswith("Traceback")
    assert "KeyError" in found["traceback"]


def test_time_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "x", None, None)
    record.created = 0.0
    assert json.loads(JsonFormatter().format(record))["at"] == "1970-01-01T00:00:00"


def test_the_configuration_is_one_that_logging_takes() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        logging.config.dictConfig(log_configuration())
    finally:
        root.handlers[:], root.level = before
