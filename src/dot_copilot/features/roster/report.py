"""What a reading of the whole file has to say: how many rows, which errors, what would be created."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dot_copilot.core.database import Door
from dot_copilot.features.roster import repository
from dot_copilot.features.roster.errors import FileProblem
from dot_copilot.features.roster.models import ParsedRow, Plan, RowError

KEPT_ERRORS = 10_000
MOST_TERMINALS = 500


class Report:
    """Collects over the batches of one reading; `save` writes it in one transaction."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.total = 0
        self.skipped = 0
        self.error_count = 0
        self.last_row = 0
        self._errors: list[RowError] = []
        self._terminals: dict[str, str] = {}

    def add(self, batch: Sequence[ParsedRow]) -> None:
        """Counts a batch. `FileProblem` when there are so many terminals that the column can't be one of terminals."""
        for parsed in batch:
            self.total += 1
            if parsed.errors:
                self.skipped += 1
                self.error_count += len(parsed.errors)
                self._errors.extend(parsed.errors[: KEPT_ERRORS - len(self._errors)])
            elif parsed.driver is not None and parsed.driver.terminal is not None:
                self._terminals.setdefault(parsed.driver.terminal.lower(), parsed.driver.terminal)
        self.last_row = batch[-1].number
        if len(self._terminals) > MOST_TERMINALS:
            column = next((column.column for column in self.plan.layout.columns if column.field == "terminal"), "")
            raise FileProblem(
                f"The column '{column}' holds more than {MOST_TERMINALS} different terminals, so it is hardly one of terminals. "
                "Start again and take it out of the mapping."
            )

    async def save(self, door: Door, import_id: UUID) -> None:
        """Replaces the report of an earlier reading."""
        present = await repository.terminals(door)
        new = [name for lower, name in sorted(self._terminals.items()) if lower not in present]
        self.plan.notes = [f"New terminals, in the carrier's default time zone: {_listed(new)}."] if new else []
        self.plan.read = True
        self.plan.last_row = self.last_row
        await repository.clear_errors(door, import_id)
        await repository.insert_errors(door, import_id, 1, self._errors)
        await repository.update_import(
            door,
            import_id,
            total=self.total,
            skipped=self.skipped,
            error_count=self.error_count,
            next_row=self.last_row,
            columns=self.plan.data(),
        )


def _listed(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
