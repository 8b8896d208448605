"""Every query passes Microsoft's language service on the declared tables; and the check does find what is wrong."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import pytest

from infra.queries import queries
from infra.queries.checking import Checked, check
from infra.queries.tables import TABLES

GOOD = "AppRequests\n| where DurationMs > 250.0\n| summarize Slow = sum(ItemCount) by Name"


@functools.cache
def checked() -> Mapping[str, Checked]:
    return check({name: query.text for name, query in queries().items()})


@pytest.mark.parametrize("name", sorted(queries()))
def test_a_query_is_right(name: str) -> None:
    assert not checked()[name].problems, "\n".join(map(str, checked()[name].problems))
    assert checked()[name].columns, "it returns no columns"
    assert "unknown" not in checked()[name].columns.values()


def test_what_is_wrong_is_found_where_it_is() -> None:
    wrong = {
        "column": (GOOD.replace("DurationMs", "Duration"), 2, 9, "'Duration' does not refer to any known column"),
        "table": (GOOD.replace("AppRequests", "Requests"), 1, 1, "'Requests' does not refer to any known table"),
        "operator": (GOOD.replace("where", "wehre"), 2, 3, "Query operator expected"),
        "type": (GOOD.replace("250.0", "'250'"), 2, 20, "operator '>' is not defined for the operand types real and string"),
        "function": (GOOD.replace("sum(", "summ("), 3, 20, "'summ' does not refer to any known function"),
        "sum of words": (GOOD.replace("sum(ItemCount)", "sum(Name)"), 3, 24, "must be summable"),
        "personal column": (GOOD.replace("by Name", "by ClientIP"), 3, 38, "'ClientIP' does not refer to any known column"),
    }
    found = check({"good": GOOD} | {name: text for name, (text, *_) in wrong.items()})
    assert not found["good"].problems
    assert found["good"].columns == {"Name": "string", "Slow": "long"}
    for name, (_, line, column, message) in wrong.items():
        first = found[name].problems[0]
        assert (first.line, first.column) == (line, column), (name, first)
        assert message in first.message, (name, first)
        assert str(first).startswith(f"infra/queries/{name}.kql:{line}:{column}: KS")


def test_sampled_events_are_weighed_not_counted() -> None:
    """A row of a sampled table stands for several events. Server logs aren't sampled, and minutes of a summary are no events."""
    for name, query in queries().items():
        code = re.sub(r"//.*", "", query.text)
        counts = re.findall(r"\b(?:count|countif|dcount|avg|percentile|percentiles)\([^)]*\)", code)
        if re.search(r"\bApp(Requests|Dependencies|Exceptions|Traces|AvailabilityResults)\b", code):
            allowed = {"countif(Failed > badShare * Requests)", "count()"} if name == "availability" else set()
            assert set(counts) <= allowed, name


def test_no_table_is_declared_for_nothing() -> None:
    texts = "\n".join(query.text for query in queries().values())
    assert {table for table in TABLES if not re.search(rf"\b{table}\b", texts)} == set()


def test_a_query_that_says_how_far_it_looks_does_so() -> None:
    for query in queries().values():
        looks_back = re.search(r"\bago\(|\bstartofday\(now", query.text) is not None
        assert looks_back == (query.span != "chosen"), query.name
