"""Which column is which field: a guess from headers and sample values, then what a person says.

A guess never makes a driver look better than the file says: a due date is not taken for the date of a deed, a column of
ticks not for one of dates, and a medical date that may be the exam or the expiry is left to the person.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from dot_copilot.features.roster.fields import FULL_NAME, MEDICAL_EXAM, MEDICAL_EXPIRES, Field
from dot_copilot.features.roster.fitting import contradicts, fits, looks_like_codes, looks_past
from dot_copilot.features.roster.models import Column
from dot_copilot.features.roster.synonyms import ADDRESS_WORDS, DUE_WORDS, SENSITIVE_WORDS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PARENTHESES = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*")
_FILLER = frozenset(["the", "of", "on", "a", "date", "dt", "driver", "drivers", "employee", "s", "current", "is", "for", "in"])
_DATE_WORDS = frozenset(["date", "dt", "on", "dob", "exp", "expiration", "expires", "expiry", "fecha", "vencimiento"])
_LONE_STATE = frozenset({"state", "st", "province", "estado", "state province"})
_LONE_EXPIRY = frozenset(
    {"exp", "exp date", "expiration", "expiration date", "expires", "expiry", "expiry date", "vencimiento", "vence"}
)
_LICENCE_FIELDS = frozenset({"cdl_number", "cdl_state", "cdl_class", "endorsements"})
PRIVATE_NOTE = "Looks private (such as an SSN or pay) and has no place in a driver file: it is not read."


def normal(header: str) -> str:
    """A header in comparable form: 'EmployeeID', 'Employee_Id ' and 'EMPLOYEE ID' are all 'employee id'."""
    letters = unicodedata.normalize("NFKD", _CAMEL.sub(" ", header))
    kept = "".join(
        c if c.isalnum() else " # " if c == "#" else "" if c in ".'’" else " " for c in letters if not unicodedata.combining(c)
    )
    return " ".join(kept.lower().split())


class HeaderIndex:
    """Finds the fields a header may mean. Built once for a set of fields."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self._exact: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._squashed: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._reduced: dict[frozenset[str], list[tuple[str, int]]] = defaultdict(list)
        # A column named exactly like a requirement holds its evidence's date, whatever else the word may mean.
        self._by_key = {
            field.requirement: field.key for field in fields.values() if field.kind == "obtained" and field.requirement
        }
        for field in fields.values():
            for place, name in enumerate((field.key, field.label_en, field.label_es, *field.names)):
                plain = normal(name)
                for table, key in ((self._exact, plain), (self._squashed, plain.replace(" ", "").replace("#", ""))):
                    _add(table, key, field.key, place)
                words = frozenset(plain.split()) - _FILLER
                if len(words) > 1:
                    _add(self._reduced, words, field.key, place)

    def candidates(self, header: str) -> tuple[list[tuple[str, int]], float]:
        """((field, place in its list of names), ...) in order of preference, and how sure the match is (0 to 1)."""
        plain = normal(header)
        if (own := self._by_key.get(header.strip())) is not None:
            return [(own, 0), *(found for found in self._exact.get(plain, []) if found[0] != own)], 1.0
        bare = normal(_PARENTHESES.sub(" ", header))
        for name, sureness in ((plain, 1.0), (bare, 0.95)):
            if found := self._exact.get(name):
                return found, sureness
            if found := self._squashed.get(name.replace(" ", "").replace("#", "")):
                return found, sureness - 0.05
        words = frozenset(bare.split())
        found = [] if words & DUE_WORDS else self._reduced.get(words - _FILLER, [])
        return (found, 0.75) if len({field for field, _ in found}) == 1 else ([], 0.0)

    def known(self, header: str) -> bool:
        """Whether the header means some field."""
        return bool(self.candidates(header)[0])


def _add(
    table: dict[str, list[tuple[str, int]]] | dict[frozenset[str], list[tuple[str, int]]],
    key: str | frozenset[str],
    field: str,
    place: int,
) -> None:
    entries: list[tuple[str, int]] = table[key]  # type: ignore[index]
    if key and all(known != field for known, _ in entries):
        entries.append((field, place))


def is_private(header: str, index: HeaderIndex) -> bool:
    """Whether a column is of a kind that is not even sampled."""
    return bool(SENSITIVE_WORDS & set(normal(header).split())) and not index.known(header)


def guess(columns: Sequence[Column], index: HeaderIndex, today: date) -> None:
    """Fills `field`, `confidence` and `note` of the columns in place; each field goes to one column at most."""
    places: dict[int, int] = {}
    for column in columns:
        column.field, column.confidence, column.note, column.guessed = None, 0.0, None, True
        if is_private(column.column, index):
            column.samples, column.note = [], PRIVATE_NOTE
        else:
            places[column.index] = _guess_one(column, index, today)
    _guess_by_neighbours(columns, index.fields)
    _settle_names(columns)
    _settle_rivals(columns, index.fields, places)


def _guess_one(column: Column, index: HeaderIndex, today: date) -> int:
    """Returns how early the header stands in the field's list of names."""
    words = set(normal(column.column).split())
    candidates, sureness = index.candidates(column.column)
    if not candidates:
        if words & DUE_WORDS:
            column.note = "A due date is not the date on which something was done or runs out, so it is not imported."
        return 0
    explicit = bool(words & _DATE_WORDS)
    fitting = (found for found in candidates if fits(index.fields[found[0]], column.samples, today, explicit=explicit))
    field, place = candidates[0] if len(candidates) == 1 else next(fitting, candidates[0])
    if contradicts(index.fields[field], column.samples):
        column.note = f"The header looks like '{index.fields[field].label_en}', but the values do not. Choose the field if it is."
    elif field == MEDICAL_EXPIRES and not explicit and looks_past(column.samples, today):
        column.note = "May be the exam date or the expiry of the medical certificate. Choose which."
    else:
        column.field, column.confidence = field, round(sureness, 2)
    return place


def _guess_by_neighbours(columns: Sequence[Column], fields: Mapping[str, Field]) -> None:
    """A lone 'State' or 'Expires' takes its meaning from the column on its left."""
    address = any(ADDRESS_WORDS & set(normal(column.column).split()) for column in columns)
    taken = {column.field for column in columns}
    left: str | None = None
    for column in columns:
        name = normal(column.column)
        field: str | None = None
        if column.field is None and name in _LONE_STATE and (left in _LICENCE_FIELDS or not address):
            field = "cdl_state"
        elif column.field is None and name in _LONE_EXPIRY and left in _LICENCE_FIELDS:
            field = "cdl_expires_on"
        elif column.field is None and name in _LONE_EXPIRY and left == MEDICAL_EXAM:
            field = MEDICAL_EXPIRES
        if field is not None and field not in taken and field in fields:
            column.field, column.confidence, column.note = field, 0.6, None
            taken.add(field)
        left = column.field


def _settle_names(columns: Sequence[Column]) -> None:
    """One full-name column, or a first and a last name, but not both; a 'Driver' column of codes is the employee id."""
    by_field = {column.field: column for column in columns if column.field}
    full, first, last = by_field.get(FULL_NAME), by_field.get("first_name"), by_field.get("last_name")
    if full and looks_like_codes(full.samples):
        full.field, full.confidence = ("employee_id", 0.6) if "employee_id" not in by_field else (None, 0.0)
    elif full and first and last:
        full.field, full.confidence, full.note = None, 0.0, "First and last name have columns of their own."
    elif full and (first or last):
        for half in filter(None, (first, last)):
            half.field, half.confidence, half.note = None, 0.0, f"The full name in '{full.column}' is used."
    elif first and not last and normal(first.column) in ("nombre", "nombres", "name"):
        first.field, first.confidence = FULL_NAME, 0.7


def _settle_rivals(columns: Sequence[Column], fields: Mapping[str, Field], places: Mapping[int, int]) -> None:
    """Of columns that want one field, the surest keeps it, then the one whose header stands earlier in the list."""
    wanted: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        if column.field is not None:
            wanted[column.field].append(column)
    for field, rivals in wanted.items():
        rivals.sort(key=lambda column: (-column.confidence, places.get(column.index, 0), column.index))
        for loser in rivals[1:]:
            loser.note = f"Looks like '{fields[field].label_en}' too, which is taken from '{rivals[0].column}'."
            loser.field, loser.confidence = None, 0.0


def correct(columns: Sequence[Column], change: Mapping[str, str | None], fields: Mapping[str, Field]) -> list[tuple[str, str]]:
    """Applies what a person says about columns, in place. Returns (column, problem) pairs; with any, nothing is changed."""
    by_name = {column.column: column for column in columns}
    problems: list[tuple[str, str]] = []
    chosen: dict[str, str] = {}
    for name, field in change.items():
        if name not in by_name:
            problems.append((name, "The file has no such column."))
        elif field is not None and field not in fields:
            problems.append((name, f"There is no field '{field[:64]}'."))
        elif field is not None and field in chosen:
            problems.append((name, f"'{fields[field].label_en}' is already given to the column '{chosen[field]}'."))
        elif field is not None:
            chosen[field] = name
    if problems:
        return problems
    for column in columns:
        if column.column in change:
            column.field, column.guessed, column.confidence, column.note = change[column.column], False, 1.0, None
        elif column.field in chosen:
            column.note = f"'{fields[column.field].label_en}' was given to '{chosen[column.field]}'."
            column.field, column.confidence = None, 0.0
    return []
