"""The drawing of the platform: parts, the networks they are on, and who calls whom. Inert; the figures come from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Network(StrEnum):
    """Where a part is, as in the infrastructure's architecture; `outside` is everybody beyond the door."""

    OUTSIDE = "outside"
    FRONTEND = "frontend"
    BACKEND = "backend"
    MCP = "mcp"
    MONITORING = "monitoring"


class PartKind(StrEnum):
    """What a part is for; decides its sign on the map."""

    PERSON = "person"
    ASSISTANT = "assistant"
    DOOR = "door"
    API = "api"
    GATEWAY = "gateway"
    WORKER = "worker"
    DATABASE = "database"
    CACHE = "cache"
    FILES = "files"
    SECRETS = "secrets"
    DOCUMENTS = "documents"
    TOOLS = "tools"
    METRICS = "metrics"
    ALERTS = "alerts"
    DASHBOARDS = "dashboards"
    EXPORTER = "exporter"
    SUPERVISOR = "supervisor"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """A part as the drawing has it. `name` is also the start of its replicas' names (`api-1`) and its job in Prometheus.

    `always`: drawn even when nobody has heard of it; others appear with their first sign of life. `optional`: an installation may
    do without it, and then it is drawn as absent.
    """

    name: str
    label: str
    kind: PartKind
    network: Network
    always: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """A path that calls take. `of` names the figure that measures it, None where nobody does."""

    source: str
    target: str
    of: str | None


PLACES = (
    Place("browser", "Browser", PartKind.PERSON, Network.OUTSIDE),
    Place("assistant", "AI assistant", PartKind.ASSISTANT, Network.OUTSIDE),
    Place("nginx", "nginx", PartKind.DOOR, Network.FRONTEND),
    Place("worker", "Worker", PartKind.WORKER, Network.BACKEND),
    Place("api", "API", PartKind.API, Network.BACKEND),
    Place("gateway", "MCP gateway", PartKind.GATEWAY, Network.BACKEND),
    Place("postgres", "PostgreSQL", PartKind.DATABASE, Network.BACKEND),
    Place("valkey", "Valkey", PartKind.CACHE, Network.BACKEND),
    Place("azurite", "Blob storage", PartKind.FILES, Network.BACKEND),
    Place("openbao", "OpenBao", PartKind.SECRETS, Network.BACKEND),
    Place("mongodb", "MongoDB", PartKind.DOCUMENTS, Network.BACKEND, optional=True),
    Place("github", "GitHub MCP", PartKind.TOOLS, Network.MCP),
    Place("prometheus", "Prometheus", PartKind.METRICS, Network.MONITORING),
    Place("alertmanager", "Alertmanager", PartKind.ALERTS, Network.MONITORING),
    Place("grafana", "Grafana", PartKind.DASHBOARDS, Network.MONITORING, optional=True),
    Place("exporters", "Exporters", PartKind.EXPORTER, Network.MONITORING, always=False),
    Place("supervisor", "Supervisor", PartKind.SUPERVISOR, Network.MONITORING, always=False),
)
ARROWS = (
    Arrow("browser", "nginx", "pages"),
    Arrow("assistant", "nginx", "assistants"),
    Arrow("nginx", "api", "door-api"),
    Arrow("nginx", "gateway", "door-gateway"),
    Arrow("worker", "postgres", "worker-postgres"),
    Arrow("worker", "valkey", "worker-valkey"),
    Arrow("worker", "azurite", "worker-blob"),
    Arrow("worker", "openbao", "worker-openbao"),
    Arrow("api", "postgres", "api-postgres"),
    Arrow("api", "valkey", "api-valkey"),
    Arrow("api", "azurite", "api-blob"),
    Arrow("api", "openbao", "api-openbao"),
    Arrow("api", "mongodb", None),
    Arrow("gateway", "api", "gateway-api"),
    Arrow("gateway", "postgres", "gateway-postgres"),
    Arrow("gateway", "valkey", "gateway-valkey"),
    Arrow("gateway", "openbao", "gateway-openbao"),
    Arrow("gateway", "github", "gateway-github"),
    Arrow("prometheus", "api", "scrapes"),
    Arrow("prometheus", "alertmanager", None),
    Arrow("grafana", "prometheus", None),
)
BY_NAME = {place.name: place for place in PLACES}
# What the local stack runs once, at its start.
TASKS = frozenset({"migrate", "demo"})
# Names the same part has in docker compose and elsewhere; the exporters share a box.
_ALIASES = {
    "redis": "valkey",
    "vault": "openbao",
    "mongo": "mongodb",
    "github-mcp": "github",
    "mcp-gateway": "gateway",
    "postgres-exporter": "exporters",
    "valkey-exporter": "exporters",
    "redis-exporter": "exporters",
}


def place_of(part: str) -> str:
    """The place of a process: `api-2` is at `api`. A part that the drawing does not know has a place of its own name."""
    if part in BY_NAME:
        return part
    stem = part.rstrip("0123456789").rstrip("-")
    stem = _ALIASES.get(stem, stem)
    return stem if stem in BY_NAME else part
