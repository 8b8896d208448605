"""What can be wrong with a roster file as a whole, and with what is asked of an import."""

from __future__ import annotations

from dot_copilot.core.errors import Conflict, FieldProblem, Invalid, NotFound, TooLarge, UnsupportedFile

MAX_FILE_BYTES = 64 * 1024 * 1024


class FileProblem(Exception):
    """The file can't be read as a roster. `str(error)` says what is wrong and what to do about it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class NotATable(FileProblem):
    """The content is not a CSV or XLSX table at all (a PDF, a program, an old or encrypted workbook)."""


class RosterTooLarge(TooLarge):
    slug, title = "roster-too-large", "The roster file is too large"

    def __init__(self) -> None:
        super().__init__(
            f"The file is larger than {MAX_FILE_BYTES >> 20} MB. A roster of 100,000 drivers is about 30 MB as CSV: "
            "check that it is the right file, or split it."
        )


class RosterFileRefused(UnsupportedFile):
    slug, title = "roster-file-type", "This file is not a CSV or XLSX table"


class RosterUnreadable(Invalid):
    slug, title = "roster-unreadable", "The roster can't be read"


class RosterColumnsMissing(Invalid):
    slug, title = "roster-columns", "The columns are not mapped well enough"

    def __init__(self, detail: str, errors: list[FieldProblem] | None = None) -> None:
        super().__init__(detail, errors=errors)


class ImportNotFound(NotFound):
    slug, title = "roster-import-not-found", "There is no such import"

    def __init__(self) -> None:
        super().__init__("Your carrier has no roster import with this id.")


class ImportStateConflict(Conflict):
    slug, title = "roster-import-state", "The import is not at that step"
