"""Real servers for tests: PostgreSQL, Valkey and Azurite on free ports, gone when the test session is."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dot_copilot.core.settings import Settings
from dot_copilot.stack import binaries

NOBODY = 65534


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def make_secrets() -> dict[str, str]:
    """Fresh secrets under the names of the secret store."""
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    names = [f"database_{role}_password" for role in ("superuser", "owner", "app", "worker", "gateway")] + ["valkey_password"]
    values = {name: secrets.token_hex(12) for name in names}
    values |= {
        name: base64.b64encode(secrets.token_bytes(32)).decode() for name in ("link_key", "cursor_key", "blob_account_key")
    }
    values["jwt_signing_keys"] = json.dumps([{"kid": "test", "private_pem": private, "created": "2026-01-01"}])
    return values


@dataclass
class Servers:
    """Where the servers are; `settings` is what the application would read."""

    settings: Settings
    secrets: dict[str, str]
    directory: Path


def _wait(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"a server ended at once: {log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.02)
    raise RuntimeError(f"no server on port {port}: {log.read_text()[-2000:]}")


class _Runner:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.processes: list[tuple[subprocess.Popen[bytes], signal.Signals]] = []
        self.as_nobody = os.geteuid() == 0

    def start(self, name: str, command: list[str], port: int, *, stop: signal.Signals, drop: bool = False) -> None:
        log = self.directory / f"{name}.log"
        user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if drop and self.as_nobody else {}
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=self.directory, **user)  # type: ignore[call-overload]
        self.processes.append((process, stop))
        _wait(port, process, log)

    def stop(self) -> None:
        for process, number in reversed(self.processes):
            process.send_signal(number)
        for process, _ in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _start_postgres(runner: _Runner, values: dict[str, str], port: int, *, durable: bool = False) -> None:
    data = runner.directory / "pg"
    data.mkdir()
    password_file = runner.directory / "pg-password"
    password_file.write_text(values["database_superuser_password"])
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if runner.as_nobody else {}
    if runner.as_nobody:
        for path in (data, password_file):
            os.chown(path, NOBODY, NOBODY)
    init = [str(binaries.postgres("initdb")), "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", "-E", "UTF8"]
    init += ["--locale=C", "--no-sync", f"--pwfile={password_file}"]
    subprocess.run(init, check=True, stdout=subprocess.DEVNULL, cwd=runner.directory, **user)  # type: ignore[call-overload]
    server = [str(binaries.postgres("postgres")), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    server += ["-c", f"fsync={'on' if durable else 'off'}", "-c", "jit=off"]
    server += ["-c", "max_connections=200", "-c", "shared_buffers=256MB"]
    runner.start("postgres", server, port, stop=signal.SIGINT, drop=True)
    statements = [
        f"create role dot_{role} login nosuperuser nobypassrls password '{values[f'database_{role}_password']}'"
        for role in ("owner", "app", "worker", "gateway")
    ]
    statements += ["create database dot_copilot owner dot_owner"]
    psql = [str(binaries.postgres("psql")), "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1"]
    environment = {"PGPASSWORD": values["database_superuser_password"], "PATH": os.environ["PATH"]}
    for _ in range(100):
        if subprocess.run([*psql, "-c", "select 1"], env=environment, capture_output=True, check=False).returncode == 0:
            break
        time.sleep(0.05)
    subprocess.run([*psql, *(x for s in statements for x in ("-c", s))], env=environment, check=True)


@contextlib.contextmanager
def running_servers(*, durable: bool = False) -> Iterator[Servers]:
    """Starts the three servers, empty; migrations are the caller's to run. With `durable` a commit waits for the disk."""
    directory = Path(tempfile.mkdtemp(prefix="dot-copilot-test-"))
    directory.chmod(0o755)
    values = make_secrets()
    secrets_file = directory / "secrets.json"
    secrets_file.touch(0o600)
    secrets_file.write_text(json.dumps(values))
    ports = {name: free_port() for name in ("postgres", "valkey", "azurite")}
    runner = _Runner(directory)
    try:
        _start_postgres(runner, values, ports["postgres"], durable=durable)
        valkey_config = directory / "valkey.conf"
        valkey_config.write_text(f'bind 127.0.0.1\nport {ports["valkey"]}\nrequirepass {values["valkey_password"]}\nsave ""\n')
        runner.start("valkey", [str(binaries.valkey()), str(valkey_config)], ports["valkey"], stop=signal.SIGTERM)
        os.environ["AZURITE_ACCOUNTS"] = f"dotcopilot:{values['blob_account_key']}"
        azurite = [str(binaries.node()), str(binaries.azurite()), "--blobHost", "127.0.0.1", "--blobPort", str(ports["azurite"])]
        azurite += ["--location", str(directory / "blobs"), "--disableTelemetry", "--silent"]
        runner.start("azurite", azurite, ports["azurite"], stop=signal.SIGTERM)
        yield Servers(
            Settings(
                home=directory,
                database_port=ports["postgres"],
                valkey_port=ports["valkey"],
                blob_endpoint=f"http://127.0.0.1:{ports['azurite']}/dotcopilot",
                github_api="http://127.0.0.1:9",  # nobody there: a test that needs a GitHub brings its own
                secrets_backend="file",
                secrets_file=secrets_file,
            ),
            values,
            directory,
        )
    finally:
        runner.stop()
        shutil.rmtree(directory, ignore_errors=True)
