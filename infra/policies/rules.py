"""The policies, each a function of one resource; `__main__` hands the same ones to Pulumi."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.components.identity import ROLES
from infra.graph.model import Graph

Props = Mapping[str, Any]
Check = Callable[[Props], Iterator[str]]
PROTECTED = frozenset(
    {"dbforpostgresql:Server", "dbforpostgresql:Database", "storage:StorageAccount", "storage:BlobContainer", "keyvault:Vault"}
)
"""Kinds that hold people's data or secrets."""
_LOCKED = PROTECTED - {"dbforpostgresql:Database", "storage:BlobContainer"}  # a lock holds for what is inside, too


@dataclass(frozen=True, slots=True)
class Policy:
    """`check` yields a sentence for everything wrong with the properties of a resource of one of `kinds`."""

    name: str
    kinds: frozenset[str]
    check: Check
    says: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A policy that a resource breaks."""

    policy: str
    resource: str
    message: str


def at(props: Props, path: str) -> Any:
    """A property by its path; None where there is none."""
    value: Any = props
    for word in path.split("."):
        value = value.get(word) if isinstance(value, Mapping) else None
    return value


def _must(**wanted: Any) -> Check:
    """Properties (`__` for a dot) that must have just these values."""

    def check(props: Props) -> Iterator[str]:
        for name, value in wanted.items():
            path = name.replace("__", ".")
            if at(props, path) != value:
                yield f"{path} must be {value!r}, not {at(props, path)!r}"

    return check


def _tls(props: Props) -> Iterator[str]:
    for path in ("siteConfig.minTlsVersion", "siteConfig.scmMinTlsVersion"):
        if at(props, path) not in ("1.2", "1.3"):
            yield f"{path} must be 1.2 or newer"


def _cors(props: Props) -> Iterator[str]:
    origins = at(props, "siteConfig.cors.allowedOrigins")
    if not origins:
        yield "siteConfig.cors.allowedOrigins must name the web application"
    for origin in origins or ():
        if "*" in str(origin) or not str(origin).startswith("https://"):
            yield f"siteConfig.cors allows '{origin}'; name one https origin"


def _settings(props: Props) -> Iterator[str]:
    """Passwords belong into the vault. A connection string of Application Insights is an address, not a key to read with."""
    for setting in at(props, "siteConfig.appSettings") or ():
        name = str(setting.get("name", ""))
        if any(word in name.upper() for word in ("PASSWORD", "SECRET_KEY", "ACCOUNT_KEY", "_TOKEN")):
            yield f"the setting {name} looks like a secret; keep it in Key Vault"


def _firewall(props: Props) -> Iterator[str]:
    start, end = str(props.get("startIpAddress")), str(props.get("endIpAddress"))
    if start != end or start in ("0.0.0.0", "255.255.255.255"):  # noqa: S104 - looked for, not listened on
        yield f"the rule opens {start} to {end}; let one address in"


def _role(props: Props) -> Iterator[str]:
    definition = str(props.get("roleDefinitionId", "")).rpartition("/")[2]
    if definition not in ROLES:
        yield f"role {definition} is not one that the application needs ({', '.join(ROLES.values())})"
    scope = str(props.get("scope", ""))
    if "/resourceGroups/" in scope and scope.rstrip("/").count("/") < 6:
        yield "the role holds for the whole group; name one resource"


def _region_of_default(props: Props) -> Iterator[str]:
    if at(props, "networkRuleSet.defaultAction") != "Deny":
        yield "networkRuleSet.defaultAction must be 'Deny'"


def _vault_closed(props: Props) -> Iterator[str]:
    if at(props, "properties.networkAcls.defaultAction") != "Deny":
        yield "properties.networkAcls.defaultAction must be 'Deny'"
    if at(props, "properties.enablePurgeProtection") is False:
        yield "properties.enablePurgeProtection is true or absent: false is refused by Azure"


_SITES = frozenset({"web:WebApp", "web:WebAppSlot"})


def _of(name: str, kinds: frozenset[str] | str, check: Check, says: str) -> Policy:
    return Policy(name, frozenset({kinds}) if isinstance(kinds, str) else kinds, check, says)


POLICIES = (
    _of("site-https-only", _SITES, _must(httpsOnly=True, siteConfig__ftpsState="Disabled"), "Sites answer over HTTPS only"),
    _of("site-tls", _SITES, _tls, "Sites speak TLS 1.2 or newer"),
    _of("site-exact-cors", _SITES, _cors, "Sites answer browsers of named origins only"),
    _of("site-no-secrets-in-settings", _SITES, _settings, "Passwords stay in Key Vault"),
    _of("site-managed-identity", _SITES, _must(identity__type="UserAssigned"), "Sites have an identity instead of passwords"),
    _of("storage-private", "storage:StorageAccount", _must(allowBlobPublicAccess=False), "No blob is public"),
    _of("container-private", "storage:BlobContainer", _must(publicAccess="None"), "No container is public"),
    _of("storage-no-keys", "storage:StorageAccount", _must(allowSharedKeyAccess=False), "Storage knows people, not keys"),
    _of(
        "storage-tls",
        "storage:StorageAccount",
        _must(enableHttpsTrafficOnly=True, minimumTlsVersion="TLS1_2"),
        "Storage speaks TLS 1.2",
    ),
    _of("storage-firewall", "storage:StorageAccount", _region_of_default, "Storage refuses networks that it does not know"),
    _of("vault-rbac", "keyvault:Vault", _must(properties__enableRbacAuthorization=True), "Vaults go by roles"),
    _of("vault-firewall", "keyvault:Vault", _vault_closed, "Vaults refuse networks that they do not know"),
    _of("database-entra", "dbforpostgresql:Server", _must(authConfig__activeDirectoryAuth="Enabled"), "The database knows Entra"),
    _of("database-one-address", "dbforpostgresql:FirewallRule", _firewall, "The database's firewall opens to single addresses"),
    _of("least-role", "authorization:RoleAssignment", _role, "Roles are those the application needs, on one resource"),
    _of("redis-tls", "redisenterprise:RedisEnterprise", _must(minimumTlsVersion="1.2"), "Redis speaks TLS 1.2"),
    _of("redis-encrypted", "redisenterprise:Database", _must(clientProtocol="Encrypted"), "Redis speaks TLS"),
)


def violations(graph: Graph) -> list[Violation]:
    """All that is wrong with a graph: with single resources, with secrets, and with what is missing."""
    found = [
        Violation(policy.name, node.name, message)
        for policy in POLICIES
        for node in graph.nodes
        if node.kind in policy.kinds
        for message in policy.check(node.inputs)
    ]
    found += [
        Violation("secret-stays-secret", node.name, f"{path} holds a secret in clear")
        for node in graph.nodes
        for path in node.exposed
    ]
    found += [
        Violation("data-protected", node.name, "must be protected")
        for node in graph.nodes
        if node.kind in PROTECTED and not node.protect
    ]
    return found + list(_whole(graph))


def _whole(graph: Graph) -> Iterator[Violation]:
    """What only the graph as a whole shows."""
    locked = set().union(
        *(graph.named(lock.reads.get("scope", frozenset())) for lock in graph.of("authorization:ManagementLockByScope"))
    )
    for node in graph.nodes:
        if node.kind in _LOCKED and node.name not in locked:
            yield Violation("data-locked", node.name, "has no lock against deletion")
    for server in graph.of("dbforpostgresql:Server"):
        settings = {node.at("configurationName"): node.at("value") for node in graph.of("dbforpostgresql:Configuration")}
        if settings.get("require_secure_transport") != "on" or settings.get("ssl_min_protocol_version") not in (
            "TLSv1.2",
            "TLSv1.3",
        ):
            yield Violation("database-tls", server.name, "must require TLS 1.2 or newer")
