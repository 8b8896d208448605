"""The workbook and the dashboard, drawn from infra/queries/boards.py."""

from __future__ import annotations

import json
import uuid
from typing import Any, cast

import pulumi
from pulumi_azure_native import applicationinsights, portal

from infra.components.base import Component, Place
from infra.options import Options
from infra.queries import Query, query
from infra.queries.boards import DASHBOARD, WORKBOOK, Tile

_NAMESPACE = uuid.UUID("6a1c0e52-7d0f-4e0a-9a63-3d5a1c2b7f10")
_ROWS = 4


class Boards(Component):
    """Both show the workspace's tables."""

    def __init__(self, place: Place, workspace: pulumi.Output[str]) -> None:
        super().__init__("boards")
        options = place.options
        applicationinsights.Workbook(
            "workbook",
            # Azure wants a GUID for a name: always the same one for the same environment.
            resource_name_=str(uuid.uuid5(_NAMESPACE, options.names.of("workbook"))),
            display_name=f"DOT-Copilot {options.env}",
            category="workbook",
            kind="shared",
            source_id=workspace,
            serialized_data=workspace.apply(lambda found: workbook(found, options)),
            **place.located,
            opts=self.own(),
        )
        portal.Dashboard(
            "dashboard",
            dashboard_name=options.names.of("dash"),
            properties=workspace.apply(lambda found: cast(Any, dashboard(found, options))),
            resource_group_name=place.group,
            location=options.location,
            tags=options.tags | {"hidden-title": f"DOT-Copilot {options.env}"},
            opts=self.own(),
        )
        self.register_outputs({})


def workbook(workspace: str, options: Options) -> str:
    """The workbook's JSON: a time range and the id of a request, then the sections with their tiles."""
    items: list[dict[str, Any]] = [_asked()]
    for section in WORKBOOK:
        items.append({"type": 1, "name": section.title, "content": {"json": f"## {section.title}"}})
        items += [_workbook_tile(tile, number, options) for number, tile in enumerate(section.tiles)]
    return json.dumps({"version": "Notebook/1.0", "items": items, "fallbackResourceIds": [workspace], "isLocked": False})


def _asked() -> dict[str, Any]:
    """What whoever looks may choose: the time, and the request that the last tile follows."""
    ranges = [{"durationMs": hours * 3_600_000} for hours in (1, 4, 24, 72, 168, 720)]
    parameter = {
        "id": str(uuid.uuid5(_NAMESPACE, "TimeRange")),
        "version": "KqlParameterItem/1.0",
        "name": "TimeRange",
        "label": "Time range",
        "type": 4,
        "isRequired": True,
        "typeSettings": {"selectableValues": ranges},
        "value": {"durationMs": 86_400_000},
    }
    request = {
        "id": str(uuid.uuid5(_NAMESPACE, "TraceId")),
        "version": "KqlParameterItem/1.0",
        "name": "TraceId",
        "label": "One request (X-Request-Id)",
        "type": 1,
        "isRequired": False,
        "value": "",
    }
    content = {"version": "KqlParameterItem/1.0", "parameters": [parameter, request], "style": "pills", "queryType": 0}
    return {"type": 9, "name": "parameters", "content": content}


def _workbook_tile(tile: Tile, number: int, options: Options) -> dict[str, Any]:
    shown = query(tile.query)
    content: dict[str, Any] = {
        "version": "KqlItem/1.0",
        "query": _text(shown, options),
        "size": 0,
        "title": _title(shown, tile),
        "queryType": 0,
        "resourceType": "microsoft.operationalinsights/workspaces",
        "visualization": tile.visual,
    }
    if tile.columns:
        content["chartSettings"] = {"yAxis": list(tile.columns)}
    if shown.span == "chosen":
        content["timeContextFromParameter"] = "TimeRange"
    else:
        content["timeContext"] = {"durationMs": 0}
    name = f"{tile.query}-{number}"
    return {"type": 3, "name": name, "content": content, "customWidth": f"{tile.width * 100 // 12}"}


def dashboard(workspace: str, options: Options) -> dict[str, Any]:
    """The dashboard's properties: tiles in rows of twelve columns."""
    parts, column, row = [], 0, 0
    for tile in DASHBOARD:
        if column + tile.width > 12:
            column, row = 0, row + _ROWS
        position = {"x": column, "y": row, "colSpan": tile.width, "rowSpan": _ROWS}
        parts.append({"position": position, "metadata": _part(tile, workspace, options)})
        column += tile.width
    return {"lenses": [{"order": 0, "parts": parts}], "metadata": {"model": {"timeRange": _DAY}}}


_DAY = {
    "value": {"relative": {"duration": 24, "timeUnit": 1}},
    "type": "MsPortalFx.Composition.Configuration.ValueTypes.TimeRange",
}


def _part(tile: Tile, workspace: str, options: Options) -> dict[str, Any]:
    """A tile as the portal writes it when somebody pins a query's result."""
    shown = query(tile.query)
    chart = tile.visual == "timechart"
    values: dict[str, Any] = {
        "resourceTypeMode": "workspace",
        "ComponentId": workspace,
        "Scope": {"resourceIds": [workspace]},
        "PartId": str(uuid.uuid5(_NAMESPACE, f"{tile.query}-{'-'.join(tile.columns)}")),
        "Version": "2.0",
        "TimeRange": "P1D",
        "Query": _text(shown, options) + (f"| render timechart with (ycolumns={', '.join(tile.columns)})\n" if chart else ""),
        "ControlType": "FrameControlChart" if chart else "AnalyticsGrid",
        "PartTitle": _title(shown, tile),
        "PartSubTitle": shown.answers,
        "IsQueryContainTimeRange": shown.span != "chosen",
    }
    if chart:
        values["SpecificChart"] = "Line"
    return {
        "type": "Extension/Microsoft_OperationsManagementSuite_Workspace/PartType/LogsDashboardPart",
        "inputs": [{"name": name, "value": value, "isOptional": True} for name, value in values.items()],
    }


def _title(shown: Query, tile: Tile) -> str:
    """The query's title, and which of its numbers this chart draws when another chart draws others."""
    tiles = (*(other for section in WORKBOOK for other in section.tiles), *DASHBOARD)
    alone = all(other.columns == tile.columns for other in tiles if other.query == tile.query)
    return shown.title if alone else f"{shown.title} ({', '.join(tile.columns)})"


def _text(shown: Query, options: Options) -> str:
    """The query with the limits of this stack where it compares with them, and what the workbook's reader entered."""
    given: dict[str, float | str] = {"dailyBudgetGb": options.log_gb_a_day, "traceId": "{TraceId}"}
    return shown.with_values(**{p.name: given[p.name] for p in shown.parameters if p.name in given})
