"""Workbook, dashboard and log alerts send queries that the checker of KQL takes, and look where Azure lets them."""

from __future__ import annotations

import json

import pytest

from infra.components.boards import dashboard, workbook
from infra.queries.boards import DASHBOARD, WORKBOOK
from infra.queries.checking import check
from tests.infra.graphs import graph, options

WORKSPACE = "/subscriptions/s/resourceGroups/r/providers/Microsoft.OperationalInsights/workspaces/w"


def texts() -> dict[str, str]:
    """Every query as it is sent, by where it is sent from."""
    chosen = options("prod", logGbADay="2.5")
    found = {
        f"workbook {item['name']}": item["content"]["query"]
        for item in json.loads(workbook(WORKSPACE, chosen))["items"]
        if item["type"] == 3
    }
    for number, part in enumerate(dashboard(WORKSPACE, chosen)["lenses"][0]["parts"]):
        values = {one["name"]: one["value"] for one in part["metadata"]["inputs"]}
        found[f"dashboard {number}"] = values["Query"]
    for rule in graph("prod", logGbADay="2.5").of("monitor:ScheduledQueryRule"):
        found[rule.name] = rule.at("criteria.allOf.0.query")
    return found


def test_all_of_them_are_kql_over_our_tables() -> None:
    sent = texts()
    assert len(sent) == sum(len(section.tiles) for section in WORKBOOK) + len(DASHBOARD) + 6
    wrong = {name: found.problems for name, found in check(sent).items() if found.problems}
    assert not wrong


def test_the_daily_limit_of_the_stack_is_in_the_queries_that_compare_with_it() -> None:
    sent = texts()
    assert "let dailyBudgetGb = 2.500000;" in sent["log-alert-ingestion-budget"]
    assert any(
        "let dailyBudgetGb = 2.500000;" in text for name, text in sent.items() if name.startswith("workbook ingestion_cost")
    )
    assert graph("prod", logGbADay="2.5").node("workspace").at("workspaceCapping.dailyQuotaGb") == 2.5


def test_the_workbook_asks_for_the_request_that_its_last_tile_follows() -> None:
    content = json.loads(workbook(WORKSPACE, options("prod")))["items"]
    asked = {one["name"] for one in content[0]["content"]["parameters"]}
    assert asked == {"TimeRange", "TraceId"}
    followed = [text for name, text in texts().items() if name.startswith("workbook one_request")]
    assert followed
    assert all('let traceId = "{TraceId}";' in text for text in followed)


def test_dashboard_tiles_do_not_overlap() -> None:
    seen: set[tuple[int, int]] = set()
    for part in dashboard(WORKSPACE, options("prod"))["lenses"][0]["parts"]:
        place = part["position"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["colSpan"])
            for y in range(place["y"], place["y"] + place["rowSpan"])
        }
        assert not cells & seen
        assert place["x"] + place["colSpan"] <= 12
        seen |= cells


@pytest.mark.parametrize("name", ["alert-error-rate", "alert-database-cpu"])
def test_metric_alerts_look_every_minute(name: str) -> None:
    assert graph("prod").node(name).at("evaluationFrequency") == "PT1M"
