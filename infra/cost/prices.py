"""The dated price file, and today's prices from Azure's public service where it can be reached."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.errors import BadInput

FILE = Path(__file__).with_name("prices.json")
SERVICE = "https://prices.azure.com/api/retail/prices"


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars a month for one `unit`. `source` is documented, own (our own knowledge) or live."""

    dollars: float
    unit: str
    source: str
    meter: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prices:
    """All prices, what is free of each, what we assume is used, and what a reservation takes off."""

    read_on: str
    region: str
    hours: int
    items: Mapping[str, Price]
    free: Mapping[str, float]
    assumed: Mapping[str, Mapping[str, float]]
    reservation: Mapping[str, Any]

    def of(self, item: str) -> Price:
        """A price; raises BadInput for what the file does not have."""
        if item not in self.items:
            raise BadInput(f"the price file of {self.read_on} has no price for '{item}'; add it to {FILE.name}")
        return self.items[item]


def read(path: Path = FILE) -> Prices:
    """The price file."""
    said = json.loads(path.read_text())
    items = {
        name: Price(float(item["price"]), item["unit"], item["from"], item.get("meter", {}))
        for name, item in said["items"].items()
    }
    return Prices(said["read_on"], said["region"], said["hours"], items, said["free"], said["assumed"], said["reservation"])


def live(prices: Prices, region: str, wanted: set[str], service: str = SERVICE) -> tuple[Prices, list[str]]:
    """The prices with today's for the wanted items that have a meter, and a sentence for each that was not found."""
    items, trouble = dict(prices.items), []
    for name in sorted(wanted):
        price = prices.of(name)
        if not price.meter:
            continue
        try:
            hourly = _ask(service, region, price.meter)
        except (OSError, ValueError, KeyError) as error:
            return prices, [f"the price service did not answer ({error}); these are the prices of {prices.read_on}"]
        if hourly is None:
            trouble.append(
                f"the price service has no hourly price for '{name}' in {region}; taken from the file of {prices.read_on}"
            )
        else:
            items[name] = replace(price, dollars=round(hourly * prices.hours, 2), source="live")
    return replace(prices, items=items), trouble


def _ask(service: str, region: str, meter: Mapping[str, str]) -> float | None:
    """The lowest hourly consumption price of a meter, or None if there is none by the hour."""
    words = {"armRegionName": region, "priceType": "Consumption", **meter}
    filtered = " and ".join(f"{key} eq '{value}'" for key, value in words.items())
    url = f"{service}?{urllib.parse.urlencode({'$filter': filtered})}"
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the address is ours
        found = json.load(answer)["Items"]
    hourly = [
        float(one["retailPrice"]) for one in found if one["unitOfMeasure"] == "1 Hour" and "Spot" not in one.get("skuName", "")
    ]
    return min(hourly, default=None)
