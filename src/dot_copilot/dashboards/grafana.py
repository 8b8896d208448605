"""Dashboards as Grafana's JSON: schema version 42, that of Grafana 12.2 to 13; older ones take it as it is."""

from __future__ import annotations

from typing import Any

from dot_copilot.dashboards.drawing import draw
from dot_copilot.dashboards.model import PAGE, Dashboard, Row, Variable

SCHEMA = 42
SOURCE = {"type": "prometheus", "uid": "dot-prometheus"}
TAG = "dot-copilot"
Json = dict[str, Any]


def as_json(board: Dashboard) -> Json:
    """The document that Grafana provisions. `id` is null and `version` absent, so that the same code writes the same file."""
    return {
        "annotations": {"list": [_alerts()]},
        "description": board.description,
        "editable": False,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,  # the cross-hair shows on all panels: what happened at that moment elsewhere?
        "id": None,
        "links": [_others()],
        "panels": _panels(board.rows),
        "preload": False,
        "refresh": "30s",
        "schemaVersion": SCHEMA,
        "tags": [TAG],
        "templating": {"list": [_variable(variable) for variable in board.variables]},
        "time": {"from": board.since, "to": "now"},
        "timepicker": {},
        "timezone": "browser",
        "title": board.title,
        "uid": board.uid,
    }


def _panels(rows: tuple[Row, ...]) -> list[Json]:
    """Headings and panels with their places: from left to right, and on to the next line where one doesn't fit."""
    made: list[Json] = []
    top = 0
    for row in rows:
        made.append(_heading(len(made) + 1, row.title, top))
        top += 1
        left = tallest = 0
        for panel in row.panels:
            if left + panel.width > PAGE:
                top, left, tallest = top + tallest, 0, 0
            place = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            made.append({"id": len(made) + 1, "gridPos": place, "datasource": SOURCE, **draw(panel, SOURCE)})
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest
    return made


def _heading(number: int, title: str, top: int) -> Json:
    place = {"x": 0, "y": top, "w": PAGE, "h": 1}
    return {"id": number, "gridPos": place, "type": "row", "title": title, "collapsed": False, "panels": []}


def _variable(variable: Variable) -> Json:
    """A choice of several values, all of them at first."""
    query = f"label_values({variable.series}, {variable.label})"
    return {
        "name": variable.name,
        "label": variable.title,
        "type": "query",
        "datasource": SOURCE,
        "definition": query,
        "query": {"qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "refresh": 2,  # when the time range changes: parts come and go
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "current": {"text": ["All"], "value": ["$__all"]},
        "options": [],
        "regex": "",
    }


def _alerts() -> Json:
    """Firing alerts as marks on every graph: was it before or after the alert?"""
    return {
        "name": "Alerts",
        "datasource": SOURCE,
        "enable": True,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing"}',
        "step": "60s",
        "titleFormat": "{{alertname}}",
        "textFormat": "{{part}} {{severity}}",
    }


def _others() -> Json:
    """Links to the other dashboards, which keep the chosen time."""
    return {
        "type": "dashboards",
        "title": "Dashboards",
        "tags": [TAG],
        "asDropdown": False,
        "includeVars": False,
        "keepTime": True,
        "targetBlank": False,
        "icon": "external link",
        "tooltip": "",
        "url": "",
    }
