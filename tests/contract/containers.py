"""What `deploy/compose.yaml` says, and what is wrong with it: each check gives sentences, and none when all is well."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from dot_copilot.containers.place import Place, compose_file
from tests.contract import drawing
from tests.contract.drawing import Edge

DOCKERFILES = compose_file().with_name("docker")
_ADDRESS = re.compile(r"_(HOST|URL|ENDPOINT|SERVERS|MCP)$|^DOT_CLAMD$").search
_TOLD_BY = (".conf", ".toml", ".yml", ".yaml", ".json", ".hcl")
"""Files that say where others are."""


@dataclass(frozen=True)
class Containers:
    """The file as compose understands it, and where its mounts come from."""

    configuration: dict[str, Any]
    place: Place

    @property
    def services(self) -> dict[str, Any]:
        found: dict[str, Any] = self.configuration["services"]
        return found


def load(place: Place) -> Containers:
    """Through compose itself, with the files `dot-copilot compose prepare` has made in `place`."""
    command = [str(Path(sys.executable).with_name("docker-compose")), "--env-file", str(place.environment_file)]
    command += ["-f", str(compose_file()), "config", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return Containers(json.loads(done.stdout), place)


def problems(containers: Containers) -> list[str]:
    """Everything that differs from the drawings, or is less careful than it should be."""
    checks = (_services, _networks, _attachments, _edges, _strangers, _reach, _ports, _hardening)
    return [problem for check in checks for problem in check(containers)]


def _services(containers: Containers) -> Iterator[str]:
    present = set(containers.services)
    yield from (f"{name} is drawn, and there is no such service" for name in sorted(drawing.PARTS - present))
    yield from (f"the service {name} is not drawn" for name in sorted(present - drawing.PARTS))


def _networks(containers: Containers) -> Iterator[str]:
    networks: dict[str, dict[str, Any]] = containers.configuration["networks"]
    if set(networks) != set(drawing.NETWORKS):
        yield f"the networks are {sorted(networks)}, not {sorted(drawing.NETWORKS)}"
    for name, network in networks.items():
        if bool(network.get("internal")) != (name in drawing.CLOSED):
            yield f"the network {name} {'has' if name in drawing.CLOSED else 'lacks'} a way out"
        if network.get("external"):
            yield f"the network {name} is somebody else's"


def _attachments(containers: Containers) -> Iterator[str]:
    for name, service in containers.services.items():
        attached, drawn = set(service.get("networks") or {}), drawing.ATTACHED.get(name, frozenset())
        yield from (f"{name} is on the network {network}, where no arrow takes it" for network in sorted(attached - drawn))
        yield from (f"{name} is missing from the network {network}" for network in sorted(drawn - attached))
        for way in ("network_mode", "links", "external_links", "extra_hosts", "pid", "ipc", "volumes_from"):
            if service.get(way):
                yield f"{name} gets around its networks by {way}"


def _edges(containers: Containers) -> Iterator[str]:
    found = edges(containers)
    yield from (f"{source} is told where {target} is, and no arrow is drawn" for source, target in sorted(found - drawing.EDGES))
    yield from (f"{source} is not told where {target} is" for source, target in sorted(drawing.EDGES - found))


def _strangers(containers: Containers) -> Iterator[str]:
    """Nobody is told of a server that is not drawn, such as a mail server, clamd or a collector."""
    known = {*containers.services, "localhost", "127.0.0.1", "0.0.0.0", ""}
    for name, service in containers.services.items():
        for key, value in (service.get("environment") or {}).items():
            if not _ADDRESS(key) or key in drawing.OF_THE_USER:
                continue
            hosts = {text.partition("://")[2] or text for text in str(value or "").split(",")}
            yield from (
                f"{name} is told of {host} by {key}, and there is no such service"
                for host in sorted(re.split(r"[:/]", text)[0] for text in hosts)
                if host not in known
            )


def edges(containers: Containers) -> set[Edge]:
    """Who is told where whom is: in its environment, its command, and the files it is given."""
    names = "|".join(map(re.escape, sorted(containers.services, key=len, reverse=True)))
    place = re.compile(rf"(?<![\w.-])({names}):(\d{{2,5}})(?!\d)")
    found = set()
    for source, service in containers.services.items():
        environment: Mapping[str, str | None] = service.get("environment") or {}
        texts = [str(value) for value in environment.values()] + [" ".join(service.get("command") or [])]
        texts += [path.read_text() for path in _mounted(service)]
        hosts = {value for name, value in environment.items() if name.endswith("_HOST") and value in containers.services}
        if environment.get("DOT_EVENT_DOCUMENTS") == "mongodb":
            texts.append((containers.place.secrets / "mongodb_url").read_text().replace("@", " "))
        hosts |= {match.group(1) for text in texts for match in place.finditer(text)}
        found |= {(source, str(target)) for target in hosts if target != source}
    return found


def _mounted(service: Mapping[str, Any]) -> Iterator[Path]:
    for mount in service.get("volumes") or []:
        if mount["type"] == "bind":
            source = Path(mount["source"])
            files = [source] if source.is_file() else sorted(source.rglob("*"))
            yield from (path for path in files if path.suffix in _TOLD_BY and path.is_file())


def _reach(containers: Containers) -> Iterator[str]:
    attached = {name: set(service.get("networks") or {}) for name, service in containers.services.items()}
    for one, other in combinations(sorted(attached), 2):
        shared = attached[one] & attached[other]
        together = any({one, other} <= drawing.NETWORKS.get(network, frozenset()) for network in shared)
        arrow = {(one, other), (other, one)} & drawing.EDGES
        if shared and not together and not arrow and frozenset({one, other}) not in drawing.NEIGHBOURS:
            yield f"{one} and {other} can reach each other through {sorted(shared)}, and nothing drawn needs it"
        if arrow and not shared:
            yield f"{one} and {other} share no network, and an arrow is drawn"


def _ports(containers: Containers) -> Iterator[str]:
    for name, service in containers.services.items():
        ports: list[dict[str, Any]] = service.get("ports") or []
        if {int(port["target"]) for port in ports} != drawing.PUBLISHED.get(name, frozenset()):
            yield f"{name} publishes {[port['target'] for port in ports]}"
        for port in ports:
            if name not in drawing.PUBLIC and port.get("host_ip") != "127.0.0.1":
                yield f"{name} publishes {port['target']} beyond this machine"
    for name, number in drawing.PORTS.items():
        told = {text for source, target in drawing.EDGES if target == name for text in _words(containers, source)}
        if not any(f"{name}:{number}" in text for text in told):
            yield f"nobody asks {name} on port {number}"


def _words(containers: Containers, name: str) -> Iterator[str]:
    service = containers.services.get(name, {})
    yield from (str(value) for value in (service.get("environment") or {}).values())
    yield from (path.read_text() for path in _mounted(service))


def _hardening(containers: Containers) -> Iterator[str]:
    for name, service in containers.services.items():
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        demands = {
            "has a file system that can be written": service.get("read_only") is True,
            "keeps capabilities": service.get("cap_drop") == ["ALL"] and not service.get("cap_add"),
            "may get new privileges": "no-new-privileges:true" in (service.get("security_opt") or []),
            "is privileged": not service.get("privileged") and not service.get("devices"),
            "runs as root": _user(service) not in {"", "0", "root", "0:0"},
            "has no limit of processors, memory or processes": {"cpus", "memory", "pids"} <= set(limits),
            "has no health check": bool((service.get("healthcheck") or {}).get("test")),
            "is not started again when it falls": service.get("restart") == "unless-stopped",
            "may fill the disk with its log": {"max-size", "max-file"} <= set(service.get("logging", {}).get("options", {})),
            "mounts Docker's own door": "docker.sock" not in json.dumps(service),
        }
        yield from (f"{name} {problem}" for problem, good in demands.items() if not good)
        for mount in service.get("volumes") or []:
            if mount["type"] == "bind" and not mount.get("read_only"):
                yield f"{name} may write {mount['target']} outside of itself"


def _user(service: Mapping[str, Any]) -> str:
    """As whom it runs: said by compose, or by the last USER of the Dockerfile. Ready images that say it themselves are named."""
    if service.get("user"):
        return str(service["user"])
    if "build" in service:
        path = DOCKERFILES / Path(service["build"]["dockerfile"]).name
        users: list[str] = re.findall(r"^USER (\S+)$", path.read_text(), re.MULTILINE)
        return users[-1] if users else ""
    ready = {"prom/prometheus": "nobody", "grafana/grafana": "472"}
    return next((user for image, user in ready.items() if str(service["image"]).startswith(image)), "")
