"""A driver's file of a demo carrier: everything in order first, then the stories that disturb it. Pure: dates in, dates out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from dot_copilot.demo.people import Person
from dot_copilot.features.compliance.dates import add_months

# Requirements whose papers are made as documents for people with the story "documents".
_PAPERS = {"mec": "pdf", "mec_12": "pdf", "mec_cdlis": "pdf", "cdl": "png", "hm_train": "pdf"}
_ROSTER = ("mec", "mec_12", "mec_cdlis", "cdl", "mvr_annual", "review_annual", "ch_full", "ch_annual")
_CLEARINGHOUSE_ANSWERS_SINCE = date(2023, 1, 6)


@dataclass(frozen=True, slots=True)
class Piece:
    """Evidence of the demo. `paper`: the kind of file that goes with it, or None."""

    requirement: str
    obtained_on: date
    expires_on: date | None = None
    outcome: str | None = None
    provenance: str = "manual"
    review: str = "accepted"
    note: str | None = None
    paper: str | None = None


class Drawer:
    """Collects the evidence of one person on `today`; nothing in it is dated later."""

    def __init__(self, person: Person, today: date) -> None:
        self.person, self.today = person, today
        self.hired = person.hired_on
        self.pieces: list[Piece] = []

    def add(self, requirement: str, on: date, until: date | None = None, outcome: str | None = None, **more: str) -> None:
        """A piece, unless its day has not come."""
        if on <= self.today:
            self.pieces.append(Piece(requirement, on, until, outcome, **more))

    def drop(self, *requirements: str) -> None:
        """Takes every piece of these requirements out."""
        self.pieces = [piece for piece in self.pieces if piece.requirement not in requirements]

    def days_ago(self, least: int, spread: int, step: int) -> date:
        """A day at least `least` and less than `least + spread` days ago, of this person's own."""
        return self.today - timedelta(days=least + (self.person.place * step) % spread)

    def yearly(self, requirement: str, last: date, outcome: str | None = None) -> None:
        """On `last`, and once a year back from it until the first year of work, five times at most."""
        for years in range(5):
            on = add_months(last, -12 * years)
            if years and on < self.hired + timedelta(days=200):
                break
            self.add(requirement, on, outcome=outcome)

    def medical(self, exam: date, printed: date | None = None) -> None:
        """A medical examination, and the one before it if the person worked here then; recorded where it belongs."""
        person = self.person
        yearly = bool(person.profile["insulin_treated"] or person.profile["vision_alternative"])
        months = 12 if yearly else 24
        keys = (["mec_12"] if yearly else []) + (["mec_cdlis"] if person.has_cdl else ["mec"])
        before = add_months(exam, -months)
        for key in keys:
            if before > self.hired - timedelta(days=300):
                self.add(key, before, add_months(before, months))
            self.add(key, exam, printed or add_months(exam, months))
        if not person.has_cdl:
            self.add("nr_verify", exam + timedelta(days=1))

    def licence(self, expires: date) -> None:
        """The licence that runs out on `expires`; with the threat assessment if it carries the H endorsement."""
        issued = max(add_months(expires, -60), self.person.profile["first_cdl_issued_on"])
        self.add("cdl", issued, expires)
        if "H" in self.person.profile["endorsements"]:
            self.add("hme_tsa", issued, min(expires, add_months(issued, 60)))

    def hazmat(self, trained: date) -> None:
        """All three trainings on one day, and those of three years before."""
        for on in (add_months(trained, -36), trained):
            if on == trained or on >= self.hired - timedelta(days=30):
                for key in ("hm_train", "hm_security", "hm_driver"):
                    self.add(key, on)

    def course(self, requirement: str) -> None:
        """A course a month or two after the hire, and every three years; one driver in twenty has not come."""
        on = self.hired + timedelta(days=30 + self.person.place % 40)
        while self.person.place % 20 != 14 and on <= self.today:
            self.add(requirement, on)
            on = add_months(on, 35)

    def in_order(self) -> None:
        """A file without a gap, and without anything that falls due within 90 days (but for what a recent hire brings)."""
        self._hiring()
        # Whoever has been here little more than a year was looked at just before it was over.
        first = self.hired + timedelta(days=340)
        last_year = max(first, self.days_ago(20, 230, 37))
        if (self.today - self.hired).days > 365:
            self.yearly("mvr_annual", last_year, "clear")
            self.yearly("review_annual", last_year + timedelta(days=3))
        if self.person.has_cdl:
            self.licence(self.today + timedelta(days=150 + (self.person.place * 97) % 1200))
            if (self.today - self.hired).days > 365:
                self.yearly("ch_annual", max(first, self.days_ago(15, 240, 41)), "clear")
        short = self.person.profile["insulin_treated"] or self.person.profile["vision_alternative"]
        self.medical(self.days_ago(25, 200 if short else 460, 53))
        if self.person.profile["hazmat_employee"]:
            self.hazmat(max(self.hired - timedelta(days=5), self.days_ago(60, 700, 67)))
        self._once()

    def _hiring(self) -> None:
        before = {name: self.hired - timedelta(days=days) for name, days in (("first", 9), ("mvr", 6), ("query", 5), ("last", 2))}
        self.add("application", before["first"])
        self.add("mvr_hire", before["mvr"], outcome="clear")
        self.add("sph", self.hired + timedelta(days=14))
        self.add("road_test", before["last"])
        if self.person.profile["interstate"]:
            self.add("elp", before["last"], outcome="passed")
        if self.person.has_cdl:
            self.add("ch_full", before["query"], outcome="clear")
            self.add("drug_pre", before["query"], outcome="negative")
            self.add("da_policy", self.hired)
            if self.hired < _CLEARINGHOUSE_ANSWERS_SINCE:
                self.add("part40_check", before["query"])

    def _once(self) -> None:
        profile, first = self.person.profile, self.hired - timedelta(days=1)
        if self.person.kind == "new_cdl":
            self.add("eldt", profile["first_cdl_issued_on"] - timedelta(days=6))
        if profile["supervises_cdl_drivers"]:
            self.add("sup_rs", self.hired + timedelta(days=60), note="60 minutes alcohol, 60 minutes drugs")
        if profile["port_access"]:
            issued = self.days_ago(400, 500, 71)
            self.add("twic", issued, add_months(issued, 60))
        if profile["lcv"]:
            self.add("lcv", first)
        if profile["medical_variance"]:
            issued = self.days_ago(90, 200, 31)
            self.add("variance", issued, add_months(issued, 24), note="Skill performance evaluation certificate")

    def with_papers(self) -> list[Piece]:
        """The pieces by date; of those of a person with documents, the newest of each kind has its paper."""
        ordered = sorted(self.pieces, key=lambda piece: (piece.obtained_on, piece.requirement))
        if self.person.told("roster"):
            return [replace(piece, provenance="roster") if piece.requirement in _ROSTER else piece for piece in ordered]
        if not self.person.told("documents"):
            return ordered
        newest = {piece.requirement: place for place, piece in enumerate(ordered)}
        return [
            replace(piece, provenance="upload", paper=piece.paper or _PAPERS[piece.requirement])
            if piece.requirement in _PAPERS and newest[piece.requirement] == place
            else piece
            for place, piece in enumerate(ordered)
        ]
