"""One real API process on a free port, for clients that need a socket."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

from tests.support.servers import Servers, free_port


def api_environment(servers: Servers) -> dict[str, str]:
    """The environment of an API or worker process that uses the test servers."""
    settings = servers.settings
    return {
        **os.environ,
        "DOT_HOME": str(settings.home),
        "DOT_DATABASE_PORT": str(settings.database_port),
        "DOT_VALKEY_PORT": str(settings.valkey_port),
        "DOT_BLOB_ENDPOINT": settings.blob_endpoint,
        "DOT_GITHUB_API": settings.github_api,
        "DOT_SECRETS_BACKEND": "file",
        "DOT_SECRETS_FILE": str(settings.secrets_file),
    }


@contextlib.contextmanager
def api_process(servers: Servers, **settings: str) -> Iterator[str]:
    """Runs `dot_copilot.serve`, with further settings of the environment; yields its base URL once it is ready."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    log = servers.directory / f"api-{port}.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "dot_copilot.serve", "--port", str(port)]
        process = subprocess.Popen(command, env={**api_environment(servers), **settings}, stdout=out, stderr=out)
    try:
        for _ in range(300):
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{base}/readyz", trust_env=False).status_code == 200:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"the API ended at once: {log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield base
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
