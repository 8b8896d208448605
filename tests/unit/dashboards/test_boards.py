"""Every dashboard answers first, in units that are the same everywhere, with metrics that are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from dot_copilot.dashboards.boards import BOARDS
from dot_copilot.dashboards.model import PAGE, Dashboard, Kind, Panel, Unit
from dot_copilot.stack.binaries import BinaryMissingError, monitoring
from tests.support import metrics

PANELS = [pytest.param(board, panel, id=f"{board.uid}: {panel.title}") for board in BOARDS for panel in board.panels]
ROOT = Path(__file__).parents[3]


def test_a_uid_is_an_address_and_belongs_to_one_dashboard() -> None:
    uids = [board.uid for board in BOARDS]
    assert uids == ["dot-overview", "dot-api", "dot-database", "dot-jobs", "dot-mcp", "dot-business"]
    assert len({board.title for board in BOARDS}) == len(BOARDS)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_a_dashboard_answers_first_and_fits_into_a_head(board: Dashboard) -> None:
    assert len(board.panels) <= 12
    first = board.rows[0]
    assert first.title.endswith("?"), "the first row answers a question"
    assert {panel.kind for panel in first.panels} == {Kind.STAT}
    assert sum(panel.width for panel in first.panels) == PAGE
    for row in board.rows:
        assert sum(panel.width for panel in row.panels) % PAGE == 0, f"{row.title} leaves a gap"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_no_title_is_on_a_page_twice(board: Dashboard) -> None:
    titles = [panel.title for panel in board.panels]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_panel_says_what_it_shows(board: Dashboard, panel: Panel) -> None:
    assert panel.title
    assert not panel.title.endswith(".")
    assert panel.description.endswith(".")
    assert panel.unit in Unit
    assert panel.queries
    if panel.kind is not Kind.STAT:
        assert len(panel.description) > 20


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_panel_asks_for_metrics_that_there_are(board: Dashboard, panel: Panel) -> None:
    known = metrics.series_names()
    for query in panel.queries:
        names = metrics.metrics_in(query.expr)
        assert names, query.expr
        unknown = {name for name in names - known if not metrics.OTHERS.fullmatch(name) and not name.startswith("process_")}
        assert not unknown, f"{board.uid}, {panel.title}: nobody tells {', '.join(sorted(unknown))}"


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_panel_uses_only_choices_of_its_page(board: Dashboard, panel: Panel) -> None:
    chosen = {variable.name for variable in board.variables}
    for query in panel.queries:
        used = set(re.findall(r"\$(\w+)", re.sub(r'"\$\d[^"]*"|\$\{\d\}', "", query.expr)))
        assert used <= chosen | {"__rate_interval"}, query.expr


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_states_have_words_and_marks_have_an_order(board: Dashboard, panel: Panel) -> None:
    if panel.kind is Kind.STATES or (panel.kind is Kind.STAT and panel.unit is Unit.STATE):
        assert set(panel.words) == {0, 1}, "a colour alone tells a colour-blind person nothing"
    if panel.marks is not None:
        look, bad = panel.marks.look, panel.marks.bad
        assert (look >= bad) if panel.marks.below else (look <= bad)


def test_red_is_where_somebody_is_woken() -> None:
    """A panel whose number an alert watches turns red where that alert fires."""
    watched = {
        *("DoorErrors", "SlowAnswers", "JobsLate", "EventLoopBlocked", "DatabaseConnections", "ConnectionPoolBusy"),
        *("WorkerHung", "McpCallsFailing", "McpCallsNotRecorded"),
    }
    found = set()
    for board in BOARDS:
        for panel in board.panels:
            if panel.runbook in watched and panel.marks is not None:
                assert panel.marks.bad in metrics.alert_numbers(panel.runbook), f"{board.uid}, {panel.title}"
                found.add(panel.runbook)
    assert found == watched


def test_links_lead_somewhere() -> None:
    uids = {board.uid for board in BOARDS}
    pages = ROOT / "docs/runbooks/alerts"
    for board in BOARDS:
        for panel in board.panels:
            assert not panel.board or panel.board in uids - {board.uid}, panel.title
            assert not panel.runbook or (pages / f"{panel.runbook}.md").is_file(), f"{panel.title}: no {panel.runbook}.md"


def test_one_quantity_has_one_unit() -> None:
    """Seconds are never told in milliseconds, shares never in percent, and nothing but a rate is a rate."""
    for board in BOARDS:
        for panel in board.panels:
            for query in panel.queries:
                unit = panel.units.get(query.column, panel.unit)
                if " / " in query.expr:
                    assert unit is Unit.SHARE, panel.title
                elif query.expr.startswith("histogram_quantile"):
                    assert unit is Unit.SECONDS, panel.title
                elif "rate(" in query.expr and panel.kind is not Kind.HEATMAP:
                    assert unit in {Unit.REQUESTS, Unit.PER_SECOND, Unit.COUNT}, panel.title


def test_prometheus_can_read_every_query(tmp_path: Path) -> None:
    try:
        promtool = monitoring("promtool")
    except BinaryMissingError as missing:
        pytest.skip(str(missing))
    expressions = [query.expr for board in BOARDS for panel in board.panels for query in panel.queries]
    substituted = [expr.replace("$__rate_interval", "1m").replace("$part", ".+") for expr in expressions]
    rules = [{"record": f"query:{number}", "expr": expr} for number, expr in enumerate(substituted)]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    read = subprocess.run([promtool, "check", "rules", file], capture_output=True, text=True, check=False, timeout=60)
    assert read.returncode == 0, read.stdout + read.stderr
    assert f"{len(expressions)} rules found" in read.stdout
