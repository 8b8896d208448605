"""What a query file says of itself: its title, the question it answers, who shows it, and when it wakes somebody."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Use = Literal["workbook", "dashboard", "alert"]
Value = str | float | int


class BadQuery(ValueError):
    """A query file without what it must say, or a value it does not take."""


@dataclass(frozen=True, slots=True)
class Alert:
    """When a log alert fires: `measure` (a column of the result) is greater than `threshold`.

    Windows are ISO 8601 durations, as `ScheduledQueryRule` takes them. Severities are Azure's: 0 and 1 wake somebody, 2 waits
    for the morning, 3 for the next working day. `runbook` is a page of docs/runbooks.
    """

    measure: str
    threshold: float
    severity: int
    window: str
    every: str
    runbook: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a deployment may set: a `let` line of the query, with the kind of its literal."""

    name: str
    kind: Literal["real", "long", "string", "timespan"]
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """One `.kql` file. `span` is how far back the text itself looks, or "chosen": by the workbook or tile that runs it."""

    name: str
    title: str
    answers: str
    used_by: tuple[Use, ...]
    span: str
    text: str
    parameters: tuple[Parameter, ...] = field(default=())
    alert: Alert | None = None

    def with_values(self, **values: Value) -> str:
        """The text with other literals for its parameters; raises BadQuery for a name it lacks or a value of another kind."""
        text = self.text
        kinds = {parameter.name: parameter.kind for parameter in self.parameters}
        for name, value in values.items():
            if name not in kinds:
                raise BadQuery(f"{self.name}: has no parameter '{name}'; it has {', '.join(sorted(kinds)) or 'none'}")
            literal = _literal(self.name, name, kinds[name], value)
            text = let_line(name).sub(lambda found, literal=literal: f"{found[1]}{literal};", text)  # type: ignore[misc]
        return text


def let_line(name: str) -> re.Pattern[str]:
    """Matches `let NAME = LITERAL;` alone on its line; group 1 is what stands before the literal, group 2 the literal."""
    return re.compile(rf"^(let {re.escape(name)} = )(.+);$", re.MULTILINE)


_SHAPES = {
    "real": re.compile(r"-?\d+\.\d+"),
    "long": re.compile(r"-?\d+"),
    "string": re.compile(r'"[^"\\\n]*"'),
    "timespan": re.compile(r"\d+[dhms]"),
}


def fits(kind: str, literal: str) -> bool:
    """Whether a literal is one of this kind, as we write them."""
    return _SHAPES[kind].fullmatch(literal) is not None


def _literal(query: str, name: str, kind: str, value: Value) -> str:
    """A value as Kusto writes it. Nothing but a literal of the declared kind gets into a query."""
    if kind == "real" and isinstance(value, int | float):
        literal = f"{float(value):f}"
    elif kind == "string" and isinstance(value, str):
        literal = f'"{value}"'
    else:
        literal = str(value)
    if not fits(kind, literal):
        raise BadQuery(f"{query}: '{name}' takes a {kind}, not {value!r}")
    return literal
