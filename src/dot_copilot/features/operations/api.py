"""How the platform is: the map, charts, alerts, traces and log lines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from dot_copilot.core.caller import Caller, Permission
from dot_copilot.core.errors import Forbidden, Invalid, InvalidCursor, Unauthorized, Unavailable, problems
from dot_copilot.core.http import CallerDep, CursorQuery, PlatformDep, refuse
from dot_copilot.features.operations.errors import OperationsNotShown, PartNotFound, TraceNotFound
from dot_copilot.features.operations.schemas import (
    Alerts,
    Charts,
    Level,
    LogEntries,
    OperationsMap,
    PartCharts,
    TraceDetail,
    Traces,
)
from dot_copilot.features.operations.service import admission, alerts, charts, logs, platform_map, traces


async def get_operator(caller: CallerDep, platform: PlatformDep) -> Caller:
    """An administrator of a carrier that looks after the platform."""
    refuse(caller, (Permission.READ_OPERATIONS,))
    await admission.check(platform, caller)
    return caller


router = APIRouter(
    prefix="/operations",
    tags=["operations"],
    responses=problems(Unauthorized, Forbidden, OperationsNotShown, Unavailable),
)
Operator = Annotated[Caller, Depends(get_operator)]
_PART = r"^[a-z][a-z0-9-]{0,39}$"
TraceId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="As in X-Request-Id, and in `trace_id` of a problem")]
TraceIdQuery = Annotated[str | None, Query(pattern="^[0-9a-f]{32}$", description="Lines of this trace only")]
PartName = Annotated[str, Path(pattern=_PART, description="As in the map, such as `api`")]
PartQuery = Annotated[str | None, Query(pattern=_PART, description="A part, or one of its processes")]
Limit = Annotated[int, Query(ge=1, le=200, description="Items a page")]


@router.get("/map")
async def read_operations_map(operator: Operator, platform: PlatformDep) -> OperationsMap:
    """Every part and every path of calls, with what is known of each at this moment."""
    return await platform_map.read(platform, operator.carrier_id)


@router.get("/charts", responses=problems(Invalid))
async def read_operations_charts(
    _operator: Operator,
    platform: PlatformDep,
    range_: Annotated[charts.Range, Query(alias="range", description="How far back")] = "1h",
) -> Charts:
    """A dozen small charts over the same time."""
    return await charts.read(platform, range_)


@router.get("/parts/{name}/charts", responses=problems(PartNotFound, Invalid))
async def read_part_charts(name: PartName, _operator: Operator, platform: PlatformDep) -> PartCharts:
    """CPU and memory of one part in the last quarter of an hour."""
    return await charts.of_part(platform, name)


@router.get("/alerts")
async def list_alerts(operator: Operator, platform: PlatformDep) -> Alerts:
    """The alerts that stand, the worst first."""
    return await alerts.standing(platform.watch, operator.carrier_id)


@router.get("/traces", responses=problems(InvalidCursor, Invalid))
async def list_traces(
    *,
    operator: Operator,
    platform: PlatformDep,
    failed: Annotated[bool, Query(description="Only those that failed")] = False,
    slow: Annotated[bool, Query(description="Only those of a second or more")] = False,
    part: PartQuery = None,
    cursor: CursorQuery = None,
    limit: Limit = 50,
) -> Traces:
    """Requests, jobs and calls that were kept, the newest first."""
    filters = traces.Filters(failed=failed, slow=slow, part=part)
    return await traces.page(platform.watch, platform.cursors, operator.carrier_id, filters, cursor=cursor, limit=limit)


@router.get("/traces/{trace_id}", responses=problems(TraceNotFound, Invalid))
async def read_trace(trace_id: TraceId, operator: Operator, platform: PlatformDep) -> TraceDetail:
    """One of them as a waterfall, with the log lines of all parts that carry its id."""
    return await traces.one(platform.watch, operator.carrier_id, trace_id)


@router.get("/logs", responses=problems(InvalidCursor, Invalid))
async def list_log_lines(
    *,
    operator: Operator,
    platform: PlatformDep,
    part: PartQuery = None,
    level: Annotated[Level, Query(description="As bad as this, or worse")] = "info",
    trace_id: TraceIdQuery = None,
    cursor: CursorQuery = None,
    limit: Limit = 100,
) -> LogEntries:
    """Lines of the parts' logs, the newest first: those of the own carrier and those of the platform."""
    return await logs.page(
        platform.watch,
        platform.cursors,
        operator.carrier_id,
        part=part,
        level=level,
        trace_id=trace_id,
        cursor=cursor,
        limit=limit,
    )
