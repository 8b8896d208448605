"""What can go wrong when asking for, or changing, what a driver must prove."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, Invalid, NotFound


class FederalRule(Invalid):
    """A change or a waiver that reaches for the federal catalogue."""

    slug, title = "federal-rule", "A federal rule can't be waived or changed"

    def __init__(self, key: str) -> None:
        super().__init__(
            f"'{key}' is a federal rule. A carrier can ask for more than the law does, never for less. Nothing was saved."
        )


class UnknownRequirement(NotFound):
    """No such key, federal or of the carrier's own."""

    slug, title = "unknown-requirement", "There is no such requirement"

    def __init__(self, key: str) -> None:
        super().__init__(f"There is no requirement '{key}'. GET /api/v1/requirements lists them.")


class UnknownTerminal(NotFound):
    """No such terminal, or not one within reach."""

    slug, title = "unknown-terminal", "There is no such terminal"

    def __init__(self, terminal: str) -> None:
        super().__init__(f"There is no terminal '{terminal}' that you may see. GET /api/v1/terminals lists them.")


class RequirementExists(Conflict):
    """The key is taken, perhaps by a retired requirement."""

    slug, title = "requirement-exists", "Your carrier has a requirement of this key"

    def __init__(self, key: str) -> None:
        super().__init__(f"Your carrier has, or once had, a requirement '{key}'. Choose another key, or change that one.")


class TooManyRequirements(Conflict):
    """A carrier has a great many requirements of its own already."""

    slug, title = "too-many-requirements", "Your carrier has as many requirements as it can have"


class WaiverNotFound(NotFound):
    """No such waiver, or it has been revoked."""

    slug, title = "waiver-not-found", "There is no such waiver"

    def __init__(self) -> None:
        super().__init__("There is no such waiver, or it has been revoked already.")
