"""The alerts of Azure, run on made-up rows: each fires for what it is meant for, and for nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.kql import Workspace

NOW = timedelta(minutes=1)


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def healthy(workspace: Workspace) -> None:
    """An hour of answered requests, ten for a row as sampling leaves them."""
    for minute in range(60):
        workspace.requests(minutes(minute + 0.5), 200, count=10)


def test_errors_burn_the_budget_when_they_last_and_go_on(workspace: Workspace) -> None:
    healthy(workspace)
    assert not workspace.fires("alert_budget_burn")
    for minute in range(60):
        workspace.requests(minutes(minute + 0.5), 500)  # failures are all kept: one row is one request
    (row,) = workspace.run("alert_budget_burn")
    assert row["Burn"] == pytest.approx((60 / 660) / 0.001)
    assert workspace.fires("alert_budget_burn")
    assert not workspace.fires("alert_budget_burn", objective=0.99), "what is allowed is the environment's to say"


def test_errors_that_are_over_wake_nobody(workspace: Workspace) -> None:
    healthy(workspace)
    for minute in range(10, 60):
        workspace.requests(minutes(minute), 500)
    assert not workspace.fires("alert_budget_burn")


def test_what_people_do_wrong_and_jobs_that_fail_burn_nothing(workspace: Workspace) -> None:
    healthy(workspace)
    for minute in range(60):
        workspace.requests(minutes(minute + 0.5), 401)
        workspace.requests(minutes(minute + 0.5), 0, Name="roster.import")
    assert not workspace.fires("alert_budget_burn")


def test_a_night_without_requests_wakes_nobody(workspace: Workspace) -> None:
    assert not workspace.fires("alert_budget_burn")


def test_more_sign_ins_fail_than_the_day_before_lets_expect(workspace: Workspace) -> None:
    for hour in range(1, 24):
        workspace.metric(timedelta(hours=hour), "dot_sign_ins_total", 20, outcome="failed")
        workspace.metric(timedelta(hours=hour), "dot_sign_ins_total", 200, outcome="succeeded")
    workspace.metric(NOW, "dot_sign_ins_total", 20, outcome="failed")
    workspace.metric(NOW, "dot_sign_ins_total", 900, outcome="succeeded")
    assert not workspace.fires("alert_sign_in_failures"), "many people who come in are no attack"
    workspace.metric(NOW, "dot_sign_ins_total", 30, outcome="limited")
    assert workspace.fires("alert_sign_in_failures")


def test_few_failures_never_wake_anybody(workspace: Workspace) -> None:
    workspace.metric(NOW, "dot_sign_ins_total", 19, outcome="failed")
    assert not workspace.fires("alert_sign_in_failures")
    assert workspace.fires("alert_sign_in_failures", quiet=5.0)


@pytest.mark.parametrize(("age", "fires"), [(599, False), (601, True)])
def test_jobs_are_late_from_ten_minutes_on(workspace: Workspace, age: float, fires: bool) -> None:
    workspace.metric(NOW, "dot_job_oldest_age_seconds", 5)
    workspace.metric(NOW, "dot_job_oldest_age_seconds", age)
    assert workspace.fires("alert_jobs_late") is fires


def test_a_worker_that_says_nothing_is_late(workspace: Workspace) -> None:
    workspace.metric(minutes(30), "dot_job_oldest_age_seconds", 5)
    assert workspace.run("alert_jobs_late") == [{"OldestSeconds": 900.0}]
    assert workspace.fires("alert_jobs_late")


def test_an_upstream_fails_when_enough_of_its_calls_do(workspace: Workspace) -> None:
    workspace.metric(NOW, "dot_mcp_calls_total", 70, upstream="github", tool="get_me", outcome="ok")
    workspace.metric(NOW, "dot_mcp_calls_total", 30, upstream="github", tool="get_me", outcome="failed")
    workspace.metric(NOW, "dot_mcp_calls_total", 90, upstream="dot", tool="driver_file", outcome="tool_error")
    workspace.metric(NOW, "dot_mcp_calls_total", 5, upstream="rare", tool="x", outcome="failed")
    assert workspace.fires("alert_mcp_failing")
    shares = {row["Upstream"]: row["FailedShare"] for row in workspace.run("alert_mcp_failing")}
    assert shares == {"github": pytest.approx(0.3), "dot": 0}, "a tool's own error is an answer, and five calls say nothing"


def test_only_what_is_billed_today_counts_against_the_budget(workspace: Workspace) -> None:
    today = {"StartTime": datetime.now(UTC).replace(tzinfo=None), "DataType": "AppTraces"}
    workspace.add("Usage", NOW, Quantity=400.0, IsBillable=True, **today)
    workspace.add("Usage", NOW, Quantity=900.0, IsBillable=False, **today)
    yesterday = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=1)
    workspace.add("Usage", NOW, Quantity=900.0, IsBillable=True, DataType="AppTraces", StartTime=yesterday)
    assert workspace.run("alert_ingestion_budget") == [{"ShareOfBudget": pytest.approx(0.8)}]
    assert not workspace.fires("alert_ingestion_budget")
    assert workspace.fires("alert_ingestion_budget", dailyBudgetGb=0.3)


def test_telemetry_that_is_lost_is_told_from_a_thousand_on(workspace: Workspace) -> None:
    workspace.metric(NOW, "dot_telemetry_dropped_total", 900, signal="traces", reason="queue_full")
    assert not workspace.fires("alert_telemetry_dropped")
    workspace.metric(NOW, "dot_telemetry_dropped_total", 200, signal="logs", reason="export_failed")
    assert workspace.fires("alert_telemetry_dropped")
