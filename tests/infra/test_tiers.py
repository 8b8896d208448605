"""The table of tiers, row by row, as the graph has it."""

from __future__ import annotations

import dataclasses

import pytest

from infra.tiers import TIERS, Tier
from tests.infra.graphs import ENVS, graph, settings

# component of the table, resource, input, dev, staging, production
TABLE = [
    ("App Service Plan", "plan", "sku.name", "B1", "B1", "P1v2"),
    ("App Service Plan's tier", "plan", "sku.tier", "Basic", "Basic", "PremiumV2"),
    ("PostgreSQL", "postgres", "sku.name", "Standard_B1ms", "Standard_B1ms", "Standard_D2s_v3"),
    ("PostgreSQL's tier", "postgres", "sku.tier", "Burstable", "Burstable", "GeneralPurpose"),
    ("PostgreSQL's version", "postgres", "version", "16", "16", "16"),
    ("Storage", "storage", "sku.name", "Standard_LRS", "Standard_LRS", "Standard_ZRS"),
    ("High Availability", "postgres", "highAvailability.mode", "Disabled", "Disabled", "ZoneRedundant"),
    ("Backup Retention", "postgres", "backup.backupRetentionDays", 7, 7, 14),
    ("Geo Redundancy", "postgres", "backup.geoRedundantBackup", "Disabled", "Disabled", "Enabled"),
    ("Always On", "site", "siteConfig.alwaysOn", False, False, True),
]


@pytest.mark.parametrize(
    ("resource", "path", "values"), [(row[1], row[2], row[3:]) for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_row_of_the_table(resource: str, path: str, values: tuple[object, ...]) -> None:
    assert tuple(graph(env).node(resource).at(path) for env in ENVS) == values


def test_only_production_has_a_staging_slot() -> None:
    assert [graph(env).has("slot") for env in ENVS] == [False, False, True]
    slot = graph("prod").node("slot")
    assert (slot.at("slot"), slot.at("name")) == ("staging", graph("prod").node("site").at("name"))


def test_estimated_costs_are_the_targets() -> None:
    assert [TIERS[env].target_dollars for env in ENVS] == [30, 35, 250]


def test_each_value_is_overridable() -> None:
    changed = graph(
        "dev",
        planSku="P0v3",
        postgresSku="Standard_D2ds_v5",
        postgresGb=64,
        storageSku="Standard_GRS",
        highAvailability="SameZone",
        backupDays="35",  # as Pulumi's configuration has it
        geoRedundant="true",
        stagingSlot="true",
        alwaysOn="true",
        logAlerts="true",
        traceRatio="0.5",
    )
    postgres, site = changed.node("postgres"), changed.node("site")
    assert (changed.node("plan").at("sku.name"), changed.node("plan").at("sku.tier")) == ("P0v3", "PremiumV3")
    assert (postgres.at("sku.name"), postgres.at("sku.tier")) == ("Standard_D2ds_v5", "GeneralPurpose")
    assert postgres.at("storage.storageSizeGB") == 64
    assert postgres.at("highAvailability.mode") == "SameZone"
    assert (postgres.at("backup.backupRetentionDays"), postgres.at("backup.geoRedundantBackup")) == (35, "Enabled")
    assert changed.node("storage").at("sku.name") == "Standard_GRS"
    assert site.at("siteConfig.alwaysOn") is True
    assert settings(site)["DOT_TRACE_RATIO"] == "0.5"
    assert changed.has("slot")
    assert changed.has("log-alert-budget-burn")


def test_nothing_but_the_table_differs_between_development_and_staging() -> None:
    differing = {
        field.name
        for field in dataclasses.fields(Tier)
        if getattr(TIERS["dev"], field.name) != getattr(TIERS["staging"], field.name)
    }
    assert differing == {"target_dollars", "previews"}
    dev, staging = graph("dev"), graph("staging")
    assert [node.name for node in dev.nodes] == [node.name for node in staging.nodes]
    for one, other in zip(dev.nodes, staging.nodes, strict=True):
        if one.name != "web":
            assert _without_names(one.inputs, "dev") == _without_names(other.inputs, "staging"), one.name
    policies = [tier.node("web").at("stagingEnvironmentPolicy") for tier in (dev, staging)]
    assert policies == ["Enabled", "Disabled"]


def test_what_differs_between_staging_and_production_is_named() -> None:
    """Whoever adds a difference has to say so here."""
    staging, prod = graph("staging"), graph("prod")
    more = {node.name for node in prod.nodes} - {node.name for node in staging.nodes}
    assert {name for name in more if not name.startswith(("slot", "log-alert"))} == {"sticky"}
    assert not {node.name for node in staging.nodes} - {node.name for node in prod.nodes}
    differing = {
        node.name
        for node in staging.nodes
        if _without_names(node.inputs, "staging") != _without_names(prod.node(node.name).inputs, "prod")
    }
    # The plan, the server, the storage account and what follows its backup days; Always On, pool and sampling.
    assert differing == {"plan", "postgres", "storage", "blobs", "old-versions", "site"}


def test_staging_and_production_share_nothing() -> None:
    def words(env: str) -> set[str]:
        found: set[str] = set()

        def collect(value: object) -> None:
            if isinstance(value, dict):
                for inner in value.values():
                    collect(inner)
            elif isinstance(value, list):
                for inner in value:
                    collect(inner)
            elif isinstance(value, str):
                found.add(value)

        for node in graph(env).nodes:
            collect(node.inputs)
        return found

    assert not [word for word in words("prod") if "dotcopilot-staging" in word or "dotcopilotstaging" in word]
    assert not [word for word in words("staging") if "dotcopilot-prod" in word or "dotcopilotprod" in word]
    shared = {word for word in words("prod") & words("staging") if word.startswith(("/subscriptions/", "https://"))}
    assert {word for word in shared if "roleDefinitions" not in word} <= {"https://made-up-by-azure.azurestaticapps.net"}


def _without_names(value: object, env: str) -> object:
    """Inputs with the environment's name taken out, and the budget, which follows the target."""
    if isinstance(value, dict):
        return {key: _without_names(inner, env) for key, inner in value.items() if key not in ("amount", "resourceName")}
    if isinstance(value, list):
        return [_without_names(inner, env) for inner in value]
    return value.replace(env, "ENV") if isinstance(value, str) else value
