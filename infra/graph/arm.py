"""The graph as an ARM template, for tools that read those. It is not what is deployed: Pulumi talks to Azure itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from infra.graph.model import Graph, Node

TYPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "web:AppServicePlan": ("Microsoft.Web/serverfarms", "2023-12-01"),
        "web:WebApp": ("Microsoft.Web/sites", "2023-12-01"),
        "web:WebAppSlot": ("Microsoft.Web/sites/slots", "2023-12-01"),
        "web:StaticSite": ("Microsoft.Web/staticSites", "2023-12-01"),
        "dbforpostgresql:Server": ("Microsoft.DBforPostgreSQL/flexibleServers", "2024-08-01"),
        "dbforpostgresql:Configuration": ("Microsoft.DBforPostgreSQL/flexibleServers/configurations", "2024-08-01"),
        "dbforpostgresql:FirewallRule": ("Microsoft.DBforPostgreSQL/flexibleServers/firewallRules", "2024-08-01"),
        "storage:StorageAccount": ("Microsoft.Storage/storageAccounts", "2023-05-01"),
        "storage:BlobServiceProperties": ("Microsoft.Storage/storageAccounts/blobServices", "2023-05-01"),
        "storage:BlobContainer": ("Microsoft.Storage/storageAccounts/blobServices/containers", "2023-05-01"),
        "keyvault:Vault": ("Microsoft.KeyVault/vaults", "2023-07-01"),
        "keyvault:Secret": ("Microsoft.KeyVault/vaults/secrets", "2023-07-01"),
        "operationalinsights:Workspace": ("Microsoft.OperationalInsights/workspaces", "2023-09-01"),
        "applicationinsights:Component": ("Microsoft.Insights/components", "2020-02-02"),
        "network:VirtualNetwork": ("Microsoft.Network/virtualNetworks", "2024-01-01"),
        "network:Subnet": ("Microsoft.Network/virtualNetworks/subnets", "2024-01-01"),
        "network:NetworkSecurityGroup": ("Microsoft.Network/networkSecurityGroups", "2024-01-01"),
        "network:PrivateEndpoint": ("Microsoft.Network/privateEndpoints", "2024-01-01"),
        "redisenterprise:RedisEnterprise": ("Microsoft.Cache/redisEnterprise", "2024-10-01"),
        "authorization:RoleAssignment": ("Microsoft.Authorization/roleAssignments", "2022-04-01"),
    }
)
"""What scanners know something about, by our kind: ARM's type and version. The rest is left out."""
_BESIDE = ("location", "tags", "sku", "kind", "identity", "zones")
_NAMES = (
    "resourceGroupName",
    "accountName",
    "vaultName",
    "serverName",
    "virtualNetworkName",
    "name",
    "containerName",
    "secretName",
)


def template(graph: Graph) -> dict[str, Any]:
    """An ARM template of the resources in `TYPES`."""
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [_resource(node) for node in graph.nodes if node.kind in TYPES],
    }


def _resource(node: Node) -> dict[str, Any]:
    kind, version = TYPES[node.kind]
    inner = {key: value for key, value in node.inputs.items() if key not in (*_BESIDE, *_NAMES, "properties")}
    # ARM's own names of what the SDK calls otherwise.
    renamed = {"enableHttpsTrafficOnly": "supportsHttpsTrafficOnly", "networkRuleSet": "networkAcls"}
    properties = {renamed.get(key, key): value for key, value in inner.items()} | dict(node.inputs.get("properties") or {})
    beside = {key: node.inputs[key] for key in _BESIDE if key in node.inputs}
    return {"type": kind, "apiVersion": version, "name": node.name, **beside, "properties": properties}
