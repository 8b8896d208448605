"""What the gateway benchmarks need around them: our gateway's guard, a client's token, processes that are counted whole."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import orjson
import psutil

from bench.peers.lean_mcp import LIST
from bench.processes import pin
from dot_copilot.compose import build_platform
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.gateway.definitions import Kind, definition_hash
from tests.mcp.guard.people import Person, make_carrier, make_person
from tests.support.servers import Servers

VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def call(tool: str) -> tuple[dict[str, str], bytes]:
    """Headers and body of a `tools/call` of revision 2026-07-28."""
    params = {"name": tool, "arguments": {"text": "hello"}, "_meta": META}
    headers = {**JSON, "MCP-Protocol-Version": VERSION, "Mcp-Method": "tools/call", "Mcp-Name": tool}
    return headers, orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})


def listing() -> tuple[dict[str, str], bytes]:
    """Headers and body of a `tools/list` of revision 2026-07-28."""
    headers = {**JSON, "MCP-Protocol-Version": VERSION, "Mcp-Method": "tools/list"}
    return headers, orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": META}})


def listen() -> tuple[dict[str, str], bytes]:
    """Headers and body of a `subscriptions/listen` of revision 2026-07-28."""
    params = {"notifications": {"toolsListChanged": True}, "_meta": META}
    headers = {**JSON, "MCP-Protocol-Version": VERSION, "Mcp-Method": "subscriptions/listen"}
    return headers, orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params})


@dataclass
class Family:
    """A process and its children."""

    process: subprocess.Popen[bytes]
    ready_s: float = 0.0

    def _members(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        return []

    @property
    def cpu_seconds(self) -> float:
        """User and system time of all of them until now."""
        return sum(sum(member.cpu_times()[:2]) for member in self._members())

    @property
    def memory_mb(self) -> float:
        """Resident memory of all of them."""
        return sum(member.memory_info().rss for member in self._members()) / 1e6


@contextlib.contextmanager
def running(command: list[str], core: int, environment: dict[str, str], log: Path, url: str) -> Iterator[Family]:
    """Runs a command pinned to a core; ready when `url` answers anything below 500. Ended with its children."""
    began = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["taskset", "-c", str(core), *command], env={**os.environ, **environment}, stdout=out, stderr=out
        )
    pin(core, process.pid)
    family = Family(process)
    try:
        _await(url, process, log)
        family.ready_s = time.perf_counter() - began
        yield family
    finally:
        members = family._members()
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        for member in members:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(9000):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.01)
    raise RuntimeError(f"{process.args!r} is not ready:\n{log.read_text()[-2000:]}")


def knows_its_upstreams(port: int) -> None:
    """Waits until the gateway on `port` has asked each upstream once; before, it is ready, and its tools are unknown."""
    for _ in range(300):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            states = orjson.loads(answer.read())["upstreams"]
        if set(states.values()) == {"ready"}:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the gateway does not know its upstreams: {states}")


def person(servers: Servers) -> Person:
    """Somebody who may read drivers, with a connected client."""

    async def make() -> Person:
        worker = await build_platform(servers.settings, "worker")
        try:
            return await make_person(worker, servers.secrets["jwt_signing_keys"], await make_carrier(worker))
        finally:
            await worker.close()

    return asyncio.run(make())


def gateway_environment(servers: Servers, folder: Path, upstream: str, *, part: str = "gateway-1") -> dict[str, str]:
    """A configuration with one upstream that needs scope, approval and credential; returns the gateway's environment."""
    hashes = {str(tool["name"]): definition_hash(Kind.TOOL, tool) for tool in LIST}
    (folder / "baseline").mkdir(parents=True, exist_ok=True)
    (folder / "baseline" / "lean.json").write_bytes(orjson.dumps({"tool": hashes}))
    (folder / "gateway.toml").write_text(
        f'[[upstream]]\nname = "lean"\ntransport = "http"\nurl = "{upstream}"\nprefix = "lean"\ncredential = "internal"\n'
        f'scope = "{Scope.DRIVERS_READ}"\ntrust = "pinned"\n'
    )
    settings = servers.settings
    return {
        "DOT_HOME": str(folder),
        "DOT_PART": part,
        "DOT_DATABASE_PORT": str(settings.database_port),
        "DOT_VALKEY_PORT": str(settings.valkey_port),
        "DOT_SECRETS_BACKEND": "file",
        "DOT_SECRETS_FILE": str(settings.secrets_file),
        "DOT_GATEWAY_CONFIG": str(folder / "gateway.toml"),
        "DOT_GATEWAY_CALLS_PER_MINUTE": "6000000",
    }


def upstream_command(port: int) -> list[str]:
    """The lean upstream."""
    options = ["--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    patience = ["--timeout-keep-alive", "75"]  # as the API: else it hangs up on connections the gateway is about to use
    return [sys.executable, "-m", "uvicorn", "bench.peers.lean_mcp:app", *options, *patience]


def gateway_command(port: int) -> list[str]:
    """Our gateway."""
    return [sys.executable, "-m", "dot_copilot.gateway", "--port", str(port)]


def settle(servers: Servers, core: int) -> None:
    """Moves this process and the servers to `core`."""
    pin(core)
    for line in (servers.directory / "pg/postmaster.pid").read_text().splitlines()[:1]:
        pin(core, int(line))
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            pin(core, child.pid)
