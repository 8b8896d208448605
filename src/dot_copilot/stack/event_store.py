"""Where raw event documents go, for `dot-copilot doctor`: what the settings say and, of a stack that runs, whether it answers."""

from __future__ import annotations

import asyncio
import importlib.util
import os

from dot_copilot.stack import report, wire
from dot_copilot.stack.errors import ProbeError
from dot_copilot.stack.home import Home
from dot_copilot.stack.state import Snapshot

_NAMES = {"postgres": "PostgreSQL", "mongodb": "MongoDB"}
_SETTING = "set DOT_EVENT_DOCUMENTS to 'postgres' or 'mongodb', or leave it out"
_EXTRA = "run: pip install 'dot-copilot[mongodb]', or leave DOT_EVENT_DOCUMENTS out"
_SILENT = "look at the part's log; while it is silent, webhooks are answered 503 and come again"


def look(home: Home) -> tuple[bool, str, str]:
    """Whether all is well, what was found, and what to do if it is not."""
    snapshot = report.current(home)
    if not snapshot.running:
        return _configured()
    running = _ask(snapshot)
    if running is None:
        return False, "no API process tells", _SILENT
    chosen = "mongodb" if "event_documents" in running else "postgres"
    state = running.get("event_documents", running.get("database", "unknown"))
    return state == "ok", f"{_NAMES[chosen]}, {'answers' if state == 'ok' else state}", _SILENT


def _configured() -> tuple[bool, str, str]:
    chosen = os.environ.get("DOT_EVENT_DOCUMENTS") or "postgres"
    if chosen not in _NAMES:
        return False, f"DOT_EVENT_DOCUMENTS is '{chosen}'", _SETTING
    if chosen == "mongodb" and importlib.util.find_spec("pymongo") is None:
        return False, "MongoDB, but pymongo is not installed", _EXTRA
    return True, f"{_NAMES[chosen]} (no stack runs here)", ""


def _ask(snapshot: Snapshot) -> dict[str, str] | None:
    """What an API process says of its dependencies; None without one that answers."""
    for part in snapshot.parts:
        if part.name.startswith("api-") and part.pid is not None and part.port:
            try:
                answer = asyncio.run(asyncio.wait_for(wire.request(part.port, "GET", "/readyz"), 5))
                parts: dict[str, str] = answer.json()["parts"]
            except (OSError, ProbeError, TimeoutError, ValueError, KeyError, TypeError):
                continue
            return parts
    return None
