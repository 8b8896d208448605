"""Names of files, texts and barcodes against drivers."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from dot_copilot.features.bulk.matching.aamva import licence
from dot_copilot.features.bulk.matching.match import Candidate, match, read
from dot_copilot.features.bulk.matching.words import KINDS, days, kind, plain
from dot_copilot.features.compliance.catalogue import FEDERAL
from tests.support.licences import barcode_text

TODAY = date(2026, 11, 28)


def candidate(employee: str = "E-1042", first: str = "José", last: str = "Núñez", number: str | None = "12345678") -> Candidate:
    """A driver on record."""
    return Candidate(uuid4(), employee, first, last, number)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nunez Jose MVR 2026-01-15", "mvr_annual"),
        ("licencia jose nunez", "cdl"),
        ("E-1042_MedicalCard_01152026", "mec"),
        ("DOT physical", "mec"),
        ("Prueba de manejo Núñez", "road_test"),
        ("annual MVR review of driving record", "review_annual"),
        ("limited query 2026", "ch_annual"),
        ("scan0001", None),
    ],
)
def test_the_longest_phrase_in_a_name_says_what_it_is(name: str, key: str | None) -> None:
    assert kind(plain(name)) == key


def test_every_kind_is_one_of_the_catalogue() -> None:
    assert set(KINDS) <= set(FEDERAL.by_key)
    assert all(phrase == plain(phrase) for phrases in KINDS.values() for phrase in phrases)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("card 2026-01-15", [date(2026, 1, 15)]),
        ("card_20260115", [date(2026, 1, 15)]),
        ("card 1-15-26", [date(2026, 1, 15)]),
        ("card 15.01.2026", [date(2026, 1, 15)]),
        ("card 01152026", [date(2026, 1, 15)]),
        ("tarjeta 15ene2026", [date(2026, 1, 15)]),
        ("2026-01-15 to 2028-01-15", [date(2026, 1, 15), date(2028, 1, 15)]),
        ("IMG_20261399", []),
        ("E-1042 12345678901", []),
    ],
)
def test_days_are_read_as_people_write_them(name: str, found: list[date]) -> None:
    assert days(name) == found


def test_a_licence_is_read_from_its_barcode() -> None:
    card = licence(barcode_text(number="12345678", first="JOSE", last="NUNEZ", issued="01152024", expires="01152028"))
    assert card is not None
    assert (card.number, card.first_name, card.last_name, card.state) == ("12345678", "JOSE", "NUNEZ", "TX")
    assert (card.issued_on, card.expires_on) == (date(2024, 1, 15), date(2028, 1, 15))


def test_canadian_days_begin_with_the_year() -> None:
    card = licence(barcode_text(expires="20280115", country="CAN"))
    assert card is not None
    assert card.expires_on == date(2028, 1, 15)


@pytest.mark.parametrize("text", ["", "@", "https://example.com", "@\n\x1e\rANSI 63", "@\n\x1e\rANSI \n\nDBA99999999\nDAQ\n"])
def test_what_is_no_licence_is_none_or_empty(text: str) -> None:
    card = licence(text)
    assert card is None or (card.expires_on is None and card.number is None)


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("E-1042 mvr.pdf", ["employee_id"]),
        ("nunez, jose - mvr.pdf", ["name"]),
        ("12345678.jpg", ["licence_number"]),
    ],
)
def test_a_driver_is_known_by_number_licence_or_name(name: str, by: list[str]) -> None:
    [found] = match(read(name, "", []), [candidate(), candidate("E-2", "Ana", "Ruiz", None)], TODAY).drivers
    assert found.by == by


def test_two_of_one_name_leave_a_doubt_that_a_number_ends() -> None:
    twins = [candidate("A1"), candidate("B2", number=None)]
    doubtful = match(read("jose nunez mvr 2026-01-15.pdf", "", []), twins, TODAY)
    assert not doubtful.sure
    assert len(doubtful.drivers) == 2
    sure = match(read("B2 jose nunez mvr 2026-01-15.pdf", "", []), twins, TODAY)
    assert sure.sure
    assert sure.drivers[0].candidate.employee_id == "B2"
    assert (sure.requirement, sure.obtained_on) == ("mvr_annual", date(2026, 1, 15))


def test_a_barcode_alone_says_whose_card_it_is_and_until_when() -> None:
    code = barcode_text(number="12345678", first="JOSE", last="NUNEZ", issued="01152024", expires="01152028")
    found = match(read("IMG_0001.jpg", "", [code]), [candidate()], TODAY)
    assert found.sure
    assert (found.requirement, found.obtained_on, found.expires_on) == ("cdl", date(2024, 1, 15), date(2028, 1, 15))
    assert found.drivers[0].by == ["licence_number", "barcode_name"]


def test_a_name_in_the_text_is_a_hint_and_no_certainty() -> None:
    found = match(read("scan.pdf", "Motor vehicle record of Jose Nunez, 2026-01-15", []), [candidate()], TODAY)
    assert [each.by for each in found.drivers] == [["name_in_text"]]
    assert (found.requirement, found.sure) == ("mvr_annual", False)
