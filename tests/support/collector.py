"""A stand-in for a telemetry collector on the loopback interface: it takes everything, or misbehaves in a chosen way."""

from __future__ import annotations

import contextlib
import gzip
import http.server
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Mood = Literal["good", "slow", "refuses", "silent", "down"]


@dataclass
class Collector:
    """`received` are (path, body) in the order they came; `mood` may be changed while it runs."""

    url: str
    mood: Mood
    received: list[tuple[str, bytes]] = field(default_factory=list)

    def bodies(self, path: str) -> list[bytes]:
        """What came for a path that ends so."""
        return [body for where, body in list(self.received) if where.endswith(path)]

    def envelopes(self) -> list[dict[str, Any]]:
        """What Application Insights would have taken."""
        return [envelope for body in self.bodies("/track") for envelope in json.loads(body)]

    def wait(self, path: str, seconds: float = 10) -> list[bytes]:
        """As `bodies`, once there is one."""
        deadline = time.monotonic() + seconds
        while not (found := self.bodies(path)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found


def _handler(collector: Collector) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            if collector.mood == "slow":
                time.sleep(1.5)
            answer, status = b"", 200
            if collector.mood == "refuses":
                status = 500
            else:
                collector.received.append((self.path, body))
                if self.path.endswith("/track"):
                    number = len(json.loads(body))
                    answer = json.dumps({"itemsReceived": number, "itemsAccepted": number, "errors": []}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody who did not wait for a slow answer."""


@contextlib.contextmanager
def running_collector(mood: Mood = "good") -> Iterator[Collector]:
    """Runs one until the block ends."""
    if mood in ("silent", "down"):
        with socket.socket() as deaf:
            deaf.bind(("127.0.0.1", 0))
            if mood == "silent":
                deaf.listen(64)  # the kernel accepts, and nobody ever reads
            yield Collector(f"http://127.0.0.1:{deaf.getsockname()[1]}", mood)
        return
    collector = Collector("", mood)
    server = _Server(("127.0.0.1", 0), _handler(collector))
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
