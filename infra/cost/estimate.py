"""Prices a graph. Every kind of resource is known here, as something that costs or as something that does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from infra.cost.prices import Prices
from infra.errors import BadInput
from infra.graph.model import Graph, Node

FREE_OF_CHARGE = frozenset(
    {
        "resources:ResourceGroup",
        "managedidentity:UserAssignedIdentity",
        "authorization:RoleAssignment",
        "authorization:ManagementLockByScope",
        "network:VirtualNetwork",
        "network:Subnet",
        "network:NetworkSecurityGroup",
        "network:PrivateDnsZoneGroup",
        "privatedns:VirtualNetworkLink",
        "web:WebApp",
        "web:WebAppSlot",
        "web:WebAppSlotConfigurationNames",
        "web:WebAppFtpAllowed",
        "web:WebAppScmAllowed",
        "web:WebAppFtpAllowedSlot",
        "web:WebAppScmAllowedSlot",
        "web:WebAppHostNameBinding",
        "web:StaticSiteCustomDomain",
        "dbforpostgresql:Database",
        "dbforpostgresql:Configuration",
        "dbforpostgresql:Administrator",
        "dbforpostgresql:FirewallRule",
        "storage:BlobServiceProperties",
        "storage:BlobContainer",
        "storage:ManagementPolicy",
        "keyvault:Secret",
        "redisenterprise:Database",
        "applicationinsights:Component",
        "applicationinsights:Workbook",
        "portal:Dashboard",
        "monitor:ActionGroup",
        "monitor:DiagnosticSetting",
        "monitor:AutoscaleSetting",
        "consumption:Budget",
    }
)
"""Kinds without a price of their own: what they lead to is priced where it arises (a site in its plan, logs in the workspace)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill: `quantity` units of `item`. `assumed` says that the quantity is a guess about use."""

    resource: str
    what: str
    item: str
    quantity: float
    dollars: float
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class _Bill:
    prices: Prices
    used: Mapping[str, float]
    trace_ratio: float

    def line(self, node: Node, what: str, item: str, quantity: float = 1, *, assumed: bool = False) -> Line:
        return Line(node.name, what, item, round(quantity, 3), round(self.prices.of(item).dollars * quantity, 2), assumed)


def estimate(graph: Graph, prices: Prices, trace_ratio: float) -> list[Line]:
    """The lines of a month, dearest first; raises BadInput for a kind or size without a price."""
    bill = _Bill(prices, prices.assumed[graph.env], trace_ratio)
    lines: list[Line] = []
    for node in graph.nodes:
        if node.kind in _PRICED:
            lines += _PRICED[node.kind](bill, node)
        elif node.kind not in FREE_OF_CHARGE:
            raise BadInput(f"nobody has said what a {node.kind} ('{node.name}') costs; add it to infra/cost/estimate.py")
    return sorted(lines, key=lambda line: (-line.dollars, line.resource, line.what))


def total(lines: list[Line]) -> float:
    """Dollars a month."""
    return round(sum(line.dollars for line in lines), 2)


def _plan(bill: _Bill, node: Node) -> Iterator[Line]:
    yield bill.line(node, "App Service plan", f"plan:{node.at('sku.name')}", node.at("sku.capacity") or 1)


def _postgres(bill: _Bill, node: Node) -> Iterator[Line]:
    size, standby = f"postgres:{node.at('sku.name')}", node.at("highAvailability.mode") != "Disabled"
    gigabytes = node.at("storage.storageSizeGB")
    yield bill.line(node, "PostgreSQL server", size)
    yield bill.line(node, "PostgreSQL disk", "postgres-storage", gigabytes)
    if standby:
        yield bill.line(node, "High availability: second server", size)
        yield bill.line(node, "High availability: second disk", "postgres-storage", gigabytes)
    kept = bill.used["data_gb"] * (1 + bill.used["changed_share_a_day"] * node.at("backup.backupRetentionDays"))
    places = 2 if node.at("backup.geoRedundantBackup") == "Enabled" else 1
    # As much as the disk holds is kept for nothing.
    yield bill.line(node, "PostgreSQL backups", "postgres-backup", max(0.0, kept * places - gigabytes), assumed=True)


def _storage(bill: _Bill, node: Node) -> Iterator[Line]:
    yield bill.line(node, "Documents", f"blob:{node.at('sku.name')}", bill.used["blob_gb"], assumed=True)
    yield bill.line(node, "Document uploads", "blob-operations", bill.used["blob_writes"] / 10_000, assumed=True)


def _vault(bill: _Bill, node: Node) -> Iterator[Line]:
    yield bill.line(node, "Key Vault operations", "vault-operations", bill.used["vault_operations"] / 10_000 / 2, assumed=True)


def _workspace(bill: _Bill, node: Node) -> Iterator[Line]:
    taken_in = bill.used["log_gb_whole"] + bill.used["log_gb_traces"] * bill.trace_ratio
    yield bill.line(node, "Logs and traces", "logs", max(0.0, taken_in - bill.prices.free["logs"]), assumed=True)


def _log_alert(bill: _Bill, node: Node) -> Iterator[Line]:
    minutes = {"PT5M": 5, "PT10M": 10}.get(node.at("evaluationFrequency"), 15)
    yield bill.line(node, "Log alerts", f"log-alert:{minutes}")


def _each(what: str, item: str) -> Callable[[_Bill, Node], Iterator[Line]]:
    def priced(bill: _Bill, node: Node) -> Iterator[Line]:
        yield bill.line(node, what, item)

    return priced


def _sized(what: str, stem: str) -> Callable[[_Bill, Node], Iterator[Line]]:
    def priced(bill: _Bill, node: Node) -> Iterator[Line]:
        yield bill.line(node, what, f"{stem}:{node.at('sku.name')}")

    return priced


_PRICED: Mapping[str, Callable[[_Bill, Node], Iterator[Line]]] = {
    "web:AppServicePlan": _plan,
    "web:StaticSite": _sized("Static Web App", "web"),
    "dbforpostgresql:Server": _postgres,
    "storage:StorageAccount": _storage,
    "keyvault:Vault": _vault,
    "operationalinsights:Workspace": _workspace,
    "monitor:MetricAlert": _each("Metric alerts", "metric-alert"),
    "monitor:ScheduledQueryRule": _log_alert,
    "network:PrivateEndpoint": _each("Private endpoints", "private-endpoint"),
    "privatedns:PrivateZone": _each("Private DNS zones", "private-zone"),
    "redisenterprise:RedisEnterprise": _sized("Redis", "redis"),
}
