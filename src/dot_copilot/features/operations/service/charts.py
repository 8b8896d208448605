"""Charts ready to be drawn: all lines over the same times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from dot_copilot.core.platform import Platform
from dot_copilot.core.watching import Series
from dot_copilot.features.operations.drawing import BY_NAME
from dot_copilot.features.operations.errors import PartNotFound
from dot_copilot.features.operations.repository import charts as repository
from dot_copilot.features.operations.repository.charts import Subject
from dot_copilot.features.operations.schemas import Chart, ChartLine, Charts, PartCharts
from dot_copilot.features.operations.service.sources import ask

Range = Literal["15m", "1h", "6h", "24h"]
# Seconds of the range, and between two of its points.
_RANGES: Mapping[str, tuple[int, int]] = {"15m": (900, 15), "1h": (3600, 60), "6h": (21_600, 300), "24h": (86_400, 1200)}
Lines = Sequence[tuple[Subject, Mapping[str, Series]]]


async def read(platform: Platform, range_: Range) -> Charts:
    """The dozen of the page."""
    start, end, step = _times(platform, range_)
    nothing: Lines = [(subject, {}) for subject in repository.SUBJECTS]
    found, source = await ask("metrics", repository.subjects(platform.watch.metrics, start=start, end=end, step=step), nothing)
    return Charts(times=list(range(start, end + 1, step)), charts=_charts(found, start, end, step), source=source)


async def of_part(platform: Platform, name: str) -> PartCharts:
    """One part's last quarter of an hour."""
    if name not in BY_NAME:
        raise PartNotFound("The map has no such part. Open the map again; its parts may have changed.")
    start, end, step = _times(platform, "15m")
    nothing: Lines = []
    found, source = await ask(
        "metrics", repository.of_part(platform.watch.metrics, name, start=start, end=end, step=step), nothing
    )
    return PartCharts(name=name, times=list(range(start, end + 1, step)), charts=_charts(found, start, end, step), source=source)


def _times(platform: Platform, range_: Range) -> tuple[int, int, int]:
    """The first and the last point on whole steps, so that readers within one step ask the same."""
    length, step = _RANGES[range_]
    end = int(platform.clock.now().timestamp()) // step * step
    return end - length, end, step


def _charts(found: Lines, start: int, end: int, step: int) -> list[Chart]:
    return [
        Chart(
            name=subject.name,
            unit=subject.unit,
            lines=[ChartLine(name=name, values=_values(lines[name], start, end, step)) for name in sorted(lines)],
        )
        for subject, lines in found
    ]


def _values(series: Series, start: int, end: int, step: int) -> list[float | None]:
    values: list[float | None] = [None] * ((end - start) // step + 1)
    for at, value in series.points:
        index = round((at - start) / step)
        if 0 <= index < len(values):
            values[index] = value
    return values
