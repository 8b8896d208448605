"""The demo carriers as they stand on a day: who works there, since when, with what in the file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dot_copilot.demo.drawer import Drawer, Piece
from dot_copilot.demo.people import Person, read_people
from dot_copilot.demo.stories import tell


@dataclass(frozen=True, slots=True)
class Place:
    """A terminal."""

    name: str
    code: str
    city: str
    state: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in. `terminal` for a supervisor, `employee_id` for a driver."""

    email: str
    name: str
    role: str
    locale: str = "en"
    terminal: str | None = None
    employee_id: str | None = None


@dataclass(frozen=True, slots=True)
class DemoDriver:
    """A person with employments (oldest first) and evidence (by date)."""

    person: Person
    employments: tuple[tuple[date, date | None], ...]
    evidence: tuple[Piece, ...]


# What Lone Star asks of its drivers beyond the federal rules: columns of `policy_requirements`.
COURSE = {
    "key": "policy_defensive_driving",
    "title": "Defensive driving course",
    "applies_to": "all",
    "deadline": "days_after_hire",
    "deadline_days": 90,
    "renewal_months": 36,
    "blocks_driving": False,
    "reason": "Our insurer asks for it.",
}


@dataclass(frozen=True, slots=True)
class Fleet:
    """A demo carrier."""

    usdot: str
    mc_number: str
    name: str
    table: str
    domain: str
    places: tuple[Place, ...]
    accounts: tuple[Account, ...]
    course: bool = False

    def drivers(self, today: date) -> list[DemoDriver]:
        """Everyone, as of `today`."""
        return [_driver(person, today, course=self.course) for person in read_people(self.table, self.domain, today)]


def _driver(person: Person, today: date, *, course: bool) -> DemoDriver:
    drawer = Drawer(person, today)
    drawer.in_order()
    if course:
        drawer.course(str(COURSE["key"]))
    hired, ended = person.hired_on, None
    employments: list[tuple[date, date | None]] = []
    for name, days in person.stories:
        tell(drawer, name, days)
        if name == "terminated":
            ended = today - timedelta(days=days)
        if name == "rehire":
            employments.append((hired - timedelta(days=1200), hired - timedelta(days=260)))
    employments.append((hired, ended))
    pieces = [piece for piece in drawer.with_papers() if ended is None or piece.obtained_on <= ended]
    return DemoDriver(person, tuple(employments), tuple(pieces))


LONE_STAR = Fleet(
    usdot="1234567",
    mc_number="123456",
    name="Lone Star Freight Lines",
    table="lone_star",
    domain="lonestar.example",
    course=True,
    places=(
        Place("Dallas", "DAL", "Dallas", "TX", "America/Chicago"),
        Place("Memphis", "MEM", "Memphis", "TN", "America/Chicago"),
        Place("Phoenix", "PHX", "Phoenix", "AZ", "America/Phoenix"),
    ),
    accounts=(
        Account("dana.whitfield@lonestar.example", "Dana Whitfield", "safety_manager"),
        Account("morgan.reyes@lonestar.example", "Morgan Reyes", "admin"),
        Account("terrence.boyd@lonestar.example", "Terrence Boyd", "supervisor", terminal="Memphis"),
        Account("luis.ortega@lonestar.example", "Luis Ortega", "driver", locale="es", employee_id="LS-1001"),
        Account("pat.keller@audit.example", "Pat Keller", "auditor"),
    ),
)
CASCADIA = Fleet(
    usdot="7654321",
    mc_number="654321",
    name="Cascadia Haulage",
    table="cascadia",
    domain="cascadia.example",
    places=(
        Place("Portland", "PDX", "Portland", "OR", "America/Los_Angeles"),
        Place("Seattle", "SEA", "Seattle", "WA", "America/Los_Angeles"),
    ),
    accounts=(
        Account("ingrid.solberg@cascadia.example", "Ingrid Solberg", "safety_manager"),
        Account("noah.lindqvist@cascadia.example", "Noah Lindqvist", "admin"),
    ),
)
FLEETS = (LONE_STAR, CASCADIA)
