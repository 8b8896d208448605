"""The tiers as data: one column of the table in docs/azure.md each, and nothing else that differs between environments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from infra.errors import BadInput


@dataclass(frozen=True, slots=True)
class Tier:
    """What an environment is made of. Sizes in GB, times in days, money in US dollars a month."""

    plan_sku: str
    plan_tier: str
    postgres_sku: str
    postgres_tier: str
    storage_sku: str
    high_availability: str
    backup_days: int
    geo_redundant: bool
    staging_slot: bool
    always_on: bool
    trace_ratio: float
    """Share of traces that is kept; failed and slow ones always are."""
    log_alerts: bool
    """Whether the workspace is searched for trouble every few minutes; metric alerts there are always."""
    target_dollars: int
    postgres_gb: int = 32
    previews: bool = False
    """Whether the pages of pull requests can be looked at beside those of the environment."""


_SMALL = Tier(
    plan_sku="B1",
    plan_tier="Basic",
    postgres_sku="Standard_B1ms",
    postgres_tier="Burstable",
    storage_sku="Standard_LRS",
    high_availability="Disabled",
    backup_days=7,
    geo_redundant=False,
    staging_slot=False,
    always_on=False,
    trace_ratio=1.0,
    log_alerts=False,
    target_dollars=30,
)

TIERS: Mapping[str, Tier] = MappingProxyType(
    {
        "dev": replace(_SMALL, previews=True),
        "staging": replace(_SMALL, target_dollars=35),
        "prod": Tier(
            plan_sku="P1v2",
            plan_tier="PremiumV2",
            postgres_sku="Standard_D2s_v3",
            postgres_tier="GeneralPurpose",
            storage_sku="Standard_ZRS",
            high_availability="ZoneRedundant",
            backup_days=14,
            geo_redundant=True,
            staging_slot=True,
            always_on=True,
            trace_ratio=0.1,
            log_alerts=True,
            target_dollars=250,
        ),
    }
)


def tier(env: str) -> Tier:
    """The tier of an environment; raises BadInput for one there is not."""
    if env not in TIERS:
        raise BadInput(f"there is no environment '{env}'; choose one of {', '.join(TIERS)}")
    return TIERS[env]


PLANS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("B1", "B2", "B3"), "Basic"),
        **dict.fromkeys(("S1", "S2", "S3"), "Standard"),
        **dict.fromkeys(("P1v2", "P2v2", "P3v2"), "PremiumV2"),
        **dict.fromkeys(("P0v3", "P1v3", "P2v3", "P3v3"), "PremiumV3"),
    }
)
"""Sizes of App Service plans that we know, and their tiers."""


def plan_tier(sku: str) -> str:
    """The tier of a plan's size; raises BadInput for a size we do not know."""
    if sku not in PLANS:
        raise BadInput(f"planSku '{sku}' is not known; choose one of {', '.join(PLANS)}")
    return PLANS[sku]


def postgres_tier(sku: str) -> str:
    """The tier of a server's size by its family: B is Burstable, D General Purpose, E Memory Optimized."""
    families = {"B": "Burstable", "D": "GeneralPurpose", "E": "MemoryOptimized"}
    word = sku.removeprefix("Standard_")
    if word == sku or word[:1] not in families or not word[1:2].isdigit():
        raise BadInput(f"postgresSku '{sku}' is not known; it is like Standard_B1ms, Standard_D2s_v3 or Standard_E2ds_v5")
    return families[word[0]]
