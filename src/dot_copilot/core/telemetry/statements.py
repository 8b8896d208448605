"""What telemetry says of a statement: its verb and the first table or function it names, never a value.

The texts of statements are ours (values travel as parameters), but even so nothing of them leaves but two plain words.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from time import perf_counter_ns
from typing import NamedTuple

from dot_copilot.core.telemetry.instruments import HistogramSeries
from dot_copilot.core.telemetry.standard import DB_OPERATION, DB_WAIT
from dot_copilot.core.telemetry.trace import CLIENT, Attributes, _parent, _trace

_VERB = re.compile(r"\s*(?:with\b.*?\)\s*(?=(?:select|insert|update|delete)\b))?(select|insert|update|delete)\b", re.I | re.S)
_NAMES = re.compile(r"\b(?:from|into|update|join)\s+(?:only\s+)?([a-z_][a-z0-9_.]*)|\bselect\s+([a-z_][a-z0-9_.]*)\s*\(", re.I)
_NOT_TABLES = {"select", "unnest", "lateral", "generate_series", "jsonb_array_elements", "set"}
_MOST_KNOWN = 1000
_WORTH_A_SPAN = 1_000_000  # nanoseconds of waiting for a connection
_WAIT = DB_WAIT.labels()


class Statement(NamedTuple):
    """What is known of a statement's text."""

    name: str
    series: HistogramSeries
    attributes: Attributes


def _statement(operation: str, target: str) -> Statement:
    attributes: Attributes = {"db.system.name": "postgresql", "db.operation.name": operation}
    if target:
        attributes["db.collection.name"] = target
    return Statement(f"{operation} {target}".strip(), DB_OPERATION.labels(operation), attributes)


ENTER, COMMIT, ROLLBACK = _statement("ENTER", ""), _statement("COMMIT", ""), _statement("OTHER", "rollback")
_known: dict[str, Statement] = {}


def describe(sql: str) -> Statement:
    """The statement's description; texts are remembered, up to a number that statements composed at run time can't exceed."""
    found = _known.get(sql)
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[sql] = _statement(*_read(sql))
    return found


def _read(sql: str) -> tuple[str, str]:
    verb = _VERB.match(sql)
    if verb is None:
        return "OTHER", ""
    names = (first or second for first, second in _NAMES.findall(sql, verb.start(1)))
    return verb[1].upper(), next((name.lower() for name in names if name.lower() not in _NOT_TABLES), "")


def done(statement: Statement, started: int, error: BaseException | None = None) -> None:
    """Counts a statement that began at `started` (`perf_counter_ns`) and has ended now, and records its span.

    What it would call is written out: it runs several times in the shortest of requests.
    """
    ended = perf_counter_ns()
    name, series, attributes = statement
    seconds = (ended - started) / 1e9
    trace = _trace.get()
    if trace is None or trace.sampled:
        series.observe(seconds, trace.trace_id if trace is not None else None)
    else:
        series.counts[bisect_left(series.bounds, seconds)] += 1
        series.sum += seconds
    if trace is None:
        return
    if trace.room > 0:
        trace.room -= 1
        word = None if error is None else type(error).__name__
        trace.recorded.append((name, CLIENT, 0, _parent.get(), started, ended, word, attributes))
    else:
        trace.lost += 1


def waited(started: int) -> None:
    """Counts the wait for a free connection, which is a span only if it was one."""
    ended = perf_counter_ns()
    seconds = (ended - started) / 1e9
    _WAIT.counts[bisect_left(_WAIT.bounds, seconds)] += 1
    _WAIT.sum += seconds
    if ended - started > _WORTH_A_SPAN and (trace := _trace.get()) is not None:
        trace.add(("wait for a connection", CLIENT, 0, _parent.get(), started, ended, None, None))
