"""What telemetry says of a statement: its verb and the first table or function it names, never a value.

The texts of statements are ours (values travel as parameters), but even so nothing of them leaves but two plain words.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from dot_copilot.core.telemetry.instruments import HistogramSeries
from dot_copilot.core.telemetry.standard import DB_OPERATION, DB_WAIT

_VERB = re.compile(r"\s*(?:with\b.*?\)\s*(?=(?:select|insert|update|delete)\b))?(select|insert|update|delete)\b", re.I | re.S)
_NAMES = re.compile(r"\b(?:from|into|update|join)\s+(?:only\s+)?([a-z_][a-z0-9_.]*)|\bselect\s+([a-z_][a-z0-9_.]*)\s*\(", re.I)
_NOT_TABLES = {"select", "unnest", "lateral", "generate_series", "jsonb_array_elements", "set"}
_MOST_KNOWN = 1000


class Statement(NamedTuple):
    """What is known of a statement's text. `shown_after`: nanoseconds it takes at least to be worth a span."""

    name: str
    series: HistogramSeries
    attributes: dict[str, str | int | float | bool] | None
    shown_after: int = 0


def _statement(operation: str, target: str) -> Statement:
    attributes: dict[str, str | int | float | bool] = {"db.system.name": "postgresql", "db.operation.name": operation}
    if target:
        attributes["db.collection.name"] = target
    return Statement(f"{operation} {target}".strip(), DB_OPERATION.labels(operation), attributes)


WAIT, ENTER, COMMIT, ROLLBACK = "WAIT", "ENTER", "COMMIT", "ROLLBACK"
_OURS = {
    WAIT: Statement("wait for a connection", DB_WAIT.labels(), None, 1_000_000),  # a span only if it was a wait
    ENTER: _statement("ENTER", ""),
    COMMIT: _statement("COMMIT", ""),
    ROLLBACK: _statement("OTHER", "rollback"),
}
"""What stands for no text of a repository."""
_known = dict(_OURS)


def describe(sql: str) -> Statement:
    """The statement's description; texts are remembered, up to a number that statements composed at run time can't exceed."""
    found = _known.get(sql)
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
            _known.update(_OURS)
        found = _known[sql] = _statement(*_read(sql))
    return found


def _read(sql: str) -> tuple[str, str]:
    verb = _VERB.match(sql)
    if verb is None:
        return "OTHER", ""
    names = (first or second for first, second in _NAMES.findall(sql, verb.start(1)))
    return verb[1].upper(), next((name.lower() for name in names if name.lower() not in _NOT_TABLES), "")
