"""How a part is, in six words, from the words of whoever watches it."""

from __future__ import annotations

from collections.abc import Iterable

from dot_copilot.features.operations.schemas import PartState

_OF_THE_SUPERVISOR: dict[str, PartState] = {
    "waiting": "starting",
    "starting": "starting",
    "ready": "works",
    "done": "works",
    "unhealthy": "down",
    "restarting": "down",
    "failed": "down",
    "stopped": "off",
}


def of_word(word: str) -> PartState:
    """The state behind a supervisor's word."""
    return _OF_THE_SUPERVISOR.get(word, "unknown")


def together(states: Iterable[PartState]) -> PartState:
    """The state of a part whose processes have these: one that works keeps it going, though not well."""
    all_ = set(states)
    if len(all_) == 1:
        return all_.pop()
    if "works" in all_ or "degraded" in all_:
        return "degraded"
    for state in ("down", "starting", "off"):
        if state in all_:
            return state
    return "unknown"
