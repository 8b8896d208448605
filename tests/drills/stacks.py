"""Stacks to break: started as a user starts them, looked into through their public interfaces."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import valkey
from azure.storage.blob import ContainerClient

from dot_copilot.stack import wire
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts import watchword
from dot_copilot.stack.parts.prometheus import GUARDED
from tests.support.servers import free_port

COMMAND = str(Path(sys.executable).with_name("dot-copilot"))
LEFT_OUT = ("api", "gateway", "worker", "migrate", "demo", "monitoring")
DATA_ONLY = tuple(word for part in LEFT_OUT for word in ("--without", part))
"""The real servers without the application: quick to start, and all that most drills need."""
OWN_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DOT_")}


def wait_for(what: str, look: Callable[[], object], seconds: float = 30) -> None:
    """Look until the answer is true. Fails, saying `what`, after `seconds`."""
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


@dataclass(frozen=True)
class StackUnderTest:
    """A home and a port."""

    home: Path
    port: int
    options: tuple[str, ...] = DATA_ONLY
    settings: Mapping[str, str] = field(default_factory=dict)
    """`DOT_...` of the user who starts it."""

    def run(self, *words: str, prefix: Sequence[str] = (), timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run `dot-copilot` on this home."""
        command = [*prefix, COMMAND, *words, "--home", str(self.home)]
        environment = {**OWN_ENVIRONMENT, **self.settings}
        return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, env=environment)

    def up(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Start it detached and wait for the late parts too; fails with what it said when it does not come up."""
        done = self.run("up", "--detach", "--port", str(self.port), *self.options, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        wait_for("the late parts are ready", self.ready)
        return done

    def down(self) -> None:
        """Stop it, and see that nothing is left."""
        self.run("down")
        assert self.processes() == []

    def parts(self) -> dict[str, dict[str, Any]]:
        """`dot-copilot status --json`, by name."""
        return {part["name"]: part for part in json.loads(self.run("status", "--json").stdout)}

    def ready(self) -> bool:
        """Whether every part is ready."""
        parts = self.parts()
        return bool(parts) and all(part["state"] == "ready" for part in parts.values())

    def inner_port(self, name: str) -> int:
        """The port of something that is no part, such as `supervisor` or `api-1-metrics`."""
        return int(json.loads((self.home / "ports.json").read_text())[name])

    def ask(self, name: str, path: str) -> Any:
        """The JSON that one of the inner servers answers to somebody who knows the password of Prometheus and Alertmanager."""
        known = wire.basic(watchword.USER, watchword.password_file(Home(self.home)).read_text()) if name in GUARDED else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.inner_port(name)}{path}", headers=known)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    @property
    def supervisor(self) -> int:
        """The supervisor's pid."""
        return int(json.loads((self.home / "run/state.json").read_text())["supervisor"])

    def processes(self) -> list[int]:
        """Every living process that belongs to this home, by its command line, environment or directory."""
        needle = str(self.home).encode()
        return sorted(pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _belongs(pid, needle))

    def secret(self, name: str) -> str:
        """A secret, fetched from OpenBao the way the application does."""
        login = {
            "role_id": (self.home / "secrets/app-role-id").read_text(),
            "secret_id": (self.home / "secrets/app-secret-id").read_text(),
        }
        token = self._openbao("auth/approle/login", json.dumps(login).encode())["auth"]["client_token"]
        value: str = self._openbao(f"kv/data/dot-copilot/{name}", token=token)["data"]["data"]["value"]
        return value

    def _openbao(self, path: str, body: bytes | None = None, token: str = "") -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.parts()['openbao']['port']}/v1/{path}"
        request = urllib.request.Request(url, body, {"X-Vault-Token": token} if token else {})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    async def sql(self, statement: str) -> list[asyncpg.Record]:
        """Run SQL as the owner of the database."""
        connection = await asyncpg.connect(
            host="127.0.0.1",
            port=self.parts()["postgres"]["port"],
            user="dot_owner",
            database="dot_copilot",
            password=self.secret("database_owner_password"),
            ssl=False,
        )
        try:
            return await connection.fetch(statement)
        finally:
            await connection.close()

    @contextlib.contextmanager
    def cache(self) -> Iterator[valkey.Valkey]:
        """A client of Valkey."""
        password = self.secret("valkey_password")
        with valkey.Valkey(host="127.0.0.1", port=self.parts()["valkey"]["port"], password=password) as client:
            yield client

    @contextlib.contextmanager
    def blobs(self) -> Iterator[ContainerClient]:
        """A container of the blob store."""
        url = f"http://127.0.0.1:{self.parts()['azurite']['port']}/dotcopilot"
        with ContainerClient(url, "drill", credential=self.secret("blob_account_key")) as container:
            if not container.exists():
                container.create_container()
            yield container

    def page(self) -> int:
        """The status of the first page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
            return int(answer.status)


def _belongs(pid: int, needle: bytes) -> bool:
    try:
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX":
            return False
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        directory = os.readlink(f"/proc/{pid}/cwd").encode()
    except OSError:
        return False
    return (needle in command and b"pytest" not in command) or directory.startswith(needle)


def open_directory() -> Path:
    """A temporary directory that every user can reach, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="dot-copilot-drill-"))
    path.chmod(0o755)
    return path


@contextlib.contextmanager
def new_stack(
    options: tuple[str, ...] = DATA_ONLY, settings: Mapping[str, str] | None = None, root: Path | None = None
) -> Iterator[StackUnderTest]:
    """A stack that has not started; it is stopped and removed afterwards, whatever happened."""
    root = root or open_directory()
    stack = StackUnderTest(root / "home", free_port(), options, settings or {})
    try:
        yield stack
    finally:
        try:
            stack.down()
        finally:
            shutil.rmtree(root, ignore_errors=True)
