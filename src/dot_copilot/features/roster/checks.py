"""What must hold between the values of one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from dot_copilot.features.roster.fields import FULL_NAME, MEDICAL_EXAM, MEDICAL_EXPIRES

Say = Callable[..., None]
YOUNGEST = 16


def check_row(values: Mapping[str, Any], say: Say, today: date) -> None:
    """Calls `say(field, problem, value)` for each problem. A value of `...` is there but wrong, which was said already."""
    if "employee_id" not in values:
        say("employee_id", "The employee id is missing. Every driver needs one; it tells whose row this is at the next import.")
    _check_names(values, say)
    _check_employment(values, say, today)
    _check_birth(values, say, today)
    for obtained, expires, what in _pairs(values):
        first, last = values.get(obtained), values.get(expires)
        if isinstance(first, date) and isinstance(last, date) and last < first:
            say(expires, f"The {what} runs out before its own date ({first.isoformat()}). Check both dates.", last)


def _pairs(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    pairs = [(MEDICAL_EXAM, MEDICAL_EXPIRES, "medical certificate"), ("cdl", "cdl_expires_on", "licence")]
    for key in values:
        if key.endswith("_expires_on"):
            stem = key.removesuffix("_expires_on")
            pairs.extend(
                (name, key, "record") for name in (stem, f"{stem}_on") if name in values and stem not in ("cdl", "medical")
            )
    return pairs


def _check_names(values: Mapping[str, Any], say: Say) -> None:
    if FULL_NAME in values:
        first = values[FULL_NAME]
        if isinstance(first, tuple) and any(len(part) > 100 for part in first):
            say(FULL_NAME, "A name may have 100 characters.", " ".join(first))
        return
    for key, what in (("first_name", "first"), ("last_name", "last")):
        if key not in values:
            say(key, f"The {what} name is missing.")


def _check_employment(values: Mapping[str, Any], say: Say, today: date) -> None:
    hired, terminated, status = (values.get(key) for key in ("hired_on", "terminated_on", "status"))
    if isinstance(hired, date) and isinstance(terminated, date) and hired > terminated:
        say(
            "hired_on",
            f"The hire date is after the termination date {terminated.isoformat()}. For a rehire, leave the termination empty.",
            hired,
        )
    if isinstance(terminated, date) and hired is None:
        say("hired_on", "There is a termination date but no hire date. Add the hire date.")
    if status == "terminated" and terminated is None:
        say("status", "The driver is no longer employed, but there is no termination date. Add it, or leave the row out.", status)
    if status == "active" and isinstance(terminated, date) and terminated < today:
        say("status", f"The driver is active, but was terminated on {terminated.isoformat()}. Correct one of the two.", status)


def _check_birth(values: Mapping[str, Any], say: Say, today: date) -> None:
    born, hired = values.get("date_of_birth"), values.get("hired_on")
    if not isinstance(born, date):
        return
    at = hired if isinstance(hired, date) and hired < today else today
    age = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    if age < YOUNGEST:
        when = "when hired" if at is hired else "today"
        say(
            "date_of_birth",
            f"Born on {born.isoformat()}, the driver would be {max(age, 0)} years old {when}. Check both dates.",
            born,
        )
