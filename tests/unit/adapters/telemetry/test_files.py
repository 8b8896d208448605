"""Kept traces as JSON lines."""

from __future__ import annotations

import json
import time
from pathlib import Path

from dot_copilot.adapters.telemetry.files import TraceFile
from tests.unit.adapters.telemetry.made import CARRIER, TRACE, trace


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_each_span_is_a_line_that_says_what_and_when(tmp_path: Path) -> None:
    before = time.time_ns()
    assert TraceFile(tmp_path / "traces", "api-1", "1.2.3").traces([trace(failed=True)])
    root, statement, call, step = lines(tmp_path / "traces" / "api-1.jsonl")
    assert {
        name: root[name] for name in ("trace_id", "parent_id", "name", "kind", "status", "carrier_id", "part", "version")
    } == {
        "trace_id": TRACE,
        "parent_id": "00f067aa0ba902b7",
        "name": "GET /api/v1/drivers",
        "kind": "server",
        "status": "error",
        "carrier_id": CARRIER,
        "part": "api-1",
        "version": "1.2.3",
    }
    assert root["attributes"] == {
        "http.request.method": "GET",
        "http.route": "/api/v1/drivers",
        "http.response.status_code": 500,
        "error.type": "500",
    }
    assert before - 10**9 < int(str(root["start"])) < time.time_ns()
    assert 0 < float(str(root["duration_ms"])) < 1000
    assert (statement["name"], statement["status"], statement["parent_id"]) == ("SELECT drivers", "ok", root["span_id"])
    assert (call["status"], call["parent_id"], step["parent_id"]) == ("error", step["span_id"], root["span_id"])


def test_a_full_file_becomes_the_one_before_and_the_older_one_goes(tmp_path: Path) -> None:
    file = TraceFile(tmp_path, "api-1", "1", largest=4000)
    for _ in range(40):
        file.traces([trace()])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names in (["api-1.jsonl", "api-1.jsonl.1"], ["api-1.jsonl.1"])
    assert all(path.stat().st_size < 8000 for path in tmp_path.iterdir())


def test_a_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    file = TraceFile(tmp_path, "api-1", "1")
    file.traces([trace()])
    (tmp_path / "api-1.jsonl").unlink()
    file.traces([trace()])
    assert len(lines(tmp_path / "api-1.jsonl")) == 4
