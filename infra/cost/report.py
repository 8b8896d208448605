"""The bill next to the target: what drives it, what would save how much, and whether the target holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from infra.cost.estimate import Line, estimate, total
from infra.cost.prices import Prices
from infra.graph.model import Graph
from infra.options import Options

_NIGHTS_AND_WEEKENDS = 1 - 5 * 12 / (7 * 24)
"""Share of a week outside five days of twelve hours."""
_HOLDS_WITHIN = 1.15
"""A target is a round number: 15 % above it still holds."""


@dataclass(frozen=True, slots=True)
class Saving:
    """What a change takes off a month's bill, and what it gives up."""

    what: str
    dollars: float
    gives_up: str


@dataclass(frozen=True, slots=True)
class Report:
    """A month of an environment, in US dollars."""

    env: str
    region: str
    prices_of: str
    prices_region: str
    lines: list[Line]
    total: float
    target: int
    holds: bool
    verdict: str
    savings: list[Saving]
    notes: list[str]

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def report(options: Options, graph: Graph, prices: Prices, notes: list[str] | None = None) -> Report:
    """The report of a graph."""
    ratio = options.tier.trace_ratio
    lines = estimate(graph, prices, ratio)
    amount, target = total(lines), options.tier.target_dollars
    savings = sorted(
        (saving for saving in _savings(options, graph, prices, lines) if saving.dollars > 0), key=lambda one: -one.dollars
    )
    said = list(notes or [])
    if options.location != prices.region and not any(item.source == "live" for item in prices.items.values()):
        said.append(f"prices are of {prices.region}; {options.location} differs by some per cent (--live asks for its own)")
    if ratio < 1:
        more = total(estimate(graph, prices, 1.0)) - amount
        said.append(f"keeping {ratio:.0%} of traces already saves {more:.2f} $; failed and slow requests are kept all the same")
    said.append("lines marked ~ depend on use; what is assumed stands in infra/cost/prices.json")
    return Report(
        env=options.env,
        region=options.location,
        prices_of=prices.read_on,
        prices_region=prices.region,
        lines=lines,
        total=amount,
        target=target,
        holds=amount <= target * _HOLDS_WITHIN,
        verdict=_verdict(amount, target, savings),
        savings=savings,
        notes=said,
    )


def _verdict(amount: float, target: int, savings: list[Saving]) -> str:
    if amount <= target * _HOLDS_WITHIN:
        return f"the target of ~{target} $ holds"
    enough = [saving for saving in savings if amount - saving.dollars <= target * _HOLDS_WITHIN]
    way = f"; it would hold with one of these alone: {', '.join(saving.what for saving in enough)}" if enough else ""
    return f"the target of ~{target} $ does not hold: {amount:.0f} $ is {amount - target:.0f} $ more{way}"


def _savings(options: Options, graph: Graph, prices: Prices, lines: list[Line]) -> Iterator[Saving]:
    """Each change alone, priced by changing the graph and pricing it again."""
    ratio, now = options.tier.trace_ratio, total(lines)

    def after(changed: Graph, kept: float = ratio) -> float:
        return round(now - total(estimate(changed, prices, kept)), 2)

    if options.tier.high_availability != "Disabled":
        single = graph.changed("postgres", "highAvailability.mode", "Disabled")
        yield Saving("no high availability", after(single), "a failed zone stops the application for as long as a restore takes")
    servers = sum(line.dollars for line in lines if line.item.startswith("postgres:"))
    yield Saving(
        "one-year reservation of the database",
        round(servers * prices.reservation["postgres"], 2),
        "paid for a year, whether used or not",
    )
    if options.tier.postgres_tier != "Burstable":
        small = graph.changed("postgres", "sku.name", "Standard_B1ms").changed("postgres", "highAvailability.mode", "Disabled")
        yield Saving("database on Standard_B1ms", after(small), "high availability, and steady speed under load")
    if options.tier.plan_sku == "P1v2":
        yield Saving(
            "plan P0v3 for P1v2", after(graph.changed("plan", "sku.name", "P0v3")), "nothing we know of: it is newer and faster"
        )
    if ratio == 1:
        yield Saving("10 % of traces", after(graph, 0.1), "nine of ten unremarkable requests; failed and slow ones stay")
    if options.env != "prod":
        yield Saving(
            "database stopped at night and on weekends",
            round(servers * _NIGHTS_AND_WEEKENDS, 2),
            "the environment outside working hours; a plan costs the same stopped",
        )


def as_text(found: Report) -> str:
    """The report for a terminal."""
    out = [f"{found.env} in {found.region}, US dollars a month (prices of {found.prices_of}, {found.prices_region})", ""]
    grouped: dict[tuple[str, str], list[Line]] = {}
    for line in found.lines:
        grouped.setdefault((line.what, line.item), []).append(line)
    for (what, item), lines in grouped.items():
        quantity, mark = sum(line.quantity for line in lines), "~" if lines[0].assumed else " "
        out.append(f"{sum(line.dollars for line in lines):9.2f} {mark} {what} ({item}, {quantity:g})")
    out += [
        f"{found.total:9.2f}   together, for a target of ~{found.target}",
        "",
        found.verdict,
        "",
        "What would save how much, each alone:",
    ]
    out += [f"{saving.dollars:9.2f}   {saving.what} - gives up: {saving.gives_up}" for saving in found.savings]
    out += ["", *found.notes]
    return "\n".join(out)
