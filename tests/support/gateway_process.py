"""One real gateway process, with the configuration that is shipped, before a real API process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from msgspec import Struct

from tests.support.api_process import api_environment
from tests.support.servers import Servers, free_port

CONFIG = Path(__file__).resolve().parents[2] / "deploy" / "gateway" / "gateway.toml"


class GatewayProcess(Struct):
    """`seconds`: from its start until it was ready."""

    base: str
    process: subprocess.Popen[bytes]
    seconds: float
    log: Path

    @property
    def url(self) -> str:
        return f"{self.base}/mcp"

    @property
    def megabytes(self) -> float:
        """Resident memory now."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the process has gone")


@contextlib.contextmanager
def gateway_process(servers: Servers, api: str, part: str = "gateway-1", **settings: str) -> Iterator[GatewayProcess]:
    """Runs `dot_copilot.gateway` before the API at `api`; yields it once it is ready. `settings`: more of its environment."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    log = servers.directory / f"{part}-{port}.log"
    own = {"DOT_GATEWAY_CONFIG": str(CONFIG), "DOT_MCP_SERVERS": f"{api}/internal/mcp", "DOT_PART": part, **settings}
    started = time.monotonic()
    with log.open("wb") as out:
        command = [sys.executable, "-m", "dot_copilot.gateway", "--port", str(port)]
        process = subprocess.Popen(command, env={**api_environment(servers), **own}, stdout=out, stderr=out)
    try:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{base}/readyz", trust_env=False).status_code == 200:
                    break
            if process.poll() is not None or time.monotonic() - started > 30:
                raise RuntimeError(f"the gateway is not ready: {log.read_text()[-2000:]}")
            time.sleep(0.02)
        yield GatewayProcess(base, process, time.monotonic() - started, log)
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
