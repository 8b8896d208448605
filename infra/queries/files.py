"""Reads the `.kql` files of this folder. Each begins with lines `// key: value`; `docs/observability.md` lists the keys."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

from infra.queries.model import Alert, BadQuery, Parameter, Query, Use, fits, let_line

HERE = Path(__file__).parent
_ONCE = ("title", "answers", "used by", "time")
_ALERT = ("measure", "above", "severity", "window", "every", "runbook")


@cache
def queries() -> dict[str, Query]:
    """All queries by name (the file's, without its ending)."""
    return {path.stem: parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.kql"))}


def query(name: str) -> Query:
    """One query; raises BadQuery with the names there are."""
    found = queries().get(name)
    if found is None:
        raise BadQuery(f"there is no query '{name}'; there are {', '.join(queries())}")
    return found


def parse(name: str, text: str) -> Query:
    """A file's text as a query; raises BadQuery that says what its header lacks."""
    header = _header(name, text)
    said = {key: _one(name, header, key) for key in _ONCE}
    used_by = tuple(word.strip() for word in said["used by"].split(","))
    for word in used_by:
        if word not in get_args(Use):
            raise BadQuery(f"{name}: used by '{word}'; it can be {', '.join(get_args(Use))}")
    alert = _alert(name, header)
    if ("alert" in used_by) != (alert is not None):
        raise BadQuery(f"{name}: 'used by' and the 'alert ...' lines disagree on whether this is an alert")
    return Query(
        name=name,
        title=said["title"],
        answers=said["answers"],
        used_by=used_by,  # type: ignore[arg-type]
        span=said["time"],
        text=text,
        parameters=tuple(_parameter(name, line, text) for line in header.get("value", [])),
        alert=alert,
    )


def _header(name: str, text: str) -> dict[str, list[str]]:
    """The comment lines a file begins with, by key. A line indented after its slashes continues the one before."""
    found: dict[str, list[str]] = {}
    key = ""
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        said = line.removeprefix("//")
        if said.startswith("   ") and key:
            found[key][-1] += " " + said.strip()
            continue
        key, colon, value = (part.strip() for part in said.partition(":"))
        if not colon:
            raise BadQuery(f"{name}: '{line}' is not '// key: value'")
        found.setdefault(key, []).append(value)
    known = {*_ONCE, "value", *(f"alert {key}" for key in _ALERT)}
    if unknown := set(found) - known:
        raise BadQuery(f"{name}: its header has unknown keys: {', '.join(sorted(unknown))}")
    return found


def _one(name: str, header: dict[str, list[str]], key: str) -> str:
    """The only value of a key that must be there once."""
    values = header.get(key, [])
    if len(values) != 1 or not values[0]:
        raise BadQuery(f"{name}: its header needs one line '// {key}: ...'")
    return values[0]


def _alert(name: str, header: dict[str, list[str]]) -> Alert | None:
    """The alert that a header declares, if it declares one: then all of it."""
    if not any(f"alert {key}" in header for key in _ALERT):
        return None
    said = {key: _one(name, header, f"alert {key}") for key in _ALERT}
    try:
        threshold, severity = float(said["above"]), int(said["severity"])
    except ValueError as wrong:
        raise BadQuery(f"{name}: an alert's 'above' and 'severity' are numbers") from wrong
    return Alert(said["measure"], threshold, severity, said["window"], said["every"], said["runbook"])


def _parameter(name: str, line: str, text: str) -> Parameter:
    """A `// value: NAME KIND meaning` line, whose `let` line must be there with a literal of that kind."""
    words = line.split(maxsplit=2)
    if len(words) != 3 or words[1] not in {"real", "long", "string", "timespan"}:
        raise BadQuery(f"{name}: '{line}' is not 'NAME real|long|string|timespan meaning'")
    let = let_line(words[0]).search(text)
    if let is None or not fits(words[1], let[2]):
        raise BadQuery(f"{name}: there is no line 'let {words[0]} = ...;' with a {words[1]}")
    return Parameter(words[0], words[1], words[2])  # type: ignore[arg-type]
