"""A receiver of alerts on this machine, as a pager or a chat would be one."""

from __future__ import annotations

import contextlib
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

from tests.support.servers import free_port


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps every alert that was posted to it."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{port}/alerts"
        self.alerts: list[dict[str, Any]] = []

    @property
    def told(self) -> list[tuple[str, str]]:
        """Name and status (`firing`, `resolved`) of every alert, in the order they came."""
        return [(alert["labels"]["alertname"], alert["status"]) for alert in self.alerts]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert isinstance(self.server, Receiver)
        self.server.alerts += body["alerts"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs until the end of the block."""
    receiver = Receiver(free_port())
    thread = threading.Thread(target=receiver.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()
