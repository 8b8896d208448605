"""Each arrow of the drawings of the Azure platform is a setting, a role or a rule of the graph."""

from __future__ import annotations

import pytest

from infra.components.identity import BLOB_DATA_CONTRIBUTOR, BLOB_DELEGATOR, SECRETS_OFFICER, SECRETS_USER
from infra.graph.model import Graph
from tests.infra.graphs import ENVS, NETWORKS, graph, settings

EVERY = pytest.mark.parametrize(("env", "network"), [(env, network) for env in ENVS for network in NETWORKS])


def reads(found: Graph, name: str, path: str) -> set[str]:
    """Names of the resources that an input of a resource is made of."""
    return found.named(found.node(name).reads.get(path, frozenset()))


def roles(found: Graph, who: str) -> set[tuple[str, str]]:
    """(role, resource) pairs of an identity."""
    return {
        (str(role.at("roleDefinitionId")).rpartition("/")[2], next(iter(found.named(role.reads["scope"]))))
        for role in found.of("authorization:RoleAssignment")
        if who in found.named(role.reads["principalId"])
    }


@EVERY
def test_the_browser_application_calls_the_site_and_nobody_else_may(env: str, network: str) -> None:
    found = graph(env, network=network)
    site = found.node("site")
    assert site.at("siteConfig.cors") == {"allowedOrigins": [found.outputs["web_url"]], "supportCredentials": True}
    assert settings(site)["DOT_WEB_URL"] == found.outputs["web_url"]
    assert "web" in reads(found, "site", "siteConfig")


@EVERY
def test_the_plan_runs_the_site(env: str, network: str) -> None:
    found = graph(env, network=network)
    assert reads(found, "site", "serverFarmId") == {"plan"}
    assert (found.node("plan").at("reserved"), found.node("plan").at("kind")) == (True, "linux")
    assert found.node("site").at("siteConfig.linuxFxVersion") == "PYTHON|3.12"


@EVERY
def test_the_site_reaches_the_database_over_verified_tls(env: str, network: str) -> None:
    found = graph(env, network=network)
    assert settings(found.node("site"))["DOT_DATABASE_HOST"] == found.outputs["database_host"]
    assert settings(found.node("site"))["DOT_DATABASE_TLS"] == "verify-full"
    assert found.node("postgres-require-secure-transport").at("value") == "on"
    assert found.node("postgres-ssl-min-protocol-version").at("value") == "TLSv1.2"
    assert (found.node("database").at("databaseName"), reads(found, "database", "serverName")) == ("dot_copilot", {"postgres"})


@EVERY
def test_the_site_reaches_the_container_as_itself(env: str, network: str) -> None:
    found = graph(env, network=network)
    assert {(BLOB_DATA_CONTRIBUTOR, "uploads"), (BLOB_DELEGATOR, "storage")} <= roles(found, "site-identity")
    assert settings(found.node("site"))["DOT_BLOB_LOGIN"] == "entra"
    assert found.node("storage").at("allowSharedKeyAccess") is False
    assert (found.node("uploads").at("containerName"), found.node("uploads").at("publicAccess")) == ("uploads", "None")


@EVERY
def test_managed_identities_read_the_vault_by_role_and_have_no_other_rights(env: str, network: str) -> None:
    found = graph(env, network=network)
    expected = {
        (SECRETS_USER, "vault"),
        (SECRETS_OFFICER, "people-vault"),
        (BLOB_DATA_CONTRIBUTOR, "uploads"),
        (BLOB_DELEGATOR, "storage"),
    }
    assert roles(found, "site-identity") == expected
    assert found.node("vault").at("properties.enableRbacAuthorization") is True
    assert reads(found, "site", "identity") == {"site-identity"}
    if env == "prod":
        assert roles(found, "slot-identity") == expected
        assert reads(found, "slot", "identity") == {"slot-identity"}


@EVERY
def test_the_vault_holds_the_signing_keys_and_the_passwords(env: str, network: str) -> None:
    found = graph(env, network=network)
    secrets = {node.at("secretName"): node for node in found.of("keyvault:Secret")}
    assert {"jwt-signing-keys", "database-administrator-password", "database-app-password"} <= secrets.keys()
    for node in secrets.values():
        assert node.secrets == {"properties.value"}
        assert found.named(node.reads["vaultName"]) == {"vault"}


@EVERY
def test_telemetry_flows_to_insights_and_on_to_the_workspace(env: str, network: str) -> None:
    found = graph(env, network=network)
    assert settings(found.node("site"))["DOT_TELEMETRY"] == "azure"
    assert "insights" in reads(found, "site", "siteConfig")
    assert reads(found, "insights", "workspaceResourceId") == {"workspace"}
    assert found.node("insights").at("ingestionMode") == "LogAnalytics"
    for name in ("site", "postgres", "vault", "people-vault", "blobs"):
        assert reads(found, f"{name}-diagnostics", "workspaceId") == {"workspace"}
        # In tables of their own: the queries read PGSQLServerLogs, not AzureDiagnostics.
        assert found.node(f"{name}-diagnostics").at("logAnalyticsDestinationType") == "Dedicated"


@pytest.mark.parametrize(
    ("alert", "resource", "metric"),
    [
        ("error-rate", "site", "Http5xx"),
        ("response-time", "site", "HttpResponseTime"),
        ("database-cpu", "postgres", "cpu_percent"),
        ("health", "site", "HealthCheckStatus"),
        ("database-storage", "postgres", "storage_percent"),
        ("database-memory", "postgres", "memory_percent"),
        ("memory", "plan", "MemoryPercentage"),
    ],
)
@pytest.mark.parametrize("env", ENVS)
def test_metric_alerts_watch_and_tell(env: str, alert: str, resource: str, metric: str) -> None:
    found = graph(env)
    node = found.node(f"alert-{alert}")
    assert reads(found, node.name, "scopes") == {resource}
    assert node.at("criteria.allOf.0.metricName") == metric
    assert node.at("location") == "global"
    assert "people" in reads(found, node.name, "actions")


def test_production_searches_its_workspace_for_trouble() -> None:
    from infra.queries.boards import alerts

    found = graph("prod")
    rules = list(found.of("monitor:ScheduledQueryRule"))
    assert len(rules) == len(alerts()) > 0
    for rule in rules:
        assert reads(found, rule.name, "scopes") == {"workspace"}
        assert "people" in reads(found, rule.name, "actions")
        assert rule.at("criteria.allOf.0.operator") == "GreaterThan"


def test_sampling_keeps_a_tenth_of_productions_traces_and_all_elsewhere() -> None:
    for env, ratio in (("dev", "1.0"), ("staging", "1.0"), ("prod", "0.1")):
        found = settings(graph(env).node("site"))
        assert (found["DOT_TRACE_RATIO"], found["OTEL_TRACES_SAMPLER_ARG"]) == (ratio, ratio)
        assert found["OTEL_TRACES_SAMPLER"] == "microsoft.fixed_percentage"


def test_firewall_rules_stand_before_database_storage_and_vaults() -> None:
    found = graph("prod", operatorAddresses="203.0.113.7")
    doors = {node.at("startIpAddress") for node in found.of("dbforpostgresql:FirewallRule")}
    assert doors == {"20.0.0.1", "20.0.0.2", "203.0.113.7"}
    for name, rules in (
        ("storage", "networkRuleSet"),
        ("vault", "properties.networkAcls"),
        ("people-vault", "properties.networkAcls"),
    ):
        assert found.node(name).at(f"{rules}.defaultAction") == "Deny"
        assert len(found.node(name).at(f"{rules}.virtualNetworkRules")) == 1
        assert len(found.node(name).at(f"{rules}.ipRules")) == 1
    assert {one["service"] for one in found.node("app-subnet").at("serviceEndpoints")} == {
        "Microsoft.Storage",
        "Microsoft.KeyVault",
    }
    assert reads(found, "site", "virtualNetworkSubnetId") == {"app-subnet"}


@pytest.mark.parametrize("env", ENVS)
def test_a_private_network_has_no_other_way_in_than_its_endpoints(env: str) -> None:
    found = graph(env, network="private")
    assert found.node("postgres").at("network.publicNetworkAccess") == "Disabled"
    assert found.node("storage").at("publicNetworkAccess") == "Disabled"
    assert found.node("vault").at("properties.publicNetworkAccess") == "Disabled"
    assert not list(found.of("dbforpostgresql:FirewallRule"))
    for name, zone in (("postgres", "postgres"), ("blob", "blob"), ("vault", "vault"), ("people-vault", "vault")):
        assert f"{name}-endpoint" in found.before(found.node(f"{name}-name"))
        assert {f"{zone}-zone", f"{zone}-zone-link"} <= found.before(found.node(f"{name}-name"))
        assert f"{name}-name" in found.before(found.node("site")), "the site would start before it can find it"
    assert found.node("site").at("siteConfig.vnetRouteAllEnabled") is True


@EVERY
def test_https_only_and_tls(env: str, network: str) -> None:
    found = graph(env, network=network)
    for name in ("site", "slot") if env == "prod" else ("site",):
        site = found.node(name)
        assert site.at("httpsOnly") is True
        assert site.at("siteConfig.minTlsVersion") == site.at("siteConfig.scmMinTlsVersion") == "1.2"
        assert site.at("siteConfig.ftpsState") == "Disabled"
    assert found.node("storage").at("minimumTlsVersion") == "TLS1_2"


def test_the_slot_becomes_production_by_a_swap_of_settings_only() -> None:
    found = graph("prod")
    site, slot = settings(found.node("site")), settings(found.node("slot"))
    sticky = set(found.node("sticky").at("appSettingNames"))
    assert {name for name in site if site[name] != slot[name]} == sticky
    assert slot["DOT_CLOUD_PARTS"] == "api,gateway", "a version on trial takes no jobs"
    assert (slot["WEBSITE_SWAP_WARMUP_PING_PATH"], slot["WEBSITE_SWAP_WARMUP_PING_STATUSES"]) == ("/readyz", "200")
    assert found.node("slot").at("kind") == found.node("site").at("kind")
    # What a swap does not carry over has to be the same already.
    for path in ("virtualNetworkSubnetId", "httpsOnly", "siteConfig.alwaysOn", "siteConfig.cors", "siteConfig.minTlsVersion"):
        assert found.node("slot").at(path) == found.node("site").at(path)


def test_scaling_out_brings_redis_and_autoscale() -> None:
    found = graph("prod", redis=True, mostInstances=3)
    assert settings(found.node("site"))["DOT_VALKEY_HOST"].endswith("redis.azure.net")
    assert "redis" in found.before(found.node("secret-valkey-password"))
    assert reads(found, "autoscale", "targetResourceUri") == {"plan"}
    assert found.node("autoscale").at("profiles.0.capacity") == {"default": "1", "minimum": "1", "maximum": "3"}
    assert found.node("plan").ignore_changes == ("sku.capacity",)
    assert not graph("prod").has("redis")


def test_redis_is_private_in_a_private_network() -> None:
    found = graph("prod", network="private", redis=True)
    assert found.node("redis").at("publicNetworkAccess") == "Disabled"
    assert "redis-name" in found.before(found.node("site"))


def test_domains_of_ones_own_are_the_one_origin() -> None:
    found = graph("prod", apiDomain="api.example.com", webDomain="app.example.com")
    assert found.node("site").at("siteConfig.cors.allowedOrigins") == ["https://app.example.com"]
    assert settings(found.node("site"))["DOT_PUBLIC_URL"] == "https://api.example.com"
    assert found.node("api-domain").at("hostName") == "api.example.com"
    assert found.node("web-domain").at("domainName") == "app.example.com"
