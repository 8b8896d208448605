"""What the doctor says of raw event documents: which store is chosen, and whether it answers where a stack runs."""

from __future__ import annotations

import importlib.util
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dot_copilot.stack import event_store, state
from dot_copilot.stack.home import Home
from dot_copilot.stack.state import PartState
from tests.support.servers import free_port


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("DOT_EVENT_DOCUMENTS", raising=False)
    home = Home(tmp_path / "home")
    home.create()
    return home


@contextmanager
def running(home: Home, parts: dict[str, str] | None) -> Iterator[None]:
    """A stack of which one API process says this of its dependencies, or nothing at all."""

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"parts": parts}).encode() if parts else b"not JSON"
            self.send_response(200 if parts and set(parts.values()) == {"ok"} else 503)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    gone = PartState("api-1", "failed", os.getpid(), free_port(), 0, None)
    try:
        state.save(home, "ready", "http://x", [gone, PartState("api-2", "ready", os.getpid(), server.server_port, 0, 0.1)])
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_without_a_stack_the_setting_tells(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert event_store.look(home) == (True, "PostgreSQL (no stack runs here)", "")
    monkeypatch.setenv("DOT_EVENT_DOCUMENTS", "mongodb")
    assert event_store.look(home) == (True, "MongoDB (no stack runs here)", "")


def test_what_is_wrong_with_the_setting_is_told_with_its_remedy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOT_EVENT_DOCUMENTS", "couchdb")
    ok, found, remedy = event_store.look(home)
    assert (ok, found) == (False, "DOT_EVENT_DOCUMENTS is 'couchdb'")
    assert "'postgres' or 'mongodb'" in remedy
    monkeypatch.setenv("DOT_EVENT_DOCUMENTS", "mongodb")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    ok, found, remedy = event_store.look(home)
    assert (ok, found) == (False, "MongoDB, but pymongo is not installed")
    assert "pip install 'dot-copilot[mongodb]'" in remedy


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"database": "ok", "blobs": "ok"}, (True, "PostgreSQL, answers")),
        ({"database": "ok", "event_documents": "ok"}, (True, "MongoDB, answers")),
        (
            {"database": "ok", "event_documents": "not answering (ConnectionError)"},
            (False, "MongoDB, not answering (ConnectionError)"),
        ),
        ({"database": "not answering (OSError)"}, (False, "PostgreSQL, not answering (OSError)")),
        (None, (False, "no API process tells")),
    ],
)
def test_a_running_stack_is_asked_itself_whatever_is_set_here(
    home: Home, monkeypatch: pytest.MonkeyPatch, parts: dict[str, str] | None, found: tuple[bool, str]
) -> None:
    monkeypatch.setenv("DOT_EVENT_DOCUMENTS", "couchdb")
    with running(home, parts):
        assert event_store.look(home)[:2] == found
