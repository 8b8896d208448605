"""What this feature tells the features above it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """Something that decides the standing of every driver of the carrier changed: the warning window or a policy."""
