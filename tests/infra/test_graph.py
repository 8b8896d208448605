"""What mocks do not see: protection, order, and what others may change."""

from __future__ import annotations

import itertools

import pytest

from infra.policies.rules import PROTECTED
from tests.infra.graphs import ENVS, NETWORKS, graph

EVERY = pytest.mark.parametrize(("env", "network"), [(env, network) for env in ENVS for network in NETWORKS])


@EVERY
def test_what_holds_data_is_protected_and_locked(env: str, network: str) -> None:
    found = graph(env, network=network)
    assert {node.name for node in found.nodes if node.protect} == {
        "group",
        *(node.name for node in found.nodes if node.kind in PROTECTED),
    }
    locked = set().union(*(found.named(lock.reads["scope"]) for lock in found.of("authorization:ManagementLockByScope")))
    assert locked == {"postgres", "storage", "vault", "people-vault"}
    assert {lock.at("level") for lock in found.of("authorization:ManagementLockByScope")} == {"CanNotDelete"}


@EVERY
def test_changes_of_the_database_server_wait_for_each_other(env: str, network: str) -> None:
    """Two at a time fail with ServerIsBusy."""
    found = graph(env, network=network)
    children = [node for node in found.nodes if node.kind.startswith("dbforpostgresql:") and node.name != "postgres"]
    children += [node for node in found.nodes if node.name == "postgres-endpoint"]
    order = sorted(children, key=lambda node: len(found.before(node) & {child.name for child in children}))
    for earlier, later in itertools.pairwise(order):
        assert earlier.name in found.before(later), f"{later.name} may be made while {earlier.name} is"


@EVERY
def test_the_site_starts_when_its_roles_and_secrets_are_there(env: str, network: str) -> None:
    found = graph(env, network=network)
    for name in ("site", "slot") if env == "prod" else ("site",):
        before = found.before(found.node(name))
        assert {role.name for role in found.of("authorization:RoleAssignment")} <= before
        assert {secret.name for secret in found.of("keyvault:Secret")} <= before


def test_what_azure_or_people_change_later_is_left_alone() -> None:
    found = graph("prod")
    assert found.node("postgres").ignore_changes == ("availabilityZone", "highAvailability.standbyAvailabilityZone")
    assert found.node("secret-jwt-signing-keys").ignore_changes == ("properties.value",), (
        "a rotation in the vault would be undone"
    )
    assert found.node("secret-database-app-password").ignore_changes == ()


@EVERY
def test_secrets_stay_secret(env: str, network: str) -> None:
    found = graph(env, network=network)
    assert not [node.name for node in found.nodes if node.exposed]
    assert found.node("postgres").secrets == {"administratorLoginPassword"}
    assert len(found.node("site").secrets) == 1  # the connection string


@EVERY
def test_everything_that_takes_tags_has_them(env: str, network: str) -> None:
    untagged = (
        "authorization:",
        "dbforpostgresql:Administrator dbforpostgresql:Configuration dbforpostgresql:Database dbforpostgresql:FirewallRule",
        "storage:Blob storage:ManagementPolicy web:WebAppFtp web:WebAppScm web:WebAppSlotConfigurationNames",
        "monitor:DiagnosticSetting consumption:Budget network:Subnet network:PrivateDnsZoneGroup",
    )
    prefixes = tuple(" ".join(untagged).split())
    for node in graph(env, network=network).nodes:
        if not node.kind.startswith(prefixes):
            assert node.at("tags.environment") == env, node.name


def test_two_environments_can_be_recorded_one_after_the_other() -> None:
    assert graph("dev").node("site").at("name") == "app-dotcopilot-dev"
    assert graph("prod").node("site").at("name") == "app-dotcopilot-prod"
