"""Stand-ins for who watches the platform: one small HTTP server that answers what a test tells it to."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from dot_copilot.features.operations.repository.promql import QUESTION


@dataclass
class Watchers:
    """Prometheus, Alertmanager and the supervisor in one. `answers`: by path, a JSON value or bytes as they are."""

    answers: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    delay_s: float = 0.0
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    url: str = ""
    password: str = ""
    """What it wants to hear, as Prometheus and Alertmanager of a home do; nothing: it answers everybody."""

    def supervise(self, *parts: dict[str, Any], **more: Any) -> None:
        """What `/state` says of the parts."""
        self.answers["/state"] = {"phase": "ready", "url": "", "version": "9.9.9", "parts": list(parts), **more}

    def measure(self, *samples: tuple[str, dict[str, str], float]) -> None:
        """What Prometheus answers to a combined question: (question, labels, value)."""
        result: list[dict[str, Any]] = [
            {"metric": {**labels, QUESTION: question}, "value": [time.time(), str(value)]} for question, labels, value in samples
        ]
        self.answers["/api/v1/query"] = {"status": "success", "data": {"resultType": "vector", "result": result}}


def part(name: str, state: str = "ready", **more: Any) -> dict[str, Any]:
    """A part as the supervisor tells it."""
    usual = {"pid": 1, "port": 1, "restarts": 0, "ready_after_s": 0.5, "detail": "", "task": False, "memory_bytes": 50_000_000}
    return {"name": name, "state": state, **usual, **more}


class Running:
    """The server, on a port of its own, while the `with` lasts."""

    def __init__(self) -> None:
        self.watchers = watchers = Watchers()

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                self._answer(parse_qs(self.rfile.read(length).decode()))

            def _answer(self, form: dict[str, list[str]]) -> None:
                path = self.path.partition("?")[0]
                watchers.asked.append((path, form))
                time.sleep(watchers.delay_s)
                answer = watchers.answers.get(path)
                known = f"Basic {b64encode(f'dot-copilot:{watchers.password}'.encode()).decode()}"
                if watchers.password and self.headers.get("authorization") != known:
                    self.send_error(401)
                    return
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(404 if answer is None else watchers.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        watchers.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Watchers:
        self._thread.start()
        return self.watchers

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
