"""The platform keeps its policies, and a program that was written badly does not."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from pulumi_azure_native import authorization, dbforpostgresql, keyvault, redisenterprise, resources, storage, web
from pulumi_policy import ResourceValidationArgs

from infra.graph.recorder import MARK, record
from infra.policies.__main__ import validations
from infra.policies.rules import POLICIES, violations
from tests.infra.graphs import ENVS, NETWORKS, graph, options


def careless() -> dict[str, Any]:
    """Everything that the policies forbid, in one program."""
    group = resources.ResourceGroup("group")
    place: dict[str, Any] = {"resource_group_name": group.name}
    web.WebApp(
        "site",
        https_only=False,
        site_config=web.SiteConfigArgs(
            min_tls_version="1.0",
            ftps_state="AllAllowed",
            cors=web.CorsSettingsArgs(allowed_origins=["*"]),
            app_settings=[web.NameValuePairArgs(name="DATABASE_PASSWORD", value=f"{MARK}in clear")],
        ),
        **place,
    )
    storage.StorageAccount(
        "storage",
        kind="StorageV2",
        sku=storage.SkuArgs(name="Standard_LRS"),
        allow_blob_public_access=True,
        allow_shared_key_access=True,
        enable_https_traffic_only=False,
        **place,
    )
    storage.BlobContainer("container", account_name="storage", public_access=storage.PublicAccess.BLOB, **place)
    keyvault.Vault(
        "vault",
        properties=keyvault.VaultPropertiesArgs(
            tenant_id="t",
            sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD),
            enable_rbac_authorization=False,
            enable_purge_protection=False,
        ),
        **place,
    )
    dbforpostgresql.Server("server", administrator_login_password=f"{MARK}in clear", **place)
    dbforpostgresql.FirewallRule(
        "everybody", server_name="server", start_ip_address="0.0.0.0", end_ip_address="255.255.255.255", **place
    )
    authorization.RoleAssignment(
        "owner",
        principal_id="p",
        role_definition_id="/x/8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        scope="/subscriptions/s/resourceGroups/r",
    )
    redisenterprise.RedisEnterprise(
        "redis",
        sku=redisenterprise.SkuArgs(name="Balanced_B0"),
        minimum_tls_version="1.0",
        public_network_access="Enabled",
        **place,
    )
    redisenterprise.Database("redis-database", cluster_name="redis", client_protocol="Plaintext", **place)
    return {}


@pytest.mark.parametrize(("env", "network"), [(env, network) for env in ENVS for network in NETWORKS])
def test_the_platform_keeps_them(env: str, network: str) -> None:
    assert violations(graph(env, network=network)) == []


def test_with_everything_that_is_optional_too() -> None:
    everything = graph(
        "prod", network="private", redis=True, mostInstances=3, apiDomain="api.example.com", webDomain="app.example.com"
    )
    assert violations(everything) == []


def test_a_careless_program_breaks_every_one_of_them() -> None:
    broken = violations(record(options("dev"), careless))
    beyond = {"secret-stays-secret", "data-protected", "data-locked", "database-tls"}
    assert {one.policy for one in broken} == {policy.name for policy in POLICIES} | beyond
    assert {one.resource for one in broken if one.policy == "secret-stays-secret"} == {"site", "server"}
    assert {one.resource for one in broken if one.policy == "data-protected"} == {"storage", "container", "vault", "server"}


@pytest.mark.parametrize(
    ("name", "path", "value", "policy"),
    [
        ("site", "siteConfig.cors.allowedOrigins", ["https://*.example.com"], "site-exact-cors"),
        ("site", "siteConfig.cors.allowedOrigins", ["http://app.example.com"], "site-exact-cors"),
        ("site", "siteConfig.minTlsVersion", "1.1", "site-tls"),
        ("site", "identity.type", "None", "site-managed-identity"),
        ("storage", "networkRuleSet.defaultAction", "Allow", "storage-firewall"),
        ("vault", "properties.networkAcls.defaultAction", "Allow", "vault-firewall"),
        ("postgres-require-secure-transport", "value", "off", "database-tls"),
        ("postgres-ssl-min-protocol-version", "value", "TLSv1", "database-tls"),
        ("door-site-20-0-0-1", "endIpAddress", "20.0.0.255", "database-one-address"),
        ("site-reads-secrets", "roleDefinitionId", "/x/00482a5a-887f-4fb3-b363-3b7fe8e74483", "least-role"),
    ],
)
def test_one_slip_is_found(name: str, path: str, value: object, policy: str) -> None:
    """The last one is Key Vault Administrator, which templates like to give a web application."""
    assert {one.policy for one in violations(graph("prod").changed(name, path, value))} == {policy}


def test_pulumi_gets_the_same_policies() -> None:
    found: set[str] = set()
    graphed = record(options("dev"), careless)
    for validation in validations():
        for node in graphed.nodes:
            args = ResourceValidationArgs(node.type, dict(node.inputs), node.urn, node.name, _opts(), None)
            validation.validate(args, lambda message, urn=None, name=validation.name: found.add(name))  # type: ignore[misc]
    assert found == {policy.name for policy in POLICIES} | {"data-protected"}


def _opts() -> Any:
    from pulumi_policy import PolicyCustomTimeouts, PolicyResourceOptions

    return PolicyResourceOptions(False, [], False, [], PolicyCustomTimeouts(0, 0, 0), [])


def test_a_secret_that_is_wrapped_is_not_exposed() -> None:
    def careful() -> dict[str, Any]:
        dbforpostgresql.Server("server", resource_group_name="r", administrator_login_password=pulumi.Output.secret(f"{MARK}p"))
        return {}

    found = record(options("dev"), careful).node("server")
    assert found.secrets == {"administratorLoginPassword"}
    assert not found.exposed
