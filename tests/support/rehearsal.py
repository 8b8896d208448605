"""The containers without an engine: what compose would start, started as processes of this machine.

Environment, commands, secrets, configuration files and health checks are compose.yaml's own; only names become addresses of the
loopback interface, and paths inside of containers become those outside. MongoDB, Grafana and GitHub's server are not there.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dot_copilot.containers.place import Place, compose_file
from dot_copilot.stack import binaries
from tests.support.servers import NOBODY, free_port

ROOT = binaries.repository_root()
PORTS = {
    **{"postgres": 5432, "redis": 6379, "azurite": 10000, "vault": 8200, "api": 8000, "mcp-gateway": 8000, "worker": 8100},
    **{"nginx": 443, "github-mcp": 8082, "prometheus": 9090},
}
_PATIENCE_S = 60.0


@dataclass
class Rehearsal:
    """The processes, by the names of their services."""

    place: Place
    directory: Path
    configuration: dict[str, Any]
    ports: dict[str, int]
    metrics: dict[str, int]
    plain_port: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def service(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.configuration["services"][name]
        return found

    def here(self, text: str, name: str = "") -> str:
        """What is meant inside of the container `name`, as it is on this machine."""
        for service, port in PORTS.items():
            text = re.sub(rf"(?<![\w.-]){service}:{port}\b", f"127.0.0.1:{self.ports[service]}", text)
        paths = {
            "/run/secrets": str(self.place.secrets),
            "/var/lib/dot-copilot": str(self.directory / "homes" / name),
            "/openbao/file": str(self.directory / "vault"),
            "/openbao/rendered": str(self.directory / "rendered"),
            "/etc/dot-copilot": str(self.directory / "rendered"),
            "/etc/nginx/dot-copilot": str(ROOT / "deploy/nginx"),
            "/srv/web": str(ROOT / "web/dist"),
            "/dev/stdout": str(self.directory / f"{name}.access.log"),
            "/app/deploy/gateway": str(ROOT / "deploy/gateway"),
            "/app/ask": str(ROOT / "deploy/docker/ask"),
            "/app": str(ROOT / "deploy/local"),
            "/data": str(self.directory / name),
        }
        known = "|".join(map(re.escape, sorted(paths, key=len, reverse=True)))
        text = re.sub(rf"(?<!\w)({known})(?!\w)", lambda match: paths[match[1]], text)
        if name in self.ports:
            text = re.sub(rf"(?<![\w.]){PORTS[name]}\b", str(self.ports[name]), text)
        return re.sub(r"(?<![\d.])0\.0\.0\.0(?![\d/])", "127.0.0.1", text)

    def environment(self, name: str) -> dict[str, str]:
        """As compose has it. What is not there is left out: raw events go to PostgreSQL."""
        told = {key: self.here(str(value), name) for key, value in self.service(name).get("environment", {}).items()}
        told |= {key: "127.0.0.1" for key in told if key.endswith("_HOST")}
        changes = {
            "DOT_DATABASE_PORT": str(self.ports["postgres"]),
            "DOT_VALKEY_PORT": str(self.ports["redis"]),
            "DOT_EVENT_DOCUMENTS": "postgres",
            "DOT_METRICS_PORT": str(self.metrics.get(name, 0)),
            "DOT_PUBLIC_URL": self.place.url,
        }
        programs = (
            f"{Path(sys.executable).parent}:{binaries.postgres('psql').parent}:{binaries.openbao().parent}:{os.environ['PATH']}"
        )
        return {"PATH": programs, "LANG": "C.UTF-8", **told, **{key: one for key, one in changes.items() if key in told}}

    def start(self, name: str, command: list[str], *, as_nobody: bool = False, stop_old: bool = False) -> None:
        """Starts a process; its log is in the directory."""
        assert stop_old or name not in self.running
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody and os.geteuid() == 0 else {}
        with (self.directory / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(  # type: ignore[call-overload]
                command, env=self.environment(name), stdout=log, stderr=log, cwd=self.directory, start_new_session=True, **user
            )

    def run(self, name: str) -> None:
        """Starts a service with compose's own command."""
        self.start(name, ["sh", "-c", 'exec "$@"', "sh", *(self.here(word, name) for word in self.service(name)["command"])])

    def healthy(self, name: str) -> bool:
        """What compose's own health check says."""
        kind, *words = self.service(name)["healthcheck"]["test"]
        command = [self.here(word.replace("$$", "$"), name) for word in words]
        command = ["sh", "-c", *command] if kind == "CMD-SHELL" else command
        if name == "postgres":
            command[-1] = command[-1].replace("-h 127.0.0.1", f"-h 127.0.0.1 -p {self.ports[name]}")
        try:
            done = subprocess.run(command, env=self.environment(name), capture_output=True, timeout=10, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0

    def await_health(self, name: str) -> None:
        """Until its health check is content."""
        deadline = time.monotonic() + _PATIENCE_S
        while not self.healthy(name):
            log = (self.directory / f"{name}.log").read_text(errors="replace")[-3000:]
            assert self.running[name].poll() is None, f"{name} has ended: {log}"
            assert time.monotonic() < deadline, f"{name} is not healthy: {log}"
            time.sleep(0.2)

    def stop(self) -> None:
        """Everything, the last first."""
        for process in reversed(self.running.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT if process is self.running.get("postgres") else signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    # -- servers that need more than their command ----------------------------------------------------------------------------

    def start_vault(self) -> None:
        (self.directory / "vault").mkdir(exist_ok=True)
        text = (self.place.root / "vault/vault.hcl").read_text().replace("127.0.0.1:8201", f"127.0.0.1:{free_port()}")
        (self.directory / "rendered/vault.hcl").write_text(self.here(text, "vault"))
        self.start("vault", [self.here(word, "vault") for word in self.service("vault")["entrypoint"]])

    def start_postgres(self) -> None:
        data, nobody = self.directory / "postgres", os.geteuid() == 0
        data.mkdir(mode=0o700)
        if nobody:
            os.chown(data, NOBODY, NOBODY)
        user: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if nobody else {}
        told = self.service("postgres")["environment"]
        # The image's entrypoint hands the password over so, too; the secrets of this rehearsal are for the test's user alone.
        password = self.directory / "initdb-password"
        password.write_text(Path(self.here(told["POSTGRES_PASSWORD_FILE"])).read_text())
        password.chmod(0o644)
        words = [str(binaries.postgres("initdb")), "-D", str(data), "-U", "postgres", f"--pwfile={password}"]
        subprocess.run(
            [*words, *told["POSTGRES_INITDB_ARGS"].split()], check=True, capture_output=True, cwd=self.directory, **user
        )
        text = (ROOT / "deploy/docker/postgresql.conf").read_text().replace("'*'", "'127.0.0.1'")
        (self.directory / "rendered/postgresql.conf").write_text(text)
        command = [self.here(word, "postgres") for word in self.service("postgres")["command"]]
        command += ["-D", str(data), "-p", str(self.ports["postgres"]), "-k", "", "-c", "fsync=off"]
        self.start("postgres", command, as_nobody=True)
        self.make_roles()

    def make_roles(self) -> None:
        """As the image's entrypoint does it, and an operator after an upgrade."""
        script = self.here((ROOT / "deploy/docker/postgres-roles.sh").read_text())
        environment = self.environment("postgres") | {"PGHOST": "127.0.0.1", "PGPORT": str(self.ports["postgres"])}
        deadline = time.monotonic() + _PATIENCE_S
        while subprocess.run(["pg_isready"], env=environment, capture_output=True, check=False).returncode:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def start_redis(self) -> None:
        (self.directory / "redis").mkdir()
        text = (ROOT / "deploy/docker/redis.conf").read_text().replace("* -::*", "127.0.0.1")
        (self.directory / "rendered/redis.conf").write_text(self.here(text, "redis"))
        self.start("redis", [str(binaries.valkey()), str(self.directory / "rendered/redis.conf")])

    def start_azurite(self) -> None:
        (self.directory / "azurite").mkdir()
        self.start("azurite", ["sh", "-c", self.here((ROOT / "deploy/docker/azurite.sh").read_text(), "azurite")])

    def start_nginx(self) -> None:
        prefix = self.directory / "nginx"
        (prefix / "temp").mkdir(parents=True)
        text = (self.place.root / "nginx/nginx.conf").read_text()
        # This nginx has njs built in, and there is no name server of Docker's.
        text = re.sub(r"load_module .*|resolver .*|zone (api|mcp_gateway) .*", "", text)
        text = re.sub(r"(api|mcp-gateway):8000 resolve", lambda match: f"127.0.0.1:{self.ports[match[1]]}", text)
        listens = {"443": self.ports["nginx"], "80": self.plain_port, "9113": self.metrics["nginx"]}
        for inside, outside in listens.items():
            text = re.sub(rf"listen {inside}\b", f"listen 127.0.0.1:{outside}", text)
        (prefix / "nginx.conf").write_text(self.here(text, "nginx"))
        self.start("nginx", [str(binaries.nginx()), "-p", f"{prefix}/", "-c", "nginx.conf", "-e", "stderr"])


@contextlib.contextmanager
def rehearsed(place: Place, directory: Path, ports: dict[str, int]) -> Iterator[Rehearsal]:
    """Everything that can run here, in the order in which compose would start it."""
    command = [str(Path(sys.executable).with_name("docker-compose")), "--env-file", str(place.environment_file)]
    command += ["-f", str(compose_file()), "config", "--format", "json"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    metrics = {name: free_port() for name in ("api", "worker", "mcp-gateway", "nginx")}
    made = Rehearsal(place, directory, json.loads(said), ports, metrics, free_port())
    (directory / "rendered").mkdir()
    for name in ("api", "worker", "mcp-gateway"):
        (directory / "homes" / name).mkdir(parents=True)
    try:
        made.start_vault()
        made.start_postgres()
        made.start_redis()
        made.start_azurite()
        for name in ("vault", "postgres", "azurite"):
            made.await_health(name)
        for name in ("api", "worker", "mcp-gateway"):
            made.run(name)
            made.await_health(name)
        made.start_nginx()
        made.await_health("nginx")
        yield made
    finally:
        made.stop()
