"""nginx with our configuration in front of a small upstream, for tests that ask it things."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import json
import posixpath
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from dot_copilot.stack import binaries, environment, process
from dot_copilot.stack.colours import GREEN, NAMES, Standing
from dot_copilot.stack.home import Home
from dot_copilot.stack.parts.nginx import Gateway, NginxHooks, Upstreams
from dot_copilot.stack.parts.switch import Switch
from dot_copilot.stack.tls import Certificates
from tests.support.servers import free_port

METRICS = b"# TYPE told_to_anybody gauge\n"
"""What an upstream answers that would tell metrics on the port nginx talks to, which ours never do."""
ROWS = json.dumps({"items": ["row"] * 2000}).encode()


class _Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        server = self.server
        assert isinstance(server, _Server)
        server.seen.append((self.command, self.path, dict(self.headers)))
        if self.path == "/mcp" and self.headers.get("Mcp-Method") == "listen":
            self._trickle()
            return
        if self.path == "/api/v1/die" or self.headers.get("Mcp-Method") == "die":
            self.close_connection = True
            return
        answer = ROWS if self.path == "/api/v1/rows" else body or b"{}"
        if posixpath.normpath(unquote(self.path.partition("?")[0])) == "/metrics":
            answer = METRICS
        self.send_response(200)
        if self.path.startswith("/api/v1/own"):
            self.send_header("Content-Security-Policy", "default-src 'none'; own")
            self.send_header("Cache-Control", "private, max-age=5")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(2):
            self.wfile.write(b"data: %d\n\n" % number)
            self.wfile.flush()
            time.sleep(0.5)

    do_GET = do_POST = do_HEAD = do_PUT = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Api)
        self.seen: list[tuple[str, str, dict[str, str]]] = []


@dataclass
class Door:
    """nginx, and what stands behind it. The second of `apis` is the other colour's; `switch` sends everybody there."""

    home: Home
    port: int
    metrics_port: int
    apis: list[_Server]
    dead_port: int
    process: subprocess.Popen[bytes] = field(repr=False)
    switch: Switch

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, *, port: int = 0
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def web(root: Path) -> Path:
    dist = root / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>app</title>")
    (dist / "assets" / "index-abc123.js").write_text("console.log('x');" * 500)
    return dist


@contextlib.contextmanager
def open_door(root: Path, certificates: Certificates | None = None) -> Iterator[Door]:
    """For each colour a living upstream and a port where nothing listens; a strict limit on sign-in; TLS with `certificates`."""
    home, port, dead, metrics_port = Home(root / "home"), free_port(), free_port(), free_port()
    home.create()
    apis = [_Server(free_port()) for _ in NAMES]
    for api in apis:
        threading.Thread(target=api.serve_forever, daemon=True).start()
    gateway = Gateway(
        general_rate=1000, general_burst=1000, login_rate=1, login_burst=4, largest_body="1m", largest_message="64k", workers=1
    )
    both, dist = [dead, apis[0].server_port], web(root)
    inner = {"nginx-metrics": metrics_port, **dict.fromkeys(NAMES[GREEN].all, dead)}
    inner |= {names[-1]: apis[1].server_port for names in (NAMES[GREEN].api, NAMES[GREEN].gateways)}
    switch = Switch(home, inner, Standing, lambda: dist)
    hooks = NginxHooks(
        home, port, Upstreams(both, both), gateway, dist, metrics_port=metrics_port, tls=certificates, switch=switch
    )
    # The coroutine awaits nothing, so it can be run to its end by hand, whatever loop the test session has.
    with contextlib.suppress(StopIteration):
        hooks.prepare().send(None)
    command = [str(binaries.nginx()), "-p", f"{home.nginx}/", "-c", "nginx.conf", "-e", "stderr"]
    with (root / "nginx.log").open("wb") as log:
        running = subprocess.Popen(command, env=environment.base(), stdout=log, stderr=log)
    found = Door(home, port, metrics_port, apis, dead, running, switch)
    for _ in range(200):
        with contextlib.suppress(OSError):
            found.ask("GET", "/")
            break
        time.sleep(0.02)
    yield found
    running.terminate()
    running.wait()
    for api in apis:
        api.shutdown()
        api.server_close()
    assert not process.watched
