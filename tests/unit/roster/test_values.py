"""Words, places, names and numbers that are names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.roster.values.places import parse_state
from dot_copilot.features.roster.values.problem import ValueProblem
from dot_copilot.features.roster.values.texts import clean, parse_email, parse_identifier, parse_phone, parse_text, split_name
from dot_copilot.features.roster.values.words import parse_cdl_class, parse_endorsements, parse_status, parse_yes_no


@pytest.mark.parametrize("text", ["yes", "Y", "TRUE", "1", "x", "Sí", "si", "✓", "Interstate"])
def test_yes(text: str) -> None:
    assert parse_yes_no(text) is True


@pytest.mark.parametrize("text", ["no", "N", "False", "0", "intrastate", "✗"])
def test_no(text: str) -> None:
    assert parse_yes_no(text) is False


@pytest.mark.parametrize("text", ["maybe", "2", "yes?", "y/n"])
def test_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(ValueProblem, match="yes or no"):
        parse_yes_no(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [("TX", "TX"), ("tx", "TX"), ("Texas", "TX"), ("US-TX", "TX"), ("D.C.", "DC"), ("Ontario", "ON"), ("Québec", "QC"),
     ("New  Mexico", "NM"), ("MX", "MX"), ("Nuevo León", "MX"), ("NLE", "MX")],
)  # fmt: skip
def test_jurisdictions(text: str, code: str) -> None:
    assert parse_state(text) == code


@pytest.mark.parametrize("text", ["XX", "Texass", "T", "75201", "EU"])
def test_unknown_states_are_refused(text: str) -> None:
    with pytest.raises(ValueProblem, match="not a state"):
        parse_state(text)


@pytest.mark.parametrize(
    ("text", "letter"),
    [("A", "A"), ("b", "B"), ("Class A", "A"), ("CDL-A", "A"), ("CDLB", "B"), ("None", "none"), ("Non-CDL", "none"),
     ("Non-CDL Class C", "none"), ("D", "none"), ("Clase A", "A"), ("Operator", "none")],
)  # fmt: skip
def test_classes(text: str, letter: str) -> None:
    assert parse_cdl_class(text) == letter


@pytest.mark.parametrize("text", ["F", "AB", "Class", "CLP A", "10"])
def test_classes_that_are_none(text: str) -> None:
    with pytest.raises(ValueProblem):
        parse_cdl_class(text)


@pytest.mark.parametrize(
    ("text", "letters"),
    [("HNT", "HNT"), ("H, N", "HN"), ("X", "X"), ("n/t", "NT"), ("Hazmat, Tanker", "HN"), ("H-Hazmat; T-Doubles/Triples", "HT"),
     ("tanker hazmat", "X"), ("none", ""), ("T N H", "HNT"), ("School Bus", "S"), ("hazmat & tank vehicle", "HN")],
)  # fmt: skip
def test_endorsements(text: str, letters: str) -> None:
    assert parse_endorsements(text) == list(letters)


@pytest.mark.parametrize("text", ["Q", "yes", "H, Z", "12"])
def test_endorsements_nobody_knows(text: str) -> None:
    with pytest.raises(ValueProblem, match="not endorsements"):
        parse_endorsements(text) or (_ for _ in ()).throw(ValueProblem("not endorsements: empty"))


def test_status() -> None:
    assert [parse_status(word) for word in ("Active", "On Leave", "TERM", "inactive")] == [
        "active",
        "active",
        "terminated",
        "terminated",
    ]
    with pytest.raises(ValueProblem):
        parse_status("purple")


identifier = parse_identifier(64, "An employee id")


@pytest.mark.parametrize(
    ("text", "kept"), [("0042", "0042"), ("1001.0", "1001"), ("#17", "17"), ("E-17/a", "E-17/a"), ("1.5", "1.5")]
)
def test_identifiers_keep_what_they_are(text: str, kept: str) -> None:
    assert identifier(text) == kept


@pytest.mark.parametrize("text", ["1.23E+11", "#REF!", "=A1", "+1", "-1", "@x", "x" * 65, "a\x07b"])
def test_identifiers_that_have_been_damaged(text: str) -> None:
    with pytest.raises(ValueProblem):
        identifier(text)


@given(text=st.text(min_size=1, max_size=80))
def test_text_that_a_spreadsheet_would_run_never_gets_in(text: str) -> None:
    try:
        kept = parse_text(100, "A name")(clean(text))
    except ValueProblem:
        return
    assert kept[:1] not in ("=", "+", "-", "@")
    assert kept.isprintable()


@pytest.mark.parametrize(
    ("text", "name"),
    [("Smith, John", ("John", "Smith")), ("Smith Jr., John Q", ("John Q", "Smith Jr.")), ("John Q Smith", ("John Q", "Smith")),
     ("Smith, John, Jr.", ("John", "Smith Jr.")), ("John Smith, Jr.", ("John", "Smith Jr.")), 
     ("Juan de la Cruz", ("Juan", "de la Cruz")), ("DELGADO RUIZ, MARIA", ("MARIA", "DELGADO RUIZ"))],
)  # fmt: skip
def test_full_names(text: str, name: tuple[str, str]) -> None:
    assert split_name(text) == name


def test_one_word_is_no_full_name() -> None:
    with pytest.raises(ValueProblem, match="Only one name"):
        split_name("Cher")


def test_invisible_characters_and_spaces_are_cleaned() -> None:
    assert clean("  Ana\u00a0\u200bMaría \t Ruiz\n") == "Ana María Ruiz"
    assert clean("Nu\u0301n\u0303ez") == "Núñez"


@pytest.mark.parametrize("text", ["214-555-0100", "(214) 555-0100", "+52 81 5555 0100", "2145550100", "214.555.0100 x12"])
def test_phones(text: str) -> None:
    assert parse_phone(text) == text


@pytest.mark.parametrize("text", ["call me", "555", "=1+1", "+cmd|' /C calc'!A0"])
def test_phones_that_are_none(text: str) -> None:
    with pytest.raises(ValueProblem):
        parse_phone(text)


def test_emails() -> None:
    assert parse_email("Ana.Ruiz@Example.com") == "ana.ruiz@example.com"
    for text in ("ana", "a@b", "a b@c.de", "=x@y.com"):
        with pytest.raises(ValueProblem):
            parse_email(text)
