"""Instruments as text: OpenMetrics 1.0 with exemplars for who asks for it, Prometheus' older format for the others."""

from __future__ import annotations

from dot_copilot.core.telemetry import HistogramSeries, Registry
from dot_copilot.core.telemetry.instruments import Exemplar

OPENMETRICS = "application/openmetrics-text"
OPENMETRICS_TYPE = f"{OPENMETRICS}; version=1.0.0; charset=utf-8"
PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def render(registry: Registry, *, openmetrics: bool) -> str:
    """All instruments of the registry. Bounds and values are written as Python does: `le="1.0"`."""
    lines: list[str] = []
    for instrument in registry.collect():
        # OpenMetrics names a counter's family without the suffix of its samples.
        family = instrument.name.removesuffix("_total") if openmetrics and instrument.kind == "counter" else instrument.name
        lines += [f"# HELP {family} {_escaped(instrument.help, quotes=openmetrics)}", f"# TYPE {family} {instrument.kind}"]
        for values, series in instrument.series():
            labels = [f'{name}="{_escaped(value)}"' for name, value in zip(instrument.label_names, values, strict=True)]
            if isinstance(series, HistogramSeries):
                lines += _buckets(instrument.name, labels, series, openmetrics)
            else:
                lines.append(f"{instrument.name}{_braced(labels)} {_number(series.value)}")
    if openmetrics:
        lines.append("# EOF")
    return "\n".join(lines) + "\n"


def _buckets(name: str, labels: list[str], series: HistogramSeries, openmetrics: bool) -> list[str]:
    lines = []
    total = 0
    bounds = [*map(repr, series.bounds), "+Inf"]
    for bound, count, exemplar in zip(bounds, list(series.counts), series.exemplars, strict=True):
        total += count
        le = f'le="{bound}"'
        line = f"{name}_bucket{_braced([*labels, le])} {total}"
        lines.append(line + _shown(exemplar) if openmetrics and exemplar else line)
    lines.append(f"{name}_count{_braced(labels)} {total}")
    lines.append(f"{name}_sum{_braced(labels)} {_number(series.sum)}")
    return lines


def _shown(exemplar: Exemplar) -> str:
    return f' # {{trace_id="{exemplar.trace_id}"}} {_number(exemplar.value)} {exemplar.at:.3f}'


def _braced(labels: list[str]) -> str:
    return "{" + ",".join(labels) + "}" if labels else ""


def _number(value: float) -> str:
    return repr(float(value)).replace("inf", "Inf").replace("nan", "NaN")


def _escaped(text: str, *, quotes: bool = True) -> str:
    escaped = text.replace("\\", r"\\").replace("\n", r"\n")
    return escaped.replace('"', r"\"") if quotes else escaped


def series_count(registry: Registry) -> int:
    """How many series a scrape of the registry has; each bucket is one."""
    return sum(
        1 if not isinstance(series, HistogramSeries) else len(series.counts) + 2
        for instrument in registry.collect()
        for _, series in instrument.series()
    )
