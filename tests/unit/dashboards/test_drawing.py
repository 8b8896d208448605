"""How one panel becomes Grafana's JSON."""

from __future__ import annotations

from dot_copilot.dashboards.drawing import draw
from dot_copilot.dashboards.grafana import SOURCE, as_json
from dot_copilot.dashboards.model import Dashboard, Kind, Marks, Panel, Query, Row, Unit, Variable, stat


def panel(kind: Kind, *queries: Query, **more: object) -> Panel:
    return Panel("A title", "A description.", Unit.SECONDS, queries or (Query("up"),), kind=kind, **more)  # type: ignore[arg-type]


def test_marks_become_thresholds_from_good_to_bad() -> None:
    drawn = draw(stat("Age", "How old.", Unit.SECONDS, "up", marks=Marks(60, 600)), SOURCE)
    steps = drawn["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["color"], step["value"]) for step in steps] == [("green", None), ("orange", 60), ("red", 600)]


def test_marks_below_are_bad_first() -> None:
    drawn = draw(stat("Left", "How much.", Unit.SHARE, "up", marks=Marks(0.5, 0.1, below=True)), SOURCE)
    steps = drawn["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [(step["color"], step["value"]) for step in steps] == [("red", None), ("orange", 0.1), ("green", 0.5)]


def test_words_stand_for_values_and_for_the_quotient_of_nothing() -> None:
    drawn = draw(stat("Up?", "Is it.", Unit.STATE, "up", words={1: "yes", 0: "no"}), SOURCE)
    nothing, values = drawn["fieldConfig"]["defaults"]["mappings"]
    assert nothing["options"]["match"] == "nan"
    assert {value: to["text"] for value, to in values["options"].items()} == {"1": "yes", "0": "no"}


def test_a_table_asks_for_this_moment_and_names_its_columns() -> None:
    drawn = draw(panel(Kind.TABLE, Query("a", column="First"), Query("b", column="Second")), SOURCE)
    assert [(t["refId"], t["format"], t["instant"], t["range"]) for t in drawn["targets"]] == [
        ("A", "table", True, False),
        ("B", "table", True, False),
    ]
    organize = drawn["transformations"][1]["options"]
    assert organize["renameByName"] == {"Value #A": "First", "Value #B": "Second"}
    assert drawn["options"]["sortBy"] == [{"displayName": "First", "desc": True}]


def test_a_graph_asks_for_the_chosen_time_and_for_kept_traces() -> None:
    drawn = draw(panel(Kind.LINES, Query("a", "a line", exemplars=True), marks=Marks(1, 2)), SOURCE)
    target = drawn["targets"][0]
    assert (target["range"], target["instant"], target["exemplar"], target["legendFormat"]) == (True, False, True, "a line")
    assert drawn["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"]["mode"] == "dashed"


def test_a_heatmap_takes_buckets_as_prometheus_has_them() -> None:
    target = draw(panel(Kind.HEATMAP), SOURCE)["targets"][0]
    assert (target["format"], target["legendFormat"]) == ("heatmap", "{{le}}")


def test_links_lead_to_the_next_dashboard_and_the_runbook() -> None:
    drawn = draw(stat("Age", "How old.", Unit.SECONDS, "up", runbook="JobsLate", board="dot-jobs"), SOURCE)
    assert [link["url"] for link in drawn["links"]] == [
        "/d/dot-jobs?${__url_time_range}",
        "/public/runbooks/alerts/JobsLate.md",
    ]


def test_series_that_mean_the_same_have_the_same_colour() -> None:
    drawn = draw(panel(Kind.LINES, colors={"5xx": "red"}, units={"Took": Unit.SECONDS}), SOURCE)
    assert drawn["fieldConfig"]["overrides"] == [
        {
            "matcher": {"id": "byName", "options": "5xx"},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}}],
        },
        {"matcher": {"id": "byName", "options": "Took"}, "properties": [{"id": "unit", "value": "s"}]},
    ]


def test_panels_flow_into_lines_beneath_their_heading() -> None:
    row = Row("A heading", (panel(Kind.LINES, width=12), panel(Kind.LINES, width=12, height=10), panel(Kind.LINES, width=24)))
    board = Dashboard("dot-x", "X", "An x.", (row, row), (Variable("part", "Part", "part", "up"),))
    made = as_json(board)
    places = [(p["type"], p["gridPos"]["x"], p["gridPos"]["y"]) for p in made["panels"]]
    assert places == [
        ("row", 0, 0),
        ("timeseries", 0, 1),
        ("timeseries", 12, 1),
        ("timeseries", 0, 11),
        ("row", 0, 19),
        ("timeseries", 0, 20),
        ("timeseries", 12, 20),
        ("timeseries", 0, 30),
    ]
    assert made["templating"]["list"][0]["definition"] == "label_values(up, part)"
