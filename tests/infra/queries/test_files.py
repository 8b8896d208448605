"""A query file says what it answers and who shows it, and takes only values of the kind it declares."""

from __future__ import annotations

import re

import pytest

from infra.queries import BadQuery, queries, query
from infra.queries.files import parse

GOOD = """\
// title: A title
// answers: A question
//     that goes on.
// used by: workbook, alert
// time: 1h
// value: enough real calls below which a share says nothing
// value: who string a name
// alert measure: Share
// alert above: 0.2
// alert severity: 2
// alert window: PT1H
// alert every: PT5M
// alert runbook: AThing
let enough = 20.0;
let who = "nobody";
AppRequests
| summarize Share = 1.0 * countif(Name == who) / enough
"""


def test_a_header_says_all_there_is_to_say() -> None:
    found = parse("a", GOOD)
    assert (found.title, found.answers, found.span) == ("A title", "A question that goes on.", "1h")
    assert found.used_by == ("workbook", "alert")
    assert found.alert is not None
    assert (found.alert.measure, found.alert.threshold, found.alert.severity) == ("Share", 0.2, 2)
    assert [(p.name, p.kind) for p in found.parameters] == [("enough", "real"), ("who", "string")]


@pytest.mark.parametrize(
    ("line", "instead", "said"),
    [
        ("// title: A title\n", "", "needs one line '// title: ...'"),
        ("// time: 1h\n", "// time: 1h\n// time: 2h\n", "needs one line '// time: ...'"),
        ("workbook, alert", "workbook, pager", "used by 'pager'; it can be workbook, dashboard, alert"),
        ("workbook, alert", "workbook", "disagree on whether this is an alert"),
        ("// alert window: PT1H\n", "", "needs one line '// alert window: ...'"),
        ("// alert above: 0.2", "// alert above: a lot", "are numbers"),
        ("// time: 1h", "// tiem: 1h\n// time: 1h", "unknown keys: tiem"),
        ("// time: 1h", "// just a remark", "is not '// key: value'"),
        ("let enough = 20.0;", "let enough = 20;", "no line 'let enough = ...;' with a real"),
        ("enough real", "enough number", "is not 'NAME real|long|string|timespan meaning'"),
    ],
)
def test_a_header_that_lacks_something_is_refused(line: str, instead: str, said: str) -> None:
    assert line in GOOD
    with pytest.raises(BadQuery, match=re.escape(said)):
        parse("a", GOOD.replace(line, instead))


def test_a_deployment_sets_values() -> None:
    text = parse("a", GOOD).with_values(enough=5, who="somebody")
    assert "let enough = 5.000000;\n" in text
    assert 'let who = "somebody";\n' in text


@pytest.mark.parametrize("value", ['" or 1 == 1 //', "two\nlines", "back\\slash", 5])
def test_nothing_but_a_literal_gets_into_a_query(value: str | int) -> None:
    with pytest.raises(BadQuery, match="'who' takes a string"):
        parse("a", GOOD).with_values(who=value)


def test_an_unknown_value_names_the_known_ones() -> None:
    with pytest.raises(BadQuery, match="no parameter 'enuogh'; it has enough, who"):
        parse("a", GOOD).with_values(enuogh=5.0)


def test_an_unknown_query_names_the_known_ones() -> None:
    with pytest.raises(BadQuery, match=r"no query 'request'; there are .*requests"):
        query("request")


def test_every_file_reads_like_a_sentence() -> None:
    for found in queries().values():
        assert found.answers.endswith("."), found.name
        assert not found.title.endswith("."), found.name
        assert found.span == "chosen" or re.fullmatch(r"\d+[mhd]", found.span), found.name


def test_no_two_queries_have_the_same_title() -> None:
    titles = [found.title for found in queries().values()]
    assert len(set(titles)) == len(titles)
