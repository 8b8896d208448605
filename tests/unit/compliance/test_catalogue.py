"""The catalogue is whole, dated, cited and worded in both languages."""

from __future__ import annotations

import ast
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

import dot_copilot.features.compliance as package
from dot_copilot.features.compliance import words
from dot_copilot.features.compliance.catalogue import FEDERAL, Catalogue
from dot_copilot.features.compliance.catalogue.drug_alcohol import random_rates
from dot_copilot.features.compliance.catalogue.medical import PAPER_CARD_WINDOWS
from dot_copilot.features.compliance.document import markdown
from dot_copilot.features.compliance.model import State
from dot_copilot.features.compliance.requirement import Citation, Requirement, RetentionKind, Scope

SPECIFIED = """
    application sph part40_check mvr_hire mvr_annual review_annual road_test mec mec_12 mec_cdlis nr_verify variance cdl ch_full
    ch_annual drug_pre random da_policy sup_rs eldt hm_train hm_security hm_driver hme_tsa twic lcv lcv_instr elp passenger
"""
ABOLISHED = {"violations_list": date(2022, 5, 8)}
UNVERIFIED = {"cdl", "hm_driver", "lcv", "passenger"}
ROOT = Path(__file__).parents[3]


def test_every_key_is_there_and_no_other() -> None:
    assert set(FEDERAL.by_key) == {*SPECIFIED.split(), *ABOLISHED}
    assert len(FEDERAL.requirements) == len(FEDERAL.by_key)


def test_the_ten_states_have_their_names() -> None:
    names = "not_applicable unknown missing due overdue pending_review valid expiring expired blocked"
    assert sorted(State) == sorted(names.split())


@pytest.mark.parametrize("requirement", FEDERAL.requirements, ids=lambda requirement: requirement.key)
def test_each_is_cited_dated_and_worded(requirement: Requirement) -> None:
    assert requirement.citations
    for citation in requirement.citations:
        assert re.fullmatch(r"49 CFR (\d+\.\d+(\([a-z0-9]+\))*|part \d+)", citation.cfr), citation.cfr
        assert re.fullmatch(r"https://www\.ecfr\.gov/current/title-49/(section-\d+\.\d+|part-\d+)", citation.url)
    assert requirement.effective_to == ABOLISHED.get(requirement.key)
    assert (requirement.verified_on is None) == (requirement.key in UNVERIFIED)
    for locale in words.LOCALES:
        found = words.texts(requirement, locale)
        for text in (found.title, found.applies_to, found.trigger, found.renewal, found.evidence, found.retention):
            assert text
            assert text[0].isupper() or not text[0].isalpha()
    assert words.title(requirement, "en") != words.title(requirement, "es") or requirement.key == "twic"
    assert not (requirement.blocks_driving and requirement.restricts)
    assert requirement.clears <= set(FEDERAL.by_key)
    assert all(serving.key in FEDERAL.by_key for serving in requirement.served_by)


@pytest.mark.parametrize(
    ("key", "section"),
    [
        ("application", "391.21"), ("sph", "391.23(a)(2)"), ("part40_check", "40.25"), ("mvr_hire", "391.23(a)(1)"),
        ("mvr_annual", "391.25(a)"), ("review_annual", "391.25(b)"), ("road_test", "391.31"), ("mec", "391.45"),
        ("mec_12", "391.46"), ("mec_cdlis", "391.51(b)(6)(ii)"), ("nr_verify", "391.23(m)(1)"), ("variance", "391.49"),
        ("cdl", "391.11(b)(5)"), ("ch_full", "382.701(a)"), ("ch_annual", "382.701(b)"), ("drug_pre", "382.301"),
        ("random", "382.305"), ("da_policy", "382.601"), ("sup_rs", "382.603"), ("eldt", "380.603"), ("hm_train", "172.704"),
        ("hm_security", "172.704(a)(4)"), ("hm_driver", "177.816"), ("hme_tsa", "383.141"), ("twic", "part 1572"),
        ("lcv", "380.107"), ("lcv_instr", "391.55"), ("elp", "391.11(b)(2)"), ("passenger", "383.93"),
        ("violations_list", "391.27"),
    ],
)  # fmt: skip
def test_where_each_rule_stands(key: str, section: str) -> None:
    assert Citation.of(section) in FEDERAL.by_key[key].citations


@pytest.mark.parametrize(
    ("key", "since"),
    [
        ("eldt", date(2022, 2, 7)),
        ("ch_full", date(2020, 1, 6)),
        ("ch_annual", date(2020, 1, 6)),
        ("nr_verify", date(2014, 5, 21)),
    ],
)
def test_the_day_from_which_a_rule_applies(key: str, since: date) -> None:
    assert FEDERAL.by_key[key].effective_from == since


@pytest.mark.parametrize(
    ("keys", "kind", "months", "days"),
    [
        ("application mvr_hire road_test cdl lcv passenger sph", RetentionKind.EMPLOYMENT, 36, 0),
        ("mvr_annual review_annual mec mec_12 mec_cdlis nr_verify variance part40_check ch_full ch_annual",
         RetentionKind.DOCUMENT, 36, 0),
        ("hm_train hm_security hm_driver", RetentionKind.EMPLOYMENT, 0, 90),
        ("da_policy sup_rs", RetentionKind.FUNCTION, 24, 0),
        ("drug_pre", RetentionKind.DOCUMENT, 12, 0),
        ("random", RetentionKind.DOCUMENT, 60, 0),
    ],
)  # fmt: skip
def test_how_long_each_record_is_kept(keys: str, kind: RetentionKind, months: int, days: int) -> None:
    for key in keys.split():
        kept = FEDERAL.by_key[key].retention
        assert (kept.kind, kept.months, kept.days) == (kind, months, days), key
        assert kept.separate == (key == "sph")


def test_errors_that_others_make_are_not_made() -> None:
    assert FEDERAL.by_key["ch_full"].renewal.once  # no annual full query
    assert FEDERAL.by_key["sup_rs"].renewal.once  # no yearly refresher
    assert random_rates(date(2026, 1, 1)) == (50, 10)  # not 25 %
    assert random_rates(date(2019, 12, 31)) == (25, 10)
    assert random_rates(date(2015, 1, 1)) is None


def test_random_testing_is_asked_of_the_carrier() -> None:
    assert [each.key for each in FEDERAL.requirements if each.scope is Scope.CARRIER] == ["random"]


def test_the_windows_of_the_paper_card_are_in_order_and_apart() -> None:
    for (_, last, _), (first, _, _) in pairwise(PAPER_CARD_WINDOWS):
        assert last < first
    assert date.fromordinal(PAPER_CARD_WINDOWS[0][1]) == date(2025, 6, 22)
    assert date.fromordinal(PAPER_CARD_WINDOWS[-1][1]) == date(2026, 10, 11)
    assert PAPER_CARD_WINDOWS[-1][2] == 60


def test_a_key_stands_for_one_requirement() -> None:
    with pytest.raises(ValueError, match="share a key"):
        Catalogue((FEDERAL.requirements[0], FEDERAL.requirements[0]))


def test_the_page_is_current() -> None:
    page = ROOT / "docs" / "requirements.md"
    assert page.read_text(encoding="utf-8") == markdown(), (
        "write it anew: python -m dot_copilot.features.compliance.document > docs/requirements.md"
    )


def test_both_languages_say_the_same_things() -> None:
    english, spanish = words._PHRASES["en"], words._PHRASES["es"]
    assert english.keys() == spanish.keys()
    for phrase, text in english.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", spanish[phrase])), phrase
    assert words._TEXTS["en"].keys() == words._TEXTS["es"].keys() == FEDERAL.by_key.keys()


PURE = """
    absence applicability arithmetic case dates document engine explain findings life linked model policy reading requirement
    retention roster rules catalogue/* words/*
"""


def test_the_engine_imports_only_the_standard_library_and_itself() -> None:
    """No clock, no database, no framework: what it says follows from what it is given."""
    folder = Path(package.__file__).parent
    allowed = {"__future__", "ast", "bisect", "calendar", "collections", "dataclasses", "datetime", "enum", "functools",
               "itertools", "operator", "sys", "types", "typing", "uuid"}  # fmt: skip
    for pattern in PURE.split():
        files = list(folder.glob(f"{pattern}.py"))
        assert files, pattern
        for file in files:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module or ""]
                for name in names:
                    assert name.split(".")[0] in allowed or name.startswith("dot_copilot.features.compliance"), (file, name)
            text = file.read_text(encoding="utf-8")
            assert "today()" not in text
            assert "now()" not in text
