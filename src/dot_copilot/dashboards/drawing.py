"""One panel as Grafana's JSON: its queries, how its values are written and coloured, and the options of its kind."""

from __future__ import annotations

from typing import Any

from dot_copilot.dashboards.model import Kind, Marks, Panel, Query

Json = dict[str, Any]
GOOD, LOOK, BAD = "green", "orange", "red"
RUNBOOKS = "/public/runbooks/alerts"  # docs/runbooks, which Grafana serves from there (deploy/compose.yaml)


def draw(panel: Panel, source: Json) -> Json:
    """All of a panel but its number and place."""
    return {
        "type": panel.kind.value,
        "title": panel.title,
        "description": panel.description,
        "targets": [_target(panel, query, position, source) for position, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": _overrides(panel)},
        "options": _options(panel),
        "links": _links(panel),
        "transformations": _transformations(panel),
    }


def _target(panel: Panel, query: Query, position: int, source: Json) -> Json:
    """A query. Tables ask for this moment; everything else for the chosen time, stats too, for the curve behind the number."""
    table = panel.kind is Kind.TABLE
    heatmap = panel.kind is Kind.HEATMAP
    return {
        "refId": chr(ord("A") + position),
        "datasource": source,
        "editorMode": "code",
        "expr": query.expr,
        "legendFormat": "{{le}}" if heatmap else query.legend or "__auto",
        "format": "table" if table else "heatmap" if heatmap else "time_series",
        "instant": table,
        "range": not table,
        "exemplar": query.exemplars,
    }


def _defaults(panel: Panel) -> Json:
    """How values are written and coloured where nothing else is said."""
    made: Json = {
        "unit": panel.unit.value,
        "min": 0,
        "noValue": "no data",
        "thresholds": _steps(panel.marks),
        "mappings": _words(panel),
    }
    if panel.most is not None:
        made["max"] = panel.most
    if panel.kind is Kind.LINES:
        made["color"] = {"mode": "palette-classic"}
        made["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 40 if panel.stacked else 8,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if panel.marks else "off"},
        }
    elif panel.kind is Kind.STATES:
        made["color"] = {"mode": "thresholds"}
        made["custom"] = {"fillOpacity": 70, "lineWidth": 0}
    elif panel.kind is Kind.TABLE:
        made["custom"] = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}
    else:
        made["color"] = {"mode": "thresholds"}
    return made


def _steps(marks: Marks | None) -> Json:
    """Marks as Grafana's thresholds. They are never the only sign: the number is there, and states have words."""
    if marks is None:
        steps: list[Json] = [{"color": "text", "value": None}]
    elif marks.below:
        steps = [{"color": BAD, "value": None}, {"color": LOOK, "value": marks.bad}, {"color": GOOD, "value": marks.look}]
    else:
        steps = [{"color": GOOD, "value": None}, {"color": LOOK, "value": marks.look}, {"color": BAD, "value": marks.bad}]
    return {"mode": "absolute", "steps": steps}


def _words(panel: Panel) -> list[Json]:
    """Words for values; and for the quotient of nothing, which is what a share or percentile is while nobody asks anything."""
    made: list[Json] = [{"type": "special", "options": {"match": "nan", "result": {"text": "nothing asked", "index": 99}}}]
    if panel.words:
        options = {str(value): {"text": word, "index": value} for value, word in panel.words.items()}
        made.append({"type": "value", "options": options})
    return made


def _overrides(panel: Panel) -> list[Json]:
    """Colours of series that mean the same everywhere, and units of a table's columns."""
    made = [_override(name, "color", {"mode": "fixed", "fixedColor": color}) for name, color in panel.colors.items()]
    return made + [_override(name, "unit", unit.value) for name, unit in panel.units.items()]


def _override(name: str, key: str, value: object) -> Json:
    return {"matcher": {"id": "byName", "options": name}, "properties": [{"id": key, "value": value}]}


def _options(panel: Panel) -> Json:
    """The options of a panel's kind."""
    last = {"calcs": ["lastNotNull"], "fields": "", "values": False}
    legend = {"showLegend": True, "displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]}
    options: dict[Kind, Json] = {
        Kind.STAT: {
            "colorMode": "background" if panel.marks else "value",
            "graphMode": "none" if panel.words else "area",
            "justifyMode": "center",
            "orientation": "auto",
            "textMode": "auto",
            "reduceOptions": last,
        },
        Kind.LINES: {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}},
        Kind.TABLE: {"showHeader": True, "cellHeight": "sm", "sortBy": _sorted_by(panel)},
        Kind.HEATMAP: {
            "calculate": False,
            "cellGap": 1,
            "color": {"mode": "scheme", "scheme": "Oranges", "steps": 64, "exponent": 0.5, "reverse": False},
            "exemplars": {"color": "rgba(255,0,255,0.7)"},
            "legend": {"show": True},
            "tooltip": {"mode": "single", "yHistogram": True},
            "yAxis": {"unit": panel.unit.value, "axisPlacement": "left"},
            "rowsFrame": {"layout": "auto"},
        },
        Kind.STATES: {
            "mergeValues": True,
            "rowHeight": 0.8,
            "showValue": "never",
            "alignValue": "left",
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "single", "sort": "none"},
        },
        Kind.BARS: {"displayMode": "basic", "orientation": "horizontal", "showUnfilled": True, "reduceOptions": last},
    }
    return options[panel.kind]


def _sorted_by(panel: Panel) -> list[Json]:
    """A table begins with the largest of its first number."""
    columns = [query.column for query in panel.queries if query.column]
    return [{"displayName": columns[0], "desc": True}] if columns else []


def _transformations(panel: Panel) -> list[Json]:
    """Several queries of a table become its columns, with our names instead of Grafana's `Value #A`."""
    if panel.kind is not Kind.TABLE:
        return []
    single = len(panel.queries) == 1
    names = {
        "Value" if single else f"Value #{chr(ord('A') + position)}": query.column
        for position, query in enumerate(panel.queries)
        if query.column
    }
    organize = {"excludeByName": {"Time": True, "__name__": True}, "renameByName": names, "indexByName": {}}
    return [{"id": "merge", "options": {}}, {"id": "organize", "options": organize}]


def _links(panel: Panel) -> list[Json]:
    """Where to go from here: the dashboard that tells more, and what to do about it."""
    made = []
    if panel.board:
        made.append({"title": "Tell me more", "url": f"/d/{panel.board}?${{__url_time_range}}", "targetBlank": False})
    if panel.runbook:
        made.append({"title": "What to do", "url": f"{RUNBOOKS}/{panel.runbook}.md", "targetBlank": True})
    return made
