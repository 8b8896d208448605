"""What regions offer, as Microsoft documented it in November 2026. Only regions that we have looked up are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from infra.errors import BadInput
from infra.options import Options

READ_ON = "2026-11"
WEB_REGIONS = ("centralus", "eastus2", "westus2", "westeurope", "eastasia")
"""Where Static Web Apps keep their management plane; their files are served everywhere."""


@dataclass(frozen=True, slots=True)
class Region:
    """What PostgreSQL Flexible Server lets new servers do there."""

    name: str
    zone_redundant: bool
    geo_backup: bool
    """Whether the region has a pair that takes geo-redundant backups."""


def _region(name: str, *, zone_redundant: bool = True, geo_backup: bool = True) -> Region:
    return Region(name, zone_redundant, geo_backup)


REGIONS: Mapping[str, Region] = MappingProxyType(
    {
        region.name: region
        for region in (
            _region("centralus"),
            _region("uksouth"),
            _region("canadacentral"),
            _region("swedencentral"),
            # Closed to new zone-redundant servers for want of room, since December 2025.
            _region("eastus", zone_redundant=False),
            _region("eastus2", zone_redundant=False),
            _region("westeurope", zone_redundant=False),
            _region("northeurope", zone_redundant=False),
            _region("westus2", zone_redundant=False),
        )
    }
)


def check(options: Options) -> None:
    """Raises BadInput when the region cannot do what the tier asks."""
    region = REGIONS.get(options.location)
    if region is None:
        raise BadInput(
            f"region '{options.location}' has not been looked up; choose one of {', '.join(REGIONS)},"
            " or add it to infra/regions.py"
        )
    able = [name for name, other in REGIONS.items() if other.zone_redundant and other.geo_backup]
    if options.tier.high_availability == "ZoneRedundant" and not region.zone_redundant:
        raise BadInput(f"{region.name} takes no new zone-redundant PostgreSQL servers ({READ_ON}); choose {', '.join(able)}")
    if options.tier.geo_redundant and not region.geo_backup:
        raise BadInput(f"{region.name} has no geo-redundant backup; choose {', '.join(able)}")
    if options.web_location not in WEB_REGIONS:
        raise BadInput(f"Static Web Apps are not managed in '{options.web_location}'; choose one of {', '.join(WEB_REGIONS)}")
