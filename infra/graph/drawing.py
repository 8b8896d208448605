"""The graph as JSON, for comparing in review, and as a Mermaid diagram, for reading."""

from __future__ import annotations

import json
from typing import Any

from infra.graph.model import Graph, Node

# What the diagram shows: one box a resource that a person would name. Roles, rules and settings are what the arrows are made of.
_BOXES = {
    "web:AppServicePlan": "App Service Plan",
    "web:WebApp": "Site",
    "web:WebAppSlot": "Staging slot",
    "web:StaticSite": "Static Web App",
    "dbforpostgresql:Server": "PostgreSQL",
    "dbforpostgresql:Database": "Database",
    "storage:StorageAccount": "Storage account",
    "storage:BlobContainer": "Container",
    "keyvault:Vault": "Key Vault",
    "managedidentity:UserAssignedIdentity": "Identity",
    "operationalinsights:Workspace": "Log Analytics",
    "applicationinsights:Component": "Application Insights",
    "network:VirtualNetwork": "Virtual network",
    "network:Subnet": "Subnet",
    "network:PrivateEndpoint": "Private endpoint",
    "redisenterprise:RedisEnterprise": "Redis",
    "monitor:ActionGroup": "Action group",
    "portal:Dashboard": "Dashboard",
    "applicationinsights:Workbook": "Workbook",
    "consumption:Budget": "Budget",
}
_COMPONENTS = (
    "web",
    "compute",
    "identity",
    "network",
    "cache",
    "data",
    "secrets",
    "monitoring",
    "alerts",
    "boards",
    "governance",
)


def as_json(graph: Graph) -> str:
    """Every resource with its inputs, what it comes after, and whether it is protected; the same bytes for the same graph."""
    resources = {
        node.name: {
            "type": node.kind,
            "component": node.component,
            **({"protect": True} if node.protect else {}),
            **({"ignoreChanges": list(node.ignore_changes)} if node.ignore_changes else {}),
            "after": sorted(graph.named(node.depends_on)),
            "inputs": _shown(node),
        }
        for node in graph.nodes
    }
    return (
        json.dumps({"environment": graph.env, "resources": resources, "outputs": graph.outputs}, indent=1, ensure_ascii=False)
        + "\n"
    )


def _shown(node: Node) -> dict[str, Any]:
    """The inputs, without the texts that are files of ours anyway: those are reviewed where they are written."""
    shown = dict(node.inputs)
    if node.kind == "applicationinsights:Workbook":
        shown["serializedData"] = "(drawn from infra/queries/boards.py)"
    if node.kind == "portal:Dashboard":
        shown["properties"] = "(drawn from infra/queries/boards.py)"
    if node.kind == "monitor:ScheduledQueryRule":
        criteria = [
            {**one, "query": f"(infra/queries/{node.name.removeprefix('log-').replace('-', '_')}.kql)"}
            for one in node.at("criteria.allOf")
        ]
        shown |= {"criteria": {"allOf": criteria}, "description": "(its header says it)"}
    return shown


def as_mermaid(graph: Graph) -> str:
    """The boxes by component, and an arrow where one is made of another or may use it."""
    lines = ["graph LR"]
    for component in _COMPONENTS:
        boxes = [node for node in graph.nodes if node.component == component and node.kind in _BOXES]
        if boxes:
            lines.append(f"  subgraph {component.title()}")
            lines += [f"    {_id(node)}[{_label(node)}]" for node in boxes]
            lines.append("  end")
    lines += sorted(_arrows(graph))
    return "\n".join(lines) + "\n"


def _arrows(graph: Graph) -> set[str]:
    arrows = {
        f"  {_id(node)} --> {_id(other)}"
        for node in graph.nodes
        if node.kind in _BOXES
        for other in graph.nodes
        if other.kind in _BOXES and other.urn in frozenset().union(*node.reads.values())
    }
    for role in graph.of("authorization:RoleAssignment"):
        who = [node for node in graph.nodes if node.urn in role.reads.get("principalId", ())]
        scope = [node for node in graph.nodes if node.urn in role.reads.get("scope", ()) and node.kind in _BOXES]
        arrows |= {
            f"  {_id(one)} -->|{role.name.partition('-')[2].replace('-', ' ')}| {_id(other)}" for one in who for other in scope
        }
    for rule in graph.of("monitor:MetricAlert"):
        arrows |= {f"  {_id(node)} -.->|alerts| people" for node in graph.nodes if node.urn in rule.reads.get("scopes", ())}
    for rule in graph.of("monitor:ScheduledQueryRule"):
        arrows |= {f"  {_id(node)} -.->|alerts| people" for node in graph.nodes if node.urn in rule.reads.get("scopes", ())}
    for setting in graph.of("monitor:DiagnosticSetting"):
        arrows |= {
            f"  {_id(node)} -.->|logs| workspace"
            for node in graph.nodes
            if node.urn in setting.reads.get("resourceUri", ()) and node.kind in _BOXES
        }
    return arrows


def _id(node: Node) -> str:
    return node.name.replace("-", "_")


def _label(node: Node) -> str:
    """The kind, and what a reader wants to know of it: its size, or its name."""
    sizes = {
        "web:AppServicePlan": ("sku.name",),
        "dbforpostgresql:Server": ("version", "sku.name", "highAvailability.mode"),
        "storage:StorageAccount": ("sku.name",),
        "web:StaticSite": ("sku.name",),
        "dbforpostgresql:Database": ("databaseName",),
        "storage:BlobContainer": ("containerName",),
        "redisenterprise:RedisEnterprise": ("sku.name",),
    }.get(node.kind)
    told = " ".join(str(node.at(path)) for path in sizes) if sizes else node.name.replace("-", " ")
    return f'"{_BOXES[node.kind]}<br/>{told}"'


def files(graph: Graph) -> dict[str, str]:
    """What docs/azure holds of an environment, by file name."""
    title = f"# {graph.env} on Azure\n\nDrawn by `dot-copilot azure render --env {graph.env} --format files`."
    return {f"{graph.env}.json": as_json(graph), f"{graph.env}.md": f"{title}\n\n```mermaid\n{as_mermaid(graph)}```\n"}
