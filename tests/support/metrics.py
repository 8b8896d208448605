"""What metrics there are: those the application declares, those our own parts tell, and those of the programs beside them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import yaml

import dot_copilot
from dot_copilot.core.telemetry.instruments import Histogram
from dot_copilot.core.telemetry.registry import REGISTRY

ROOT = Path(__file__).parents[2]
# Of other people's programs we know the names only; a test on a running stack proves that they are there.
OTHERS = re.compile(r"(pg|redis|vault|go|prometheus|alertmanager)_[a-z0-9_]+|up|ALERTS|scrape_duration_seconds")
# Entry points that do something when they are imported, and what only runs where it is needed.
_NOT_IMPORTED = re.compile(r"\.__main__$|^dot_copilot\.(stack|dashboards)\b")


def application_metrics() -> set[str]:
    """Names of all instruments the application declares, wherever it does: without the suffixes of histograms."""
    for module in pkgutil.walk_packages(dot_copilot.__path__, "dot_copilot."):
        if not _NOT_IMPORTED.search(module.name):
            importlib.import_module(module.name)
    return {instrument.name for instrument in REGISTRY.collect()}


def series_names() -> set[str]:
    """Names as Prometheus knows them: a histogram is three."""
    names: set[str] = set()
    for name in application_metrics():
        instrument = REGISTRY.find(name)
        suffixes = ("_bucket", "_sum", "_count") if isinstance(instrument, Histogram) else ("",)
        names |= {name + suffix for suffix in suffixes}
    return names | supervisor_metrics() | door_metrics() | recorded_metrics()


def supervisor_metrics() -> set[str]:
    """What the supervisor tells of its parts."""
    source = (ROOT / "src/dot_copilot/stack/exposition.py").read_text()
    return set(re.findall(r'yield "(dot_[a-z_]+)"', source))


def door_metrics() -> set[str]:
    """What nginx tells of what passes through it."""
    source = (ROOT / "deploy/nginx/metrics.js").read_text()
    histograms = set(re.findall(r"# TYPE (nginx_\w+) histogram", source))
    plain = set(re.findall(r"# TYPE (nginx_\w+) ", source)) - histograms
    return plain | {name + suffix for name in histograms for suffix in ("_bucket", "_sum", "_count")}


def recorded_metrics() -> set[str]:
    """Names that Prometheus' recording rules make."""
    return {rule["record"] for rule in _rules() if "record" in rule}


def alert_numbers(alert: str) -> set[float]:
    """The numbers in the expressions of the alerts of that name: what it compares with is among them."""
    exprs = [rule["expr"] for rule in _rules() if rule.get("alert") == alert]
    return {float(number) for expr in exprs for number in re.findall(r"(?<![\w.\[])\d+(?:\.\d+)?(?:e\d+)?(?![\w\]])", expr)}


def _rules() -> list[dict[str, str]]:
    files = sorted((ROOT / "deploy/prometheus/rules").glob("*.yml"))
    return [rule for file in files for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]]


_WORDS = {"by", "on", "ignoring", "without", "unless", "or", "and", "offset", "bool", "group_left", "group_right"}


def metrics_in(expr: str) -> set[str]:
    """The names of metrics in a PromQL expression."""
    bare = re.sub(r'"[^"]*"', "", expr)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", " ", bare)
    bare = re.sub(r"\b(?:by|on|ignoring|without)\s*\([^)]*\)", " ", bare)
    found = re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\(|[a-zA-Z0-9_:])", bare)
    return {name for name in found if name not in _WORDS and not re.fullmatch(r"e\d+", name)}
