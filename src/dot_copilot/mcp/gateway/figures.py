"""What the gateway counts: calls by upstream, tool and outcome, how long they took, and how its upstreams and its record are.

Tools come from upstreams, so their names are bounded: the first 150 of an upstream have series of their own.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import orjson

from dot_copilot.core.telemetry import Counter, CounterSeries, counter, gauge, histogram
from dot_copilot.mcp.gateway.ports import Outcome

TOOLS_PER_UPSTREAM: Final = 150
OTHER: Final = "other"
CALLS: Final[Counter] = counter(
    "dot_mcp_calls_total", "Calls of tools, and of prompts and resources by method.", ("upstream", "tool", "outcome"), limit=4000
)
CLIENTS: Final = counter(
    "dot_mcp_client_calls_total", "The same calls by the kind of client that made them.", ("client", "upstream"), limit=400
)
SECONDS: Final = histogram(
    "dot_mcp_call_duration_seconds", "From a call's begin to its end, by upstream.", ("upstream",), limit=100
)
UP: Final = gauge("dot_mcp_upstream_up", "1 while the gateway has what the upstream offers and it answered last.", ("upstream",))
BREAKER: Final = gauge("dot_mcp_breaker_open", "1 while an upstream is left alone because it kept failing.", ("upstream",))
SPOOL: Final = gauge("dot_mcp_spool_bytes", "Calls on disk that are not in the audit log yet.")
SESSIONS: Final = gauge("dot_mcp_sessions", "Sessions of the handshake eras that asked something in the last five minutes.")
QUARANTINED: Final = gauge("dot_mcp_quarantined", "Definitions offered that neither the release nor any carrier approves.")

LIMITED: Final = "limited"
_OUTCOMES: Final[dict[Outcome, str]] = {
    "ok": "ok",
    "tool_error": "tool_error",
    "error": "failed",
    "timeout": "failed",
    "cancelled": "cancelled",
    "refused": "refused",
}
_METHODS: Final = frozenset(
    {"prompts/get", "resources/read", "completion/complete", "resources/subscribe", "resources/unsubscribe"}
)
_names: dict[str, set[str]] = {}
# What a client calls itself is chosen by who made it, or by whoever pretends to be it: as a label it would be unbounded, and
# could hold a person's name. So it is told apart as far as these words go (what stands in its name, what it is).
_CLIENTS: Final = (
    *(("claude", "claude"), ("chatgpt", "chatgpt"), ("openai", "chatgpt"), ("codex", "codex"), ("cursor", "cursor")),
    *(("visual studio code", "vscode"), ("vscode", "vscode"), ("copilot", "copilot"), ("gemini", "gemini")),
    *(("windsurf", "windsurf"), ("zed", "zed"), ("goose", "goose"), ("jetbrains", "jetbrains"), ("inspector", "inspector")),
)


class Called:
    """One tool, as it is written down and counted: `members` are its part of the record's line."""

    __slots__ = ("_outcomes", "_seconds", "_tool", "_upstream", "members")

    def __init__(self, upstream: str, tool: str) -> None:
        self.members = orjson.dumps({"upstream": upstream, "tool": tool})[1:-1]
        self._upstream, self._tool = upstream, label(upstream, tool)
        self._outcomes: dict[Outcome, CounterSeries] = {}
        self._seconds = SECONDS.labels(upstream)

    def ended(self, outcome: Outcome, seconds: float) -> None:
        """Counts a call."""
        series = self._outcomes.get(outcome)
        if series is None:
            series = self._outcomes[outcome] = CALLS.labels(self._upstream, self._tool, _OUTCOMES[outcome])
        series.value += 1
        # `observe` without its call: this is done for each call.
        self._seconds.counts[bisect_left(self._seconds.bounds, seconds)] += 1
        self._seconds.sum += seconds


called: Callable[[str, str], Called] = lru_cache(maxsize=4096)(Called)
"""The `Called` of an upstream's tool, or of "<method> <subject>"."""


def client_kind(name: str) -> str:
    """The client's kind by the name it gives itself, one of a few words; "other" when it is none of them."""
    name = name.casefold()
    return next((kind for word, kind in _CLIENTS if word in name), OTHER)


def limited(upstream: str, tool: str) -> None:
    """Counts a call that was refused because there were too many."""
    CALLS.labels(upstream, label(upstream, tool), LIMITED).value += 1


def label(upstream: str, tool: str) -> str:
    """The tool's name as a label; of what is no tool, the method."""
    method = tool.partition(" ")[0]
    if method in _METHODS:
        return method
    known = _names.setdefault(upstream, set())
    if tool not in known:
        if len(known) >= TOOLS_PER_UPSTREAM:
            return OTHER
        known.add(tool)
    return tool
