"""What a dashboard is: rows of panels, each of which asks Prometheus one or more questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

PAGE = 24
"""Grafana divides the page into so many columns."""


class Unit(StrEnum):
    """The units we use, by Grafana's names. One kind of thing has one unit on every dashboard."""

    SECONDS = "s"
    SHARE = "percentunit"  # of 1
    BYTES = "bytes"
    COUNT = "short"
    REQUESTS = "reqps"
    PER_SECOND = "cps"
    STATE = "none"  # words stand in for its values


class Kind(StrEnum):
    """How a panel draws, by Grafana's names."""

    STAT = "stat"
    LINES = "timeseries"
    TABLE = "table"
    HEATMAP = "heatmap"
    STATES = "state-timeline"
    BARS = "bargauge"


@dataclass(frozen=True, slots=True)
class Query:
    """A PromQL expression. `legend` names its series, `column` its number in a table; `exemplars` shows kept traces as dots."""

    expr: str
    legend: str = ""
    column: str = ""
    exemplars: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """From which value on something is worth a look, and from which it is bad. `below` turns both around."""

    look: float
    bad: float
    below: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One question answered. `description` says what the answer means; `runbook` is the page for when it is bad.

    `width` is in columns of the page; `words` names values, `colors` colours series, `board` is the dashboard that tells more.
    """

    title: str
    description: str
    unit: Unit
    queries: tuple[Query, ...]
    kind: Kind = Kind.LINES
    width: int = 8
    height: int = 8
    marks: Marks | None = None
    words: Mapping[int, str] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    stacked: bool = False
    most: float | None = None
    runbook: str = ""
    board: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels beneath a heading, in reading order."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of the page: the values of `label` among `series`. In a query `$name` is a pattern of those chosen."""

    name: str
    title: str
    label: str
    series: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page. Its `uid` is its address for ever: links and bookmarks hold it."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    since: str = "now-1h"

    @property
    def panels(self) -> tuple[Panel, ...]:
        """All panels in reading order."""
        return tuple(panel for row in self.rows for panel in row.panels)


def stat(
    title: str,
    description: str,
    unit: Unit,
    expr: str,
    *,
    width: int = 4,
    marks: Marks | None = None,
    words: Mapping[int, str] | None = None,
    runbook: str = "",
    board: str = "",
) -> Panel:
    """One number, coloured by its marks: what the first row of every dashboard is made of."""
    return Panel(
        title,
        description,
        unit,
        (Query(expr),),
        kind=Kind.STAT,
        width=width,
        height=4,
        marks=marks,
        words=words or {},
        runbook=runbook,
        board=board,
    )
