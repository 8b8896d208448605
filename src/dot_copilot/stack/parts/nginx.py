"""nginx: its configuration is a template in `deploy/nginx`, rendered for this home."""

from __future__ import annotations

import grp
import os
import pwd
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from dot_copilot.stack import binaries
from dot_copilot.stack.home import Home, write_private
from dot_copilot.stack.parts.doorway import Doorway
from dot_copilot.stack.parts.switch import Switch, servers
from dot_copilot.stack.servant import NOBODY, closed_parent
from dot_copilot.stack.templates import render
from dot_copilot.stack.tls import Certificates


@dataclass(frozen=True, slots=True)
class Gateway:
    """Limits at the door. Rates are requests per second and client address; a burst is served at once, then refused."""

    general_rate: int = 2000
    general_burst: int = 4000
    login_rate: int = 10
    login_burst: int = 20
    largest_body: str = "70m"
    largest_message: str = "4m"
    workers: int = min(4, os.cpu_count() or 1)

    def values(self) -> Mapping[str, str]:
        """What the template asks for."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Upstreams:
    """The ports behind nginx: the API's processes, and the MCP gateway's."""

    api: Sequence[int]
    gateway: Sequence[int]


def one_colour(root: str) -> Mapping[str, str]:
    """What the template asks for where there is nothing to choose: one set of processes, and the web files in `root`."""
    choices = {"api_upstream": "api", "gateway_upstream": "mcp_gateway", "web_root": f'"{root}"'}
    return {
        "colours": "\n".join(f'    map "" ${name} {{\n        default {value};\n    }}' for name, value in choices.items()),
        "kept": root,
        "switch": "",
    }


def templates() -> Path:
    """Where the templates are."""
    return binaries.repository_root() / "deploy/nginx"


def configuration(values: Mapping[str, str]) -> str:
    """The text of nginx.conf."""
    return render((templates() / "nginx.conf.template").read_text(), values)


def web_root() -> Path:
    """The built web application, or a page that says how to build it."""
    built = binaries.repository_root() / "web/dist"
    return built if (built / "index.html").exists() else templates() / "placeholder"


def worker_user(*roots: Path) -> str:
    """The `user` directive: root's nginx gives its workers to nobody, unless nobody cannot reach the web files."""
    if os.geteuid() != 0:
        return ""
    try:
        user, group = pwd.getpwuid(NOBODY).pw_name, grp.getgrgid(NOBODY).gr_name
    except KeyError:
        return "user root root;"
    closed = any(closed_parent(root.resolve()) for root in roots)
    return "user root root;" if closed else f"user {user} {group};"


class NginxHooks:
    """Renders `nginx/nginx.conf` in the home."""

    def __init__(
        self,
        home: Home,
        port: int,
        upstreams: Upstreams,
        gateway: Gateway,
        root: Path,
        *,
        metrics_port: int,
        tls: Certificates | None = None,
        switch: Switch | None = None,
    ) -> None:
        self._home = home
        self._port = port
        self._metrics_port = metrics_port
        self._tls = tls
        self._upstreams = upstreams
        self._gateway = gateway
        self._root = root
        self._switch = switch

    async def prepare(self) -> None:
        """Write the configuration, and with TLS the certificate if it is time for another one."""
        if self._tls is not None:
            self._tls.ensure()
        if self._switch is not None:
            self._switch.prepare()
        values = {
            "user": worker_user(self._root, *(() if self._switch is None else self._switch.roots)),
            "modules": "",
            "api_servers": servers(self._upstreams.api),
            "gateway_servers": servers(self._upstreams.gateway),
            **(one_colour(str(self._root)) if self._switch is None else self._switch.values()),
            "includes": str(templates()),
            "access_log": str(self._home.logs / "nginx-access.log"),
            **self._gateway.values(),
            **self._doorway().values(templates()),
        }
        write_private(self._home.nginx / "nginx.conf", configuration(values))

    def _doorway(self) -> Doorway:
        tls = self._tls
        return Doorway(
            listen=f"127.0.0.1:{self._port}",
            metrics=f"127.0.0.1:{self._metrics_port}",
            port=self._port,
            certificate=tls.certificate if tls else None,
            key=tls.key if tls else None,
        )

    async def settle(self) -> None:
        """Nothing to do."""
