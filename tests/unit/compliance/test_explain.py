"""What people are told: a sentence and a sum that agree with the verdict, in both languages, for every driver."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from dot_copilot.features.compliance import words
from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.compliance.engine import evaluate
from dot_copilot.features.compliance.explain import (
    citations,
    conflict_text,
    explanation,
    note_text,
    reason_text,
    reason_title,
    summary,
)
from dot_copilot.features.compliance.model import ConflictCode, Evidence, Facts, NoteCode, State
from dot_copilot.features.compliance.words import Say
from tests.unit.compliance import strategies as some
from tests.unit.compliance.build import TRACTOR, VAN, D, ev, hired, item, standing

HIRE = D(2026, 3, 1)


@given(some.facts(), some.files(), some.days)
def test_every_verdict_can_be_told_and_its_dates_are_in_the_sum(facts: Facts, file: list[Evidence], day: date) -> None:
    found = evaluate(facts, file, day)
    for locale in words.LOCALES:
        for each in found.items:
            told = explanation(each, locale)
            assert told.summary
            assert "{" not in told.summary
            assert told.steps
            assert all(step.text and "{" not in step.text for step in told.steps)
            assert words.title(each.requirement, locale) in told.summary
            shown = {step.date for step in told.steps}
            if each.state in {State.VALID, State.EXPIRING, State.EXPIRED, State.DUE, State.OVERDUE} and each.due_on:
                assert each.due_on in shown, (each.key, each.state)
            for conflict in each.conflicts:
                assert conflict_text(conflict, locale)
        for reason in (*found.reasons, *found.restrictions):
            assert reason_text(reason, locale)
            assert reason_title(reason, locale)


@pytest.mark.parametrize(("code"), list(NoteCode))
def test_every_note_has_its_words(code: NoteCode) -> None:
    assert note_text(code, "en") != note_text(code, "es")


def test_every_conflict_has_its_words() -> None:
    for code in ConflictCode:
        for locale in words.LOCALES:
            assert Say(locale).knows(f"conflict.{code}")


def test_every_result_that_blocks_has_its_words() -> None:
    for requirement in FEDERAL.requirements:
        for outcome in requirement.blocking_outcomes:
            assert Say("es").knows(f"outcome.{outcome}")


def test_dates_are_written_out() -> None:
    assert Say("en").day(D(2026, 3, 1)) == "March 1, 2026"
    assert Say("es").day(D(2026, 3, 1)) == "1 de marzo de 2026"
    assert Say("en").months(1) == "1 month"
    assert Say("es").days(2) == "2 días"
    assert Say("en").join(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("state", "due", "until", "text"),
    [
        (State.MISSING, None, None, "Medical certificate is missing and is needed now – 49 CFR 391.45"),
        (State.DUE, D(2026, 3, 2), None, "Medical certificate is due by March 2, 2026 – 49 CFR 391.45"),
        (State.OVERDUE, D(2026, 3, 2), None, "Medical certificate has been overdue since March 3, 2026 – 49 CFR 391.45"),
        (State.VALID, None, None, "Medical certificate is on file – 49 CFR 391.45"),
        (State.VALID, D(2026, 3, 2), D(2026, 3, 2), "Medical certificate is valid until March 2, 2026 – 49 CFR 391.45"),
        (State.EXPIRING, D(2026, 3, 2), D(2026, 3, 2), "Medical certificate is valid only until March 2, 2026 – 49 CFR 391.45"),
        (State.EXPIRED, D(2026, 2, 28), D(2026, 2, 28), "Medical certificate ran out on March 1, 2026 – 49 CFR 391.45"),
        (State.PENDING_REVIEW, None, None, "Medical certificate waits for review – 49 CFR 391.45"),
        (State.BLOCKED, None, None, "Medical certificate: an event forbids driving – 49 CFR 391.45"),
        (State.UNKNOWN, None, None, "Medical certificate can't be judged: a fact is not known – 49 CFR 391.45"),
        (State.NOT_APPLICABLE, None, None, "Medical certificate does not apply – 49 CFR 391.45"),
    ],
)
def test_the_sentence_of_a_list(state: State, due: date | None, until: date | None, text: str) -> None:
    rule = item(VAN, [], HIRE, "mec").requirement
    assert summary(rule, state, due, until) == text
    assert summary(rule, state, due, until, "es").endswith("49 CFR 391.45")


def steps(key: str, file: list[Evidence], day: date, facts: Facts = VAN) -> list[str]:
    return [step.text for step in explanation(item(hired(facts, HIRE), file, day, key)).steps]


def test_the_twelve_months_are_explained() -> None:
    insulin = replace(VAN, insulin_treated=True)
    told = steps("mec_12", [ev("mec", D(2026, 1, 10), D(2028, 1, 10))], D(2026, 6, 1), insulin)
    assert told[:4] == [
        "Exam on January 10, 2026",
        "Treated with insulin: an exam counts for 12 months at most",
        "January 10, 2026 + 12 months = January 10, 2027",
        "The certificate says January 10, 2028",
    ]
    found = item(hired(insulin, HIRE), [], D(2026, 6, 1), "mec_12")
    assert citations(found)[0].cfr == "49 CFR 391.46"
    vision = hired(VAN, HIRE, vision_alternative=True)
    assert citations(item(vision, [], D(2026, 6, 1), "mec_12"))[0].cfr == "49 CFR 391.44"


def test_what_is_left_is_counted() -> None:
    file = [ev("mvr_annual", D(2026, 3, 1))]
    assert "1 day left; the warning begins 30 days before the end" in steps("mvr_annual", file, D(2027, 2, 28))
    assert "This is its last day; the warning begins 30 days before the end" in steps("mvr_annual", file, D(2027, 3, 1))


def test_what_served_is_named() -> None:
    assert steps("mvr_annual", [ev("mvr_hire", HIRE)], D(2026, 6, 1))[0] == (
        "Recorded as “Motor vehicle record at hire” on March 1, 2026"
    )
    tractor = steps("road_test", [ev("cdl", D(2025, 1, 1), D(2029, 1, 1))], D(2026, 6, 1), TRACTOR)
    assert tractor[:2] == [
        "Recorded as “Commercial driver's license” on January 1, 2025",
        "A copy of the CDL stands for the road test, as it is not for doubles, triples or tank vehicles",
    ]


def test_the_waiver_of_the_paper_card_is_explained() -> None:
    card = ev("mec", D(2026, 8, 30), D(2028, 8, 30), provenance="upload")
    told = steps("mec_cdlis", [card], D(2026, 10, 12), TRACTOR)
    assert (
        "Paper card: under the waiver it proves the medical status for 60 days after the exam, until October 11, 2026 at most"
        in told
    )
    assert "The earlier date counts: October 11, 2026" in told


@pytest.mark.parametrize(
    ("key", "facts", "day", "text"),
    [
        ("mec", TRACTOR, D(2026, 6, 1), "It is for others: Drivers without a CDL who drive interstate"),
        ("random", TRACTOR, D(2026, 6, 1), "It is a duty of the carrier, not of a single driver"),
        ("violations_list", VAN, D(2026, 6, 1), "The rule ended on May 8, 2022"),
        ("sup_rs", VAN, D(2026, 6, 1), "Nobody has recorded that the driver is concerned: Supervisors of CDL drivers"),
        ("eldt", TRACTOR, D(2026, 6, 1), "The first CDL was issued on May 4, 2015, before the rule began on February 7, 2022"),
    ],
)
def test_why_something_does_not_apply(key: str, facts: Facts, day: date, text: str) -> None:
    assert steps(key, [], day, facts)[0] == text


def test_why_a_query_or_inquiry_is_not_asked_for() -> None:
    old = hired(TRACTOR, D(2019, 5, 1), prior_dot_employer=None)
    told = explanation(item(old, [], D(2026, 6, 1), "ch_full")).steps[0].text
    assert told == "It is asked only of those hired on or after January 6, 2020; this driver was hired on May 1, 2019"
    told = explanation(item(old, [], D(2019, 6, 1), "ch_annual")).steps[0].text
    assert told == "The rule has applied only since January 6, 2020"
    replaced = hired(TRACTOR, HIRE, prior_dot_employer=False)
    assert "takes its place" in explanation(item(replaced, [], D(2026, 6, 1), "part40_check")).steps[0].text
    ahead = hired(TRACTOR, HIRE, first_cdl_issued_on=D(2026, 8, 1))
    assert explanation(item(ahead, [], D(2026, 6, 1), "eldt")).steps[0].text == "It is asked only from August 1, 2026 on"


def test_a_deadline_that_a_rule_set_after_the_hire() -> None:
    found = item(hired(TRACTOR, D(2015, 1, 1)), [], D(2020, 6, 1), "ch_annual")
    assert [step.text for step in explanation(found).steps][:5] == [
        "Hired on January 1, 2015",
        "The rule has applied since January 6, 2020, after the hire: the count begins there",
        "January 6, 2020 + 12 months = January 6, 2021",
        "January 6, 2020 + 365 days = January 5, 2021",
        "The earlier date counts: January 5, 2021",
    ]


def test_nothing_is_worded_before_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, *_: object) -> None:
        raise AssertionError("the engine spoke")

    monkeypatch.setattr(Say, "__init__", refuse)
    found = standing(hired(TRACTOR, HIRE), [], HIRE + timedelta(days=40))
    assert found.reasons
    with pytest.raises(AssertionError, match="the engine spoke"):
        explanation(found.items[0])
