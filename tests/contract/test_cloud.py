"""The container of a cloud: one port, the same door as at home, and everything behind it kept running."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from dot_copilot import __version__
from dot_copilot.cloud import door, parts
from dot_copilot.stack.parts import nginx
from tests.support.api_process import api_environment
from tests.support.servers import Servers, free_port

PAGES = "https://app.example.com"


def row_of_ports() -> int:
    """The first of five ports in a row that nobody listens on."""
    while True:
        first = free_port()
        with contextlib.ExitStack() as held:
            try:
                for port in range(first, first + 5):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except (OSError, OverflowError):
                continue
            return first


class Container:
    def __init__(self, process: subprocess.Popen[bytes], port: int, first: int, log: Path) -> None:
        self.process, self.first, self.log = process, first, log
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5)

    def parts(self) -> dict[str, psutil.Process]:
        """Its processes by what they run."""
        words = {"api": "dot_copilot.serve", "worker": "dot_copilot.worker", "gateway": "dot_copilot.gateway"}
        words |= {"valkey": "valkey-server", "nginx": "nginx"}
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                line = " ".join(child.cmdline())
                found |= {name: child for name, word in words.items() if word in line}
        return found

    def until(self, good: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError, KeyError):
                if good():
                    return
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-3000:])


@pytest.fixture(scope="module")
def container(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    directory, port, first = tmp_path_factory.mktemp("container"), free_port(), row_of_ports()
    environment = {name: value for name, value in api_environment(servers).items() if not name.startswith("DOT_VALKEY")}
    environment |= {
        "DOT_CLOUD_FIRST_PORT": str(first),
        "DOT_HOME": str(directory),
        "DOT_PUBLIC_URL": "https://api.example.com",
        "DOT_WEB_URL": PAGES,
        "DOT_TELEMETRY": "none",
        "WEBSITE_INSTANCE_ID": "0123456789abcdef0123456789abcdef",
    }
    log = directory / "container.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dot_copilot.cloud", "--port", str(port)], env=environment, stdout=out, stderr=out
        )
    running = Container(process, port, first, log)
    try:
        running.until(lambda: running.client.get("/readyz").status_code == 200)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def test_it_is_ready_through_its_door_and_says_which_version_it_is(container: Container) -> None:
    assert container.client.get("/healthz").json() == {"status": "ok", "version": __version__}
    ready = container.client.get("/readyz").json()
    assert ready["parts"] == {"database": "ok", "valkey": "ok", "blobs": "ok", "secrets": "ok"}
    assert set(container.parts()) == {"valkey", "api", "worker", "gateway", "nginx"}


def test_assistants_find_the_gateway_at_the_same_door(container: Container) -> None:
    container.until(lambda: container.client.post("/mcp", json={}).status_code == 401)
    answer = container.client.post("/mcp", json={}, headers={"Host": "api.example.com"})
    assert answer.status_code == 401
    assert "https://api.example.com/.well-known/oauth-protected-resource" in answer.headers["WWW-Authenticate"]
    assert container.client.get("/.well-known/oauth-protected-resource").json()["resource"] == "https://api.example.com/mcp"


@pytest.mark.parametrize("claimed", ["127.0.0.1", "127.0.0.1, 198.51.100.7:4711", "10.0.0.1, 198.51.100.7"])
def test_inner_doors_stay_closed_whatever_a_caller_claims(container: Container, claimed: str) -> None:
    for path in ("/internal/mcp", "/metrics"):
        assert container.client.post(path, headers={"X-Forwarded-For": claimed}).status_code == 404


def test_the_callers_address_is_what_the_front_end_says_last(container: Container) -> None:
    """Sixty registrations at once are too many for one caller; another one is not held up by them."""

    def register(last: str) -> int:
        return container.client.post("/oauth/register", json={}, headers={"X-Forwarded-For": f"203.0.113.99, {last}"}).status_code

    assert 429 in [register("198.51.100.7:4711") for _ in range(60)]
    assert register("198.51.100.8:4711") == 400


def test_our_pages_at_another_origin_may_show_documents_and_nobody_elses(container: Container) -> None:
    answer = container.client.get("/api/v1/documents/content/none")
    assert f"frame-ancestors 'self' {PAGES}" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert container.client.get("/api/v1/me").headers["X-Frame-Options"] == "DENY"
    assert PAGES in container.client.get("/").text


def test_our_pages_at_another_origin_may_refresh_and_others_may_not(container: Container) -> None:
    def refresh(origin: str, site: str) -> int:
        return container.client.post("/api/v1/auth/refresh", headers={"Origin": origin, "Sec-Fetch-Site": site}).status_code

    assert refresh(PAGES, "same-site") == 401, "it is let in, and has no cookie"
    assert refresh("https://evil.example.com", "same-site") == 403
    assert refresh(PAGES, "cross-site") == 403


def test_a_part_that_dies_is_started_again(container: Container) -> None:
    before = container.parts()
    before["api"].kill()
    container.until(
        lambda: container.parts()["api"].pid != before["api"].pid and container.client.get("/readyz").status_code == 200
    )
    after = container.parts()
    assert {name for name in after if after[name].pid != before[name].pid} == {"api"}


def test_it_stops_with_everything_it_started(container: Container) -> None:
    children = psutil.Process(container.process.pid).children(recursive=True)
    assert len(children) >= 5
    container.process.send_signal(signal.SIGTERM)
    assert container.process.wait(30) == 0
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive


def test_what_it_cannot_start_with_is_a_sentence() -> None:
    def start(**environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOT_")}
        command = [sys.executable, "-m", "dot_copilot.cloud"]
        return subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, timeout=60, check=False)

    unresolved = start(SOMETHING="@Microsoft.KeyVault(SecretUri=https://x)")
    assert unresolved.returncode == 1
    assert "did not resolve the secret behind SOMETHING" in unresolved.stderr
    assert "DOT_KEYVAULT_URL and DOT_KEYVAULT_PEOPLE_URL are not set" in start(DOT_SECRETS_BACKEND="keyvault").stderr
    assert "DOT_CLOUD_PARTS names web; there are api, worker, gateway" in start(DOT_CLOUD_PARTS="api,web").stderr


def test_each_instance_has_a_spool_of_its_own_on_the_shared_disk() -> None:
    ports = parts.Ports.read({})
    one, other = (
        parts.application(("gateway",), ports, {"DOT_GATEWAY_SPOOL": "/home/spool", "WEBSITE_INSTANCE_ID": name * 64})[0]
        for name in ("a", "b")
    )
    assert one.environment["DOT_GATEWAY_SPOOL"] == "/home/spool/aaaaaaaaaaaaaaaa"
    assert other.environment["DOT_GATEWAY_SPOOL"] != one.environment["DOT_GATEWAY_SPOOL"]


def test_the_headers_file_still_has_what_is_changed_in_it() -> None:
    text = (nginx.templates() / "headers.conf").read_text()
    assert PAGES in door.across_origins(text, PAGES)
    assert door.across_origins(text, "") == text
    with pytest.raises(ValueError, match="has changed"):
        door.across_origins(text.replace("same-origin always;", "cross-origin always;").replace("'self'\";", "'none'\";"), PAGES)
