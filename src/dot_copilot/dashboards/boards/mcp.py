"""The MCP gateway: are assistants answered, by which upstreams, and what do they use."""

from __future__ import annotations

from dot_copilot.dashboards.boards.common import OUTCOME_COLORS, RESPONSE, UP, parts
from dot_copilot.dashboards.model import Dashboard, Kind, Marks, Panel, Query, Row, Unit, stat
from dot_copilot.dashboards.promql import NOW, or_nothing, or_zero, quantile, rate, share

GATEWAY = 'part=~"$part"'
CALLS = "dot_mcp_calls_total"
TOOK = "dot_mcp_call_duration_seconds"

ANSWER = Row(
    "Are assistants answered?",
    (
        stat(
            "Gateways that answer",
            "Share of the gateway's processes that answer Prometheus. One is enough to be served.",
            Unit.SHARE,
            or_zero(f'avg(up{{job="gateway", {GATEWAY}}})'),
            marks=Marks(1, 0.5, below=True),
            runbook="TargetDown",
        ),
        stat(
            "Upstreams that answer",
            "Share of upstreams that at least one gateway reaches: our own server, GitHub's, and those that were added.",
            Unit.SHARE,
            f"avg(max by (upstream) (dot_mcp_upstream_up{{{GATEWAY}}}))",
            marks=Marks(1, 0.5, below=True),
            runbook="McpUpstreamDown",
        ),
        stat(
            "Calls we fail",
            "Share of calls of the last five minutes that no tool answered. A tool that says no has answered.",
            Unit.SHARE,
            share(rate(CALLS, f'{GATEWAY}, outcome="failed"', over=NOW), rate(CALLS, GATEWAY, over=NOW)),
            marks=Marks(0.02, 0.2),
            runbook="McpCallsFailing",
        ),
        stat(
            "95 % are answered within",
            "Time in which 95 of 100 calls of the last five minutes were answered, the upstream's own time included.",
            Unit.SECONDS,
            quantile(0.95, TOOK, GATEWAY, over=NOW),
            marks=RESPONSE,
        ),
        stat(
            "Sessions",
            "Sessions of older clients that asked something in the last five minutes. Newer ones need none.",
            Unit.COUNT,
            or_zero(f"sum(dot_mcp_sessions{{{GATEWAY}}})"),
        ),
        stat(
            "Tools held back",
            "Definitions that are new or were changed, and that nobody has approved yet. Assistants do not see them.",
            Unit.COUNT,
            or_zero(f"max(dot_mcp_quarantined{{{GATEWAY}}})"),
            marks=Marks(1, 10),
            runbook="McpDefinitionsHeld",
        ),
    ),
)

CALLED = Row(
    "What is called?",
    (
        Panel(
            "Calls by outcome",
            "Calls a second. Refused and limited ones never left the gateway; a tool error is an answer.",
            Unit.PER_SECOND,
            (Query(or_nothing(rate(CALLS, GATEWAY, by="outcome"), "outcome", "no calls"), "{{outcome}}"),),
            colors=OUTCOME_COLORS,
            stacked=True,
        ),
        Panel(
            "Tools of the last hour",
            "What assistants use, and what of it failed.",
            Unit.COUNT,
            (
                Query(
                    or_nothing(f"topk(20, sum by (upstream, tool) (increase({CALLS}{{{GATEWAY}}}[1h])) > 0)", "tool", "no calls"),
                    column="Calls",
                ),
                Query(
                    or_nothing(
                        f'sum by (upstream, tool) (increase({CALLS}{{{GATEWAY}, outcome=~"failed|tool_error"}}[1h])) > 0',
                        "tool",
                        "no errors",
                    ),
                    column="Errors",
                ),
            ),
            kind=Kind.TABLE,
        ),
        Panel(
            "Time of calls",
            "Time in which 95 of 100 calls were answered, by upstream. Dots are kept traces.",
            Unit.SECONDS,
            (Query(quantile(0.95, TOOK, GATEWAY, by="upstream"), "{{upstream}}", exemplars=True),),
            marks=RESPONSE,
        ),
    ),
)

UPSTREAMS = Row(
    "Which upstream?",
    (
        Panel(
            "Upstreams",
            "Whether an upstream answers at least one gateway.",
            Unit.STATE,
            (Query(f"max by (upstream) (dot_mcp_upstream_up{{{GATEWAY}}})", "{{upstream}}"),),
            kind=Kind.STATES,
            words=UP,
            marks=Marks(1, 1, below=True),
            runbook="McpUpstreamDown",
        ),
        Panel(
            "Breakers",
            "An open breaker refuses calls to an upstream that failed again and again, and tries it every few seconds.",
            Unit.STATE,
            (Query(f"max by (upstream) (dot_mcp_breaker_open{{{GATEWAY}}})", "{{upstream}}"),),
            kind=Kind.STATES,
            words={0: "closed", 1: "open"},
            marks=Marks(1, 1),
            runbook="McpUpstreamDown",
        ),
        Panel(
            "Record of calls that waits",
            "Bytes of the record of calls not yet written to PostgreSQL. It rises while the database is away, and is never lost.",
            Unit.BYTES,
            (Query(f"sum by (part) (dot_mcp_spool_bytes{{{GATEWAY}}})", "{{part}}"),),
            marks=Marks(1_000_000, 16_000_000),
            runbook="McpCallsNotRecorded",
        ),
    ),
)

BOARD = Dashboard(
    "dot-mcp",
    "DOT-Copilot: assistants (MCP)",
    "Are assistants answered, by which upstreams, and what do they use?",
    (ANSWER, CALLED, UPSTREAMS),
    (parts("gateway"),),
    since="now-3h",
)
