"""ContextForge (PyPI `mcp-contextforge-gateway`) in an environment of its own, with everything optional switched off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PACKAGE = "mcp-contextforge-gateway"
TOOL = "lean-echo-7"


def install(folder: Path) -> tuple[list[str], str]:
    """Its command and version, or an empty command and why it could not be installed. $BENCH_CONTEXTFORGE names a ready one."""
    ready = os.environ.get("BENCH_CONTEXTFORGE")
    home = Path(ready) if ready else folder / "contextforge"
    if not ready:
        uv = [sys.executable, "-m", "uv"]
        for step in (
            [*uv, "venv", "-q", "--python", sys.executable, str(home)],
            [*uv, "pip", "install", "-q", "--python", str(home / "bin/python"), PACKAGE],
        ):
            done = subprocess.run(step, capture_output=True, text=True, timeout=900, check=False)
            if done.returncode:
                return [], (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    question = f"import importlib.metadata as m; print(m.version('{PACKAGE}'))"
    version = subprocess.run([home / "bin/python", "-c", question], capture_output=True, text=True, check=True).stdout.strip()
    return [str(home / "bin/mcpgateway"), "--host", "127.0.0.1", "--port"], version


def environment(folder: Path) -> dict[str, str]:
    """SQLite, no sign-in, no pages, no plugins, no limits, no cache, errors only in the log."""
    secret = "bench-only-and-long-enough-0123456789-Aa"
    off = (
        "AUTH_REQUIRED",
        "MCPGATEWAY_UI_ENABLED",
        "PLUGINS_ENABLED",
        "OBSERVABILITY_ENABLED",
        "USE_STATEFUL_SESSIONS",
        "REQUIRE_STRONG_SECRETS",
    )
    off_too = ("RATE_LIMITING_ENABLED", "MCPGATEWAY_ADMIN_API_ENABLED", "STRUCTURED_LOGGING_DATABASE_ENABLED")
    on = ("SSRF_ALLOW_LOCALHOST", "SSRF_ALLOW_PRIVATE_NETWORKS", "JSON_RESPONSE_ENABLED", "ALLOW_UNAUTHENTICATED_ADMIN")
    passwords = (
        "BASIC_AUTH_PASSWORD",
        "PLATFORM_ADMIN_PASSWORD",
        "DEFAULT_USER_PASSWORD",
        "JWT_SECRET_KEY",
        "AUTH_ENCRYPTION_SECRET",
    )
    return {
        **dict.fromkeys((*off, *off_too), "false"),
        **dict.fromkeys(on, "true"),
        **dict.fromkeys(passwords, secret),
        "PLATFORM_ADMIN_EMAIL": "admin@example.com",
        "DATABASE_URL": f"sqlite:///{folder}/contextforge.db",
        "CACHE_TYPE": "none",
        "LOG_LEVEL": "ERROR",
        "TOOL_RATE_LIMIT": "1000000",
    }


def register(port: int, upstream: str) -> None:
    """Adds the upstream, and waits until its tools are there."""
    body = json.dumps({"name": "lean", "url": upstream, "transport": "STREAMABLEHTTP"}).encode()
    base = f"http://127.0.0.1:{port}"
    request = urllib.request.Request(f"{base}/gateways", body, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=60).read()
    for _ in range(120):
        if len(json.loads(urllib.request.urlopen(f"{base}/tools?limit=5", timeout=30).read())) > 0:
            return
        time.sleep(0.5)
    raise RuntimeError("ContextForge lists no tools of the upstream")
