"""What telemetry counts of imports: how they ended, and what became of their rows."""

from __future__ import annotations

from dot_copilot.core import telemetry

_IMPORTS = telemetry.counter("dot_imports_total", "Roster imports that came to an end.", ("outcome",))
_ROWS = telemetry.counter("dot_import_rows_total", "Rows of completed imports.", ("outcome",))
_COMPLETED, _FAILED = _IMPORTS.labels("completed"), _IMPORTS.labels("failed")
_IMPORTED, _ERRORS = _ROWS.labels("imported"), _ROWS.labels("error")


def completed(*, imported: int, errors: int) -> None:
    """An import was written: so many rows, without so many that had errors."""
    _COMPLETED.add()
    _IMPORTED.add(imported)
    _ERRORS.add(errors)


def failed() -> None:
    """An import was given up."""
    _FAILED.add()
