"""Tells the documents feature, which may not import this one, for which requirements evidence may be recorded."""

from __future__ import annotations

from dot_copilot.core.database import Door
from dot_copilot.features.documents import requirements

from . import policy_repository
from .catalogue import FEDERAL


@requirements.answer_with
async def outcomes_of(door: Door, key: str) -> frozenset[str] | None:
    """The results that evidence of the requirement `key` may carry; None when the carrier has no such requirement."""
    federal = FEDERAL.by_key.get(key)
    if federal is not None:
        return federal.outcomes
    if key.startswith("policy_") and await policy_repository.read_policy(door, key) is not None:
        return frozenset()
    return None
