"""Tiles of the workbook, run on made-up rows: they count what happened, not the rows that sampling left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.kql import Workspace

NOW = timedelta(minutes=1)


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_a_failure_is_told_with_its_exception_and_a_trace(workspace: Workspace) -> None:
    workspace.requests(NOW, 500, OperationId="a" * 32)
    workspace.requests(NOW, 500, OperationId="b" * 32)
    workspace.requests(NOW, 200, count=10, OperationId="c" * 32)
    workspace.requests(NOW, 0, OperationId="d" * 32, Name="roster.import", AppRoleName="dot-copilot.worker")
    for operation in ("a" * 32, "b" * 32):
        workspace.add("AppExceptions", NOW, OperationId=operation, ExceptionType="TimeoutError", Method="open_door", ItemCount=1)
    first, second = workspace.run("failures")
    assert (first["Failures"], first["Route"], first["Exception"]) == (2, "GET /api/v1/drivers", "TimeoutError")
    assert first["Trace"] in ("a" * 32, "b" * 32)
    assert (second["Failures"], second["Part"], second["Exception"]) == (1, "dot-copilot.worker", "none recorded")


def test_availability_weighs_rows_and_tells_bad_minutes(workspace: Workspace) -> None:
    hour = timedelta(hours=3)
    workspace.requests(hour, 200, count=90)
    workspace.requests(hour, 503, count=1)
    workspace.requests(hour, 503, count=9)
    workspace.add("AppAvailabilityResults", hour, ItemCount=1, Success=True)
    workspace.add("AppAvailabilityResults", hour, ItemCount=1, Success=False)
    (row,) = workspace.run("availability")
    assert (row["Requests"], row["BadMinutes"]) == (100, 1)
    assert row["ServedShare"] == pytest.approx(0.9)
    assert row["TestedShare"] == pytest.approx(0.5)


def test_an_exception_is_new_when_nobody_saw_it_before(workspace: Workspace) -> None:
    for problem, ago in (("old", timedelta(days=3)), ("old", NOW), ("new", NOW), ("new", NOW)):
        workspace.add("AppExceptions", ago, ProblemId=problem, ExceptionType="ValueError", OperationId="a", ItemCount=1)
    (row,) = workspace.run("new_exceptions")
    assert (row["ProblemId"], row["Count"]) == ("new", 2)


def test_one_request_is_followed_by_its_id_in_order(workspace: Workspace) -> None:
    mine = "0af7651916cd43dd8448eb211c80319c"
    workspace.add("AppTraces", timedelta(seconds=1), OperationId=mine, Message="a line", SeverityLevel=2)
    workspace.add("AppDependencies", timedelta(seconds=2), OperationId=mine, Name="SELECT drivers", Success=True, DurationMs=2.0)
    workspace.requests(timedelta(seconds=3), 200, OperationId=mine)
    workspace.requests(timedelta(seconds=3), 200, OperationId="another")
    found = workspace.run("one_request", traceId=mine)
    assert [row["What"] for row in found] == ["request", "call", "log line"]


def test_waiting_jobs_are_summed_over_tasks_and_not_over_looks(workspace: Workspace) -> None:
    for look in (timedelta(minutes=10), timedelta(minutes=10, seconds=1)):
        workspace.metric(look, "dot_jobs_waiting", 4, task="import")
        workspace.metric(look, "dot_jobs_waiting", 3, task="scan")
        workspace.metric(look, "dot_job_oldest_age_seconds", 12)
    rows = workspace.run("job_backlog")
    assert {(row["Waiting"], row["OldestSeconds"]) for row in rows} == {(7.0, 12.0)}


def test_a_day_of_telemetry_costs_what_the_price_says(workspace: Workspace) -> None:
    today = datetime.now(UTC).replace(tzinfo=None)
    for table, size in (("AppTraces", 600.0), ("AppRequests", 400.0)):
        workspace.add("Usage", NOW, DataType=table, Quantity=size, IsBillable=True, StartTime=today)
    rows = workspace.run("ingestion_cost", dailyBudgetGb=2.0)
    assert [(row["Table"], row["Gigabytes"]) for row in rows] == [("AppTraces", 0.6), ("AppRequests", 0.4)]
    assert rows[0]["Dollars"] == pytest.approx(0.6 * 2.3)
    assert {row["ShareOfBudget"] for row in rows} == {0.5}


def test_calls_of_assistants_are_told_by_tool_and_outcome(workspace: Workspace) -> None:
    for outcome, count in (("ok", 5), ("tool_error", 2), ("refused", 1), ("limited", 1), ("failed", 1), ("cancelled", 1)):
        workspace.metric(NOW, "dot_mcp_calls_total", count, upstream="dot", tool="driver_file", outcome=outcome)
    (row,) = workspace.run("mcp_use")
    counted = {name: row[name] for name in ("Calls", "Answered", "ToolErrors", "Refused", "Failed", "Cancelled")}
    assert counted == {"Calls": 11, "Answered": 5, "ToolErrors": 2, "Refused": 2, "Failed": 1, "Cancelled": 1}


def test_calls_of_assistants_are_told_by_the_kind_of_client(workspace: Workspace) -> None:
    for client, upstream, count in (("claude", "dot-copilot", 7), ("claude", "github", 2), ("other", "dot-copilot", 1)):
        workspace.metric(NOW, "dot_mcp_client_calls_total", count, client=client, upstream=upstream)
    rows = workspace.run("mcp_clients")
    assert [(row["Client"], row["Upstream"], row["Calls"]) for row in rows] == [
        ("claude", "dot-copilot", 7),
        ("claude", "github", 2),
        ("other", "dot-copilot", 1),
    ]
