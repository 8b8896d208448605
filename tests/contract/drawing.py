"""The architecture's drawings as facts: which parts there are, on which network each is, who asks whom.

The names are those of `deploy/compose.yaml`; `LOCAL` gives the local stack's. What the drawings leave out and the product needs
is in `ADDED`, each with its reason: anything beyond both is a mistake.
"""

from __future__ import annotations

Edge = tuple[str, str]

NETWORKS: dict[str, frozenset[str]] = {
    "frontend": frozenset({"nginx"}),
    "backend": frozenset({"api", "worker", "mcp-gateway", "postgres", "redis", "mongo", "azurite", "vault"}),
    "mcp": frozenset({"github-mcp"}),
    "monitoring": frozenset({"prometheus", "grafana"}),
}
"""The four networks, and the parts drawn in each (worker and blob storage stand with the API, whose work and files they have)."""
CLOSED = frozenset({"backend"})
"""Networks without a way out."""
PARTS = frozenset[str]().union(*NETWORKS.values())

DRAWN: frozenset[Edge] = frozenset(
    {
        ("nginx", "api"),
        ("nginx", "mcp-gateway"),
        ("api", "postgres"),
        ("api", "redis"),
        ("api", "mongo"),
        ("api", "azurite"),
        ("api", "vault"),
        ("api", "prometheus"),
        ("mcp-gateway", "github-mcp"),
        ("mcp-gateway", "redis"),
        ("grafana", "prometheus"),
    }
)
ADDED: dict[Edge, str] = {
    ("worker", "postgres"): "jobs are in the database",
    ("worker", "redis"): "signals, and shared limits",
    ("worker", "mongo"): "it clears away raw events whose time is up",
    ("worker", "azurite"): "it inspects uploads",
    ("worker", "vault"): "its passwords",
    ("mcp-gateway", "api"): "our own tools are served by the API's processes",
    ("mcp-gateway", "postgres"): "standing of connections, approved definitions, the record of calls",
    ("mcp-gateway", "mongo"): "what others' tools were asked is kept there",
    ("mcp-gateway", "vault"): "its passwords, and people's GitHub tokens",
}
SCRAPED = frozenset({"nginx", "api", "worker", "mcp-gateway", "postgres", "redis", "vault", "grafana"})
"""Whom Prometheus asks for metrics."""
SCRAPES: frozenset[Edge] = frozenset(("prometheus", part) for part in SCRAPED)
EDGES: frozenset[Edge] = DRAWN | frozenset(ADDED) | SCRAPES

ATTACHED: dict[str, frozenset[str]] = {
    "nginx": frozenset({"frontend"}),
    "api": frozenset({"frontend", "backend"}),
    "worker": frozenset({"backend"}),
    "mcp-gateway": frozenset({"frontend", "backend", "mcp"}),
    "github-mcp": frozenset({"mcp"}),
    "postgres": frozenset({"backend"}),
    "redis": frozenset({"backend"}),
    "mongo": frozenset({"backend"}),
    "azurite": frozenset({"backend"}),
    "vault": frozenset({"backend"}),
    "prometheus": frozenset({"frontend", "backend", "monitoring"}),
    "grafana": frozenset({"monitoring"}),
}
"""Each part's networks, where an arrow from one network to another needs more than one.

API and gateway come to the door, so that the door stands before nothing else; Prometheus goes to those it asks, so that they
do not meet Grafana.
"""
NEIGHBOURS: dict[frozenset[str], str] = {
    frozenset({"prometheus", "mongo"}): "Prometheus asks others on that network; MongoDB asks everybody for a password",
    frozenset({"prometheus", "azurite"}): "Prometheus asks others on that network; the blob store asks everybody for a key",
}
"""Pairs that share a network without an arrow between them and without being drawn in it together, and why nothing follows."""

PUBLISHED: dict[str, frozenset[int]] = {
    "nginx": frozenset({80, 443}),
    "prometheus": frozenset({9090}),
    "grafana": frozenset({3000}),
}
"""Ports outside of the containers: nginx' for everybody, the others' on this machine alone."""
PUBLIC = frozenset({"nginx"})
PORTS: dict[str, int] = {"api": 8000, "mcp-gateway": 8000, "prometheus": 9090, "vault": 8200}
"""Ports inside, where the drawings say them."""

OF_THE_USER = frozenset({"DOT_PUBLIC_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"})
"""Settings that may name a server of nobody's drawing: where people come from, and a collector where somebody has one."""

LOCAL: dict[str, str] = {
    **{f"api-{number}": "api" for number in range(1, 5)},
    **{f"gateway-{number}": "mcp-gateway" for number in range(1, 5)},
    "worker-2": "worker",
    "valkey": "redis",
    "openbao": "vault",
    # Exporters stand in the box of the server they watch.
    "postgres-exporter": "postgres",
    "valkey-exporter": "redis",
}
"""The local stack's names of the same parts, of both colours, where they differ."""
LOCAL_TASKS = frozenset({"migrate", "demo"})
"""What runs once; in containers the schema is a step of the API's start."""
LOCAL_ONLY = frozenset({"alertmanager", "supervisor"})
"""What containers do not have: compose restarts what falls, and Grafana shows the alerts that Prometheus finds."""
NOT_LOCAL = frozenset({"mongo", "grafana", "github-mcp"})
"""What the local stack has no part for: no package brings their servers, and GitHub's is the gateway's child, one a token."""
