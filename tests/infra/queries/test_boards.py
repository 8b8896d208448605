"""Workbook, dashboard and alerts show every query, as what it can be drawn, and page only by columns that are there."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.queries import queries, query
from infra.queries.boards import DASHBOARD, WORKBOOK, Tile, alerts
from infra.queries.checking import Checked, check

NUMBERS = {"int", "long", "real"}
RUNBOOKS = Path(__file__).parents[3] / "docs/runbooks"
TILES = [tile for section in WORKBOOK for tile in section.tiles] + list(DASHBOARD)
# What a log alert may look at, and how often it may do so, in Azure Monitor.
WINDOWS = {"PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D", "P2D"}
EVERY = {"PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D"}


@functools.cache
def checked() -> Mapping[str, Checked]:
    return check({name: found.text for name, found in queries().items()})


def test_every_query_is_shown_where_it_says() -> None:
    shown = {
        "workbook": {tile.query for section in WORKBOOK for tile in section.tiles},
        "dashboard": {tile.query for tile in DASHBOARD},
        "alert": {found.name for found in alerts()},
    }
    for place, names in shown.items():
        assert names == {found.name for found in queries().values() if place in found.used_by}, place


@pytest.mark.parametrize("tile", TILES, ids=lambda tile: f"{tile.query}-{tile.visual}-{'-'.join(tile.columns)}")
def test_a_tile_can_be_drawn(tile: Tile) -> None:
    columns = checked()[tile.query].columns
    assert 1 <= tile.width <= 12
    if tile.visual == "timechart":
        kinds = list(columns.values())
        assert kinds.count("datetime") == 1
        assert kinds.count("string") <= 1, "two words can't both split the lines"
        assert tile.columns
        assert {columns[name] for name in tile.columns} <= NUMBERS
        if "string" in kinds:
            assert len(tile.columns) == 1, "lines that a word splits are of one number"


def test_rows_of_tiles_fill_the_page() -> None:
    for tiles in (*(section.tiles for section in WORKBOOK), DASHBOARD):
        assert sum(tile.width for tile in tiles) % 12 == 0


@pytest.mark.parametrize("name", [found.name for found in alerts()])
def test_an_alert_measures_a_number_in_a_window_that_azure_takes(name: str) -> None:
    alert = query(name).alert
    assert alert is not None
    assert checked()[name].columns[alert.measure] in NUMBERS
    assert alert.window in WINDOWS
    assert alert.every in EVERY
    assert 0 <= alert.severity <= 3
    # Azure Monitor never looks further back than two days for an alert, whatever its text says.
    unit = {"m": 1 / 60, "h": 1, "d": 24}
    span = query(name).span
    assert int(span[:-1]) * unit[span[-1]] <= 48


def test_an_alert_has_a_runbook() -> None:
    for found in alerts():
        assert found.alert is not None
        assert (RUNBOOKS / f"{found.alert.runbook}.md").is_file(), f"{found.name}: no {found.alert.runbook}.md in {RUNBOOKS}"
