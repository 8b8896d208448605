"""As `bench.untold`, for a process of the MCP gateway: `python -m bench.untold_gateway --port 8201`."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from bench.untold import PLACES as OF_THE_API
from dot_copilot import gateway
from dot_copilot.core import database
from dot_copilot.core.telemetry import asgi
from dot_copilot.mcp.gateway import figures
from dot_copilot.mcp.gateway.modern import lane


class _Unfollowed:
    """A call without ids and times; what the lane writes down of it is of no use to anybody.

    Whoever tells everything again when it ends counts nothing of it: it has begun too long ago.
    """

    trace_id = line = b""
    started = sent = answered = ended = asked = status = 0
    sampled = False
    made = None

    def __init__(self, *_: object) -> None:
        pass

    def finish(self, *_: object) -> None:
        """Nothing is kept."""


def _nothing(*_: object) -> None:
    return None


def _no_time() -> int:
    return 0


async def _plain(self: asgi.Traced, scope: Any, receive: Any, send: Any) -> None:
    await self._app(scope, receive, send)


PLACES: list[tuple[Any, str, Any]] = [
    *(place for place in OF_THE_API if place[0] in (database, database.Database)),
    (asgi.Traced, "__call__", _plain),
    (figures.Called, "ended", _nothing),
    (lane, "Followed", _Unfollowed),
    (lane, "perf_counter_ns", _no_time),
    (lane.Lane, "_followed", _nothing),
]


def _turn_at_signals(file: Path) -> None:
    """As `bench.untold.Switch`."""
    telling = [(owner, name, getattr(owner, name)) for owner, name, _ in PLACES]

    def turn(*_: object) -> None:
        side = file.read_text()
        for owner, name, instead in PLACES if side == "untold" else telling:
            setattr(owner, name, instead)
        file.with_suffix(".now").write_text(side)

    signal.signal(signal.SIGUSR1, turn)


if __name__ == "__main__":
    _turn_at_signals(Path(os.environ["BENCH_SIDE"]))
    gateway.main()
