"""The drivers of a demo carrier: names from a table, and the details that follow from their place in it."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources
from typing import Any

# What a kind of driver has that others have not; see `profile`.
_KINDS: dict[str, dict[str, Any]] = {
    "van": {},
    "straight": {"cdl_class": "B"},
    "tank": {"endorsements": ["N"]},
    "doubles": {"endorsements": ["T"]},
    "lcv": {"endorsements": ["T"], "lcv": True},
    "hazmat": {"endorsements": ["H", "N"], "hazmat_employee": True, "hazmat_security_plan": False},
    "port": {"port_access": True},
    "insulin": {"insulin_treated": True},
    "vision": {"vision_alternative": True},
    "variance": {"medical_variance": True},
    "supervisor": {"supervises_cdl_drivers": True},
    "local": {"interstate": False},
    "box": {"cdl_class": "none", "endorsements": []},
    "new_cdl": {},
}
_YES_OR_NO = (
    "clp",
    "hazmat_employee",
    "hazmat_security_plan",
    "passenger",
    "lcv",
    "lcv_instructor",
    "insulin_treated",
    "vision_alternative",
    "grandfathered_medical",
    "medical_variance",
    "supervises_cdl_drivers",
    "port_access",
    "prior_dot_employer",
)
LICENCE_STATE = {"Dallas": "TX", "Memphis": "TN", "Phoenix": "AZ", "Portland": "OR", "Seattle": "WA"}
_LAST_DAY_WITHOUT_ELDT = date(2022, 2, 6)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of a table. `place` (0-based) is what spreads dates, so that no two files look alike."""

    place: int
    employee_id: str
    first_name: str
    last_name: str
    terminal: str
    kind: str
    hired_on: date
    stories: tuple[tuple[str, int], ...]
    domain: str
    profile: dict[str, Any] = field(default_factory=dict)

    @property
    def date_of_birth(self) -> date:
        """Between 24 and 60 years before the hire."""
        return self.hired_on - timedelta(days=24 * 365 + (self.place * 1193) % (36 * 365))

    @property
    def email(self) -> str:
        """`first.last` at the carrier's example domain."""
        return f"{_plain(self.first_name)}.{_plain(self.last_name)}@{self.domain}"

    @property
    def phone(self) -> str:
        """A number that is reserved for fiction."""
        return f"555-0{100 + self.place % 100}"

    @property
    def has_cdl(self) -> bool:
        """Whether the person holds a commercial licence."""
        return bool(self.profile["cdl_class"] != "none")

    def told(self, story: str) -> bool:
        """Whether the story is among this person's."""
        return any(name == story for name, _ in self.stories)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", letters)


def read_people(table: str, domain: str, today: date) -> list[Person]:
    """The people of `<table>.csv`, hired relative to `today`."""
    text = resources.files(__package__).joinpath(f"{table}.csv").read_text("utf-8")
    people = []
    for place, row in enumerate(csv.DictReader(text.splitlines())):
        hired_on = today - timedelta(days=int(row["hired_days_ago"]))
        stories = tuple(_story(part) for part in row["stories"].split(";") if part)
        person = Person(
            place,
            row["employee_id"],
            row["first_name"],
            row["last_name"],
            row["terminal"],
            row["kind"],
            hired_on,
            stories,
            domain,
        )
        person.profile.update(_profile(person))
        people.append(person)
    return people


def _story(text: str) -> tuple[str, int]:
    name, _, days = text.partition(" ")
    return name, int(days or 0)


def _profile(person: Person) -> dict[str, Any]:
    special = _KINDS[person.kind]
    facts: dict[str, Any] = (
        {"cdl_class": "A", "endorsements": [], "interstate": True} | dict.fromkeys(_YES_OR_NO, False) | special
    )
    if facts["cdl_class"] != "none":
        facts["cdl_state"] = LICENCE_STATE[person.terminal]
        facts["cdl_number"] = f"{9_000_000 + person.place * 7919:08d}"
        new = person.kind == "new_cdl"
        first = person.hired_on - timedelta(days=40 if new else 900 + (person.place * 211) % 4000)
        facts["first_cdl_issued_on"] = first if new else min(first, _LAST_DAY_WITHOUT_ELDT)
    if person.told("unknown_hazmat"):
        facts |= {"hazmat_employee": None}
    if person.told("unknown_insulin"):
        facts |= {"insulin_treated": None}
    return facts
