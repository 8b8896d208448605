"""A whole stack of a test's own, started as a user would start it: `dot-copilot up --detach`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.servers import free_port

COMMAND = [str(Path(sys.executable).with_name("dot-copilot"))]


@dataclass(frozen=True)
class Stack:
    """A running stack."""

    home: Path
    port: int
    tls: bool = False

    @property
    def url(self) -> str:
        """Where nginx listens."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext | bool:
        """What a client checks the certificate with: this home's own authority and no other."""
        return ssl.create_default_context(cafile=str(self.home / "tls/ca.pem")) if self.tls else True

    def account(self, role: str, carrier: str = "Lone Star") -> dict[str, str]:
        """The first demo account of `role` at a carrier whose name starts so."""
        accounts: list[dict[str, str]] = json.loads((self.home / "demo-accounts.json").read_text())
        return next(a for a in accounts if a["role"] == role and a["carrier"].startswith(carrier))

    def parts(self) -> list[dict[str, Any]]:
        """`dot-copilot status --json`."""
        found: list[dict[str, Any]] = json.loads(run("status", "--json", home=self.home).stdout)
        return found


def run(
    *words: str, home: Path, timeout: float = 180, settings: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs `dot-copilot` with words, a home and settings in the environment; raises with its output when it fails."""
    command = [*COMMAND, *words, "--home", str(home)]
    environment = {**os.environ, **(settings or {})}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout, check=False)
    if result.returncode:
        raise RuntimeError(f"dot-copilot {' '.join(words)} failed:\n{result.stdout}\n{result.stderr}")
    return result


@contextlib.contextmanager
def running_stack(*options: str, **settings: str) -> Iterator[Stack]:
    """Starts a stack with demo data in a new home, with `options` of `up` and `settings` (`DOT_...`).

    Stops it and removes the home afterwards.
    """
    home = Path(tempfile.mkdtemp(prefix="dot-copilot-stack-"))
    home.chmod(0o755)
    port = free_port()
    try:
        run("up", "--detach", "--port", str(port), *options, home=home, settings=settings)
        yield Stack(home, port, "--tls" in options)
    finally:
        subprocess.run([*COMMAND, "down", "--home", str(home)], capture_output=True, timeout=60, check=False)
        shutil.rmtree(home, ignore_errors=True)
