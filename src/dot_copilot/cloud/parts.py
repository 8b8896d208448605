"""What runs in the container, in the order in which it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dot_copilot.stack import binaries

KNOWN = ("api", "worker", "gateway")


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports on this machine, in a row."""

    api: int
    gateway: int
    worker: int
    valkey: int
    metrics: int

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Ports:
        """From `DOT_CLOUD_FIRST_PORT`, or 8001. Raises ValueError."""
        first = int(environment.get("DOT_CLOUD_FIRST_PORT") or 8001)
        return cls(*range(first, first + 5))


@dataclass(frozen=True, slots=True)
class Part:
    """One process; `port` on this machine answers once it is there."""

    name: str
    command: tuple[str, ...]
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)


def chosen(environment: Mapping[str, str]) -> tuple[str, ...]:
    """`DOT_CLOUD_PARTS`: which of the application's processes this container runs; all by default. Raises ValueError."""
    words = [word.strip() for word in environment.get("DOT_CLOUD_PARTS", "").split(",") if word.strip()]
    if unknown := [word for word in words if word not in KNOWN]:
        raise ValueError(f"DOT_CLOUD_PARTS names {', '.join(unknown)}; there are {', '.join(KNOWN)}")
    return tuple(words) or KNOWN


def application(names: tuple[str, ...], ports: Ports, environment: Mapping[str, str]) -> list[Part]:
    """The application's processes."""
    made = {
        "api": Part("api", _python("dot_copilot.serve", "--port", ports.api), ports.api, _beside(ports, environment)),
        "worker": Part(
            "worker", _python("dot_copilot.worker", "--health-port", ports.worker), ports.worker, _beside(ports, environment)
        ),
        "gateway": Part(
            "gateway", _python("dot_copilot.gateway", "--port", ports.gateway), ports.gateway, _gateway(ports, environment)
        ),
    }
    return [made[name] for name in KNOWN if name in names]


def valkey(directory: Path, port: int, password: str) -> Part:
    """A Valkey of this container's own: what it holds (limits, news) is worth nothing after a restart."""
    configuration = directory / "valkey.conf"
    configuration.touch(0o600)
    configuration.write_text(
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{directory}"\nsave ""\nmaxmemory 64mb\n'
        "maxmemory-policy volatile-lru\n"
    )
    return Part("valkey", (str(binaries.valkey()), str(configuration)), port)


def door(configuration: Path, port: int) -> Part:
    """Nginx."""
    command = (str(binaries.nginx()), "-p", f"{configuration.parent}/", "-c", configuration.name, "-e", "stderr")
    return Part("nginx", command, port)


def _python(module: str, option: str, port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", module, option, str(port))


def _beside(ports: Ports, environment: Mapping[str, str]) -> dict[str, str]:
    """Where the container's own Valkey is, unless there is a Redis."""
    return {} if "DOT_VALKEY_HOST" in environment else {"DOT_VALKEY_HOST": "127.0.0.1", "DOT_VALKEY_PORT": str(ports.valkey)}


def _gateway(ports: Ports, environment: Mapping[str, str]) -> dict[str, str]:
    """Calls wait for the audit log in a spool of this instance's own: App Service's instances share their disk."""
    root = binaries.repository_root()
    spool = environment.get("DOT_GATEWAY_SPOOL") or str(Path(environment.get("DOT_HOME", ".dot-copilot")) / "spool")
    instance = environment.get("WEBSITE_INSTANCE_ID", "")[:16]
    # GitHub's server is a program beside Python's, which need not be on the path here.
    path = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)])
    return {
        **_beside(ports, environment),
        "DOT_GATEWAY_CONFIG": environment.get("DOT_GATEWAY_CONFIG") or str(root / "deploy/gateway/gateway.toml"),
        "DOT_GATEWAY_SPOOL": str(Path(spool) / instance) if instance else spool,
        "DOT_MCP_SERVERS": f"http://127.0.0.1:{ports.api}/internal/mcp",
        "PATH": path,
    }
