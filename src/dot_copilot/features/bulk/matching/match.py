"""Weighs what was read of a scan against the drivers that it may be of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct

from dot_copilot.features.bulk.matching.aamva import Licence, licence
from dot_copilot.features.bulk.matching.words import days, kind, plain

_WEIGHTS = {"licence_number": 100, "employee_id": 60, "barcode_name": 50, "name": 40, "name_in_text": 20}
_MOST = 5


class Read(Struct, frozen=True):
    """What was read of a scan: of its name, its text layer, its barcode. All but `licence` as `words.plain` writes it."""

    name: str
    text: str
    licence: Licence | None
    days: list[date]

    @property
    def words(self) -> list[str]:
        """Whatever may be a number or a part of somebody's name, to look drivers up by."""
        numbers = [plain(self.licence.number or "")] if self.licence else []
        names = plain(f"{self.licence.first_name} {self.licence.last_name}").split() if self.licence else []
        return list(dict.fromkeys([*self.name.split(), *self.text.split()[:400], *numbers, *names]))


class Candidate(Struct, frozen=True):
    """A driver whom the scan may be of, by what the database knows."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    cdl_number: str | None


class Match(Struct, frozen=True):
    """A driver, and what speaks for it."""

    candidate: Candidate
    by: list[str]


class Matched(Struct, frozen=True):
    """What a scan is, as far as can be told. `sure`: one driver leads clearly, and kind and day are known."""

    drivers: list[Match]
    requirement: str | None
    obtained_on: date | None
    expires_on: date | None
    licence_number: str | None
    sure: bool


def read(file_name: str, text: str, codes: Iterable[str]) -> Read:
    """What there is to go by."""
    stem = file_name.rpartition(".")[0] or file_name
    found = next((card for card in map(licence, codes) if card is not None), None)
    return Read(plain(stem), plain(text[:20_000]), found, days(stem))


def match(scan: Read, candidates: Iterable[Candidate], today: date) -> Matched:
    """The likeliest drivers, the kind, and the days: those of the barcode before those of the name."""
    weighed = [
        (sum(_WEIGHTS[reason] for reason in by), candidate, by) for candidate in candidates if (by := _reasons(scan, candidate))
    ]
    weighed.sort(key=lambda each: (-each[0], each[1].last_name, each[1].employee_id))
    leads = bool(weighed) and weighed[0][0] >= _WEIGHTS["name"] and (len(weighed) == 1 or weighed[0][0] > weighed[1][0])
    card = scan.licence
    requirement = kind(scan.name) or ("cdl" if card else None) or kind(scan.text)
    past, ahead = [day for day in scan.days if day <= today], [day for day in scan.days if day > today]
    obtained = (card.issued_on if card and card.issued_on and card.issued_on <= today else None) or (past[0] if past else None)
    expires = (card.expires_on if card else None) or (ahead[0] if ahead else None)
    return Matched(
        drivers=[Match(candidate, by) for _, candidate, by in weighed[:_MOST]],
        requirement=requirement,
        obtained_on=obtained,
        expires_on=expires if expires and (obtained is None or expires >= obtained) else None,
        licence_number=card.number if card else None,
        sure=leads and requirement is not None and obtained is not None,
    )


def _reasons(scan: Read, candidate: Candidate) -> list[str]:
    first, last = plain(candidate.first_name), plain(candidate.last_name)
    number, employee = plain(candidate.cdl_number or ""), plain(candidate.employee_id)
    by = []
    card = scan.licence
    if number and ((card and plain(card.number or "") == number) or _holds(scan.name, number) or _holds(scan.text, number)):
        by.append("licence_number")
    if employee and _holds(scan.name, employee):
        by.append("employee_id")
    if card and plain(card.last_name or "") == last and plain(card.first_name or "").split(" ")[0] == first.split(" ")[0]:
        by.append("barcode_name")
    if _holds(scan.name, first) and _holds(scan.name, last):
        by.append("name")
    elif _holds(scan.text, f"{first} {last}") or _holds(scan.text, f"{last} {first}"):
        by.append("name_in_text")
    return by


def _holds(text: str, words: str) -> bool:
    return bool(words) and f" {words} " in f" {text} "
