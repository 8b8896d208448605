"""What can be wrong with a request about a carrier or a terminal."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, NotFound


class CarrierExists(Conflict):
    slug, title = "carrier-exists", "There is a carrier with this number"

    def __init__(self, usdot: str) -> None:
        super().__init__(f"A carrier with the USDOT number {usdot} exists already. Nothing was saved.")


class TerminalNotFound(NotFound):
    slug, title = "terminal-not-found", "There is no such terminal"

    def __init__(self, terminal: object) -> None:
        super().__init__(f"Your carrier has no terminal '{terminal}'. GET /api/v1/terminals lists them.")


class TerminalExists(Conflict):
    slug, title = "terminal-exists", "Your carrier has a terminal of this name"

    def __init__(self, name: str) -> None:
        super().__init__(f"A terminal named '{name}' exists already. Choose another name, or change that one.")
