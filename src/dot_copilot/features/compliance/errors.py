"""What can go wrong when asking for, or changing, what a driver must prove."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, Invalid, NotFound


class FederalRule(Invalid):
    slug, title = "federal-rule", "A federal rule can't be waived or changed"


class UnknownRequirement(NotFound):
    slug, title = "unknown-requirement", "There is no such requirement"


class UnknownTerminal(NotFound):
    slug, title = "unknown-terminal", "There is no such terminal"


class RequirementExists(Conflict):
    slug, title = "requirement-exists", "Your carrier has a requirement of this key"
