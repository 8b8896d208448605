"""What can be wrong with a hold or a purge."""

from __future__ import annotations

from datetime import date

from dot_copilot.core.errors import Conflict, NotFound


class HoldNotFound(NotFound):
    slug, title = "legal-hold-not-found", "There is no such legal hold"

    def __init__(self) -> None:
        super().__init__("No legal hold with this id is within your reach.")


class HoldStands(Conflict):
    slug, title = "legal-hold-stands", "A legal hold is on it already"

    def __init__(self) -> None:
        super().__init__("A legal hold of the same extent stands. Lift it to set another. Nothing was changed.")


class HoldLifted(Conflict):
    slug, title = "legal-hold-lifted", "This legal hold was lifted"

    def __init__(self) -> None:
        super().__init__("It was lifted already. Nothing was changed.")


class StillKept(Conflict):
    slug, title = "still-kept", "This document must be kept"

    def __init__(self, since: date | None, *, held: bool) -> None:
        if held:
            why = "A legal hold is on it; while it stands, nothing of it may go"
        elif since is None:
            why = "Its time has not begun to run: the driver still works here, or it is the newest of its kind"
        else:
            why = f"It may go from {since} on"
        super().__init__(f"{why}. Nothing was removed.")


class AlreadyPurged(Conflict):
    slug, title = "already-purged", "This document was purged"

    def __init__(self) -> None:
        super().__init__("Its file is gone already; what it proved stays on record.")
