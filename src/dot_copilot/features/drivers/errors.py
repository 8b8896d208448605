"""What can be wrong with a request about a driver."""

from __future__ import annotations

from datetime import date

from dot_copilot.core.errors import Conflict, FieldProblem, Invalid, NotFound


class DriverNotFound(NotFound):
    slug, title = "driver-not-found", "There is no such driver"

    def __init__(self) -> None:
        super().__init__("No driver with this id is within your reach.")


class EmploymentNotFound(NotFound):
    slug, title = "employment-not-found", "There is no such employment"

    def __init__(self) -> None:
        super().__init__("No employment with this id is within your reach.")


class VersionConflict(Conflict):
    slug, title = "version-conflict", "Someone else changed this driver meanwhile"

    def __init__(self, present: int) -> None:
        super().__init__(
            f"The driver is at version {present} now. Nothing was saved: read the driver again and repeat your change."
        )


class EmployeeIdTaken(Conflict):
    slug, title = "employee-id-taken", "Another driver has this employee id"

    def __init__(self, employee_id: str) -> None:
        super().__init__(f"The employee id '{employee_id}' belongs to another driver of your carrier. Nothing was saved.")


class EmploymentOverlap(Conflict):
    slug, title = "employment-overlap", "The employments would overlap"

    def __init__(self, hired_on: date, terminated_on: date | None) -> None:
        until = f"to {terminated_on}" if terminated_on else "and has not ended"
        super().__init__(
            f"There is an employment from {hired_on} {until}. End it before a rehire, or correct its dates. Nothing was saved."
        )


class InvalidDriver(Invalid):
    slug, title = "invalid", "Some of what was sent is not valid"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"Check {field}: {problem}. Nothing was saved.", errors=[FieldProblem(field=field, problem=problem)])
