"""The work itself: who may drive, what people bring in, and whether they get in."""

from __future__ import annotations

from dot_copilot.dashboards.boards.common import ANY, OUTCOME_COLORS
from dot_copilot.dashboards.model import Dashboard, Marks, Panel, Query, Row, Unit, stat
from dot_copilot.dashboards.promql import or_nothing, or_zero, share

STANDING_COLORS = {"can drive": "green", "cannot drive": "red", "due soon": "orange", "unknown": "blue"}


def increase(metric: str, where: str = "", *, by: str = "", over: str = "1h") -> str:
    """How many were counted within `over`; 0 while none was."""
    matchers = f"{{{where}}}" if where else ""
    if by:
        return or_nothing(f"sum by ({by}) (increase({metric}{matchers}[{over}]))", by, "none yet")
    return or_zero(f"sum(increase({metric}{matchers}[{over}]))")


ANSWER = Row(
    "What happened today?",
    (
        stat(
            "Drivers who can't drive",
            "Share of all drivers of all carriers whose file forbids them to drive today.",
            Unit.SHARE,
            share(
                'sum(max by (state) (dot_drivers{state="cannot_drive"}))', 'sum(max by (state) (dot_drivers{state!="due_soon"}))'
            ),
        ),
        stat(
            "Drivers",
            "Drivers of all carriers, whatever their standing.",
            Unit.COUNT,
            or_zero('sum(max by (state) (dot_drivers{state!="due_soon"}))'),
        ),
        stat(
            "Rosters",
            "Imports that were completed within a day.",
            Unit.COUNT,
            increase("dot_imports_total", 'outcome="completed"', over="1d"),
        ),
        stat(
            "Imports that failed",
            "Imports of a roster that ended without a result within a day.",
            Unit.COUNT,
            increase("dot_imports_total", 'outcome="failed"', over="1d"),
            marks=ANY,
            runbook="JobsFailing",
        ),
        stat(
            "Documents",
            "Uploads that were accepted within a day.",
            Unit.COUNT,
            increase("dot_uploads_total", 'outcome="accepted"', over="1d"),
        ),
        stat(
            "Sign-ins that fail",
            "Share of the last hour's sign-ins that failed, met a locked account or a limit. Far more than usual is an attack.",
            Unit.SHARE,
            share('sum(increase(dot_sign_ins_total{outcome!="succeeded"}[1h]))', "sum(increase(dot_sign_ins_total[1h]))"),
            marks=Marks(0.3, 0.7),
            runbook="SignInsRefused",
        ),
    ),
)

WORK = Row(
    "Who drives, who comes, what do they bring?",
    (
        Panel(
            "Drivers by standing",
            "Who can drive, who can't, who soon can't (those are counted among who can, too), and whose file says nothing yet.",
            Unit.COUNT,
            (Query('label_replace(max by (state) (dot_drivers), "state", "$1 $2", "state", "(.+)_(.+)")', "{{state}}"),),
            colors=STANDING_COLORS,
        ),
        Panel(
            "Sign-ins",
            "Sign-ins within an hour, by outcome. No name and no address is kept here.",
            Unit.COUNT,
            (Query(increase("dot_sign_ins_total", by="outcome"), "{{outcome}}"),),
            colors=OUTCOME_COLORS,
        ),
        Panel(
            "Rows imported",
            "Rows of rosters within an hour: imported, and held back with an error that the person sees.",
            Unit.COUNT,
            (Query(increase("dot_import_rows_total", by="outcome"), "{{outcome}}"),),
            colors=OUTCOME_COLORS,
        ),
        Panel(
            "Uploads",
            "Documents within an hour, accepted and refused.",
            Unit.COUNT,
            (Query(increase("dot_uploads_total", by="outcome"), "{{outcome}}"),),
            colors=OUTCOME_COLORS,
        ),
        Panel(
            "Bytes uploaded",
            "Size of the documents that were accepted within an hour.",
            Unit.BYTES,
            (Query(increase("dot_upload_bytes_total"), "uploaded"),),
        ),
        Panel(
            "What assistants asked",
            "Calls of assistants within an hour, by the tools' server.",
            Unit.COUNT,
            (Query(increase("dot_mcp_calls_total", by="upstream"), "{{upstream}}"),),
            board="dot-mcp",
        ),
    ),
)

BOARD = Dashboard(
    "dot-business",
    "DOT-Copilot: the work itself",
    "Who may drive, what people bring in, and whether they get in.",
    (ANSWER, WORK),
    since="now-24h",
)
