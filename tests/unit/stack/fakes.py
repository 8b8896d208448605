"""Topologies of fake parts, and a supervisor that records what happens to them."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dot_copilot.stack import environment
from dot_copilot.stack.engine import Supervisor, Surroundings
from dot_copilot.stack.model import HttpProbe, Part, State, Timing
from dot_copilot.stack.runner import Runner
from tests.support.servers import free_port

PROGRAM = Path(__file__).with_name("fake_part.py")
QUICK = Timing(
    poll_s=0.01,
    watch_s=0.05,
    probe_timeout_s=0.2,
    strikes=2,
    hung_s=0.9,
    backoff_first_s=0.05,
    backoff_most_s=0.2,
    stable_s=5,
    attempts=3,
)


def server(name: str, *words: str, after: Sequence[str] = (), **changes: Any) -> Part:
    """A fake server with a readiness and a liveness probe."""
    port = free_port()
    part = Part(
        name=name,
        command=(sys.executable, str(PROGRAM), "--port", str(port), *words),
        after=tuple(after),
        port=port,
        ready=(HttpProbe(port),),
        live=HttpProbe(port, "/live"),
        stop_timeout_s=2,
        start_timeout_s=10,
    )
    return replace(part, **changes)


def task(name: str, *words: str, after: Sequence[str] = (), **changes: Any) -> Part:
    """A fake one-shot."""
    part = Part(name=name, command=(sys.executable, str(PROGRAM), *words), after=tuple(after), task=True)
    return replace(part, **changes)


@dataclass
class World:
    """A supervisor, and the changes it reported: (seconds, part, state, pid)."""

    supervisor: Supervisor
    events: list[tuple[float, str, State, int | None]] = field(default_factory=list)

    def runner(self, name: str) -> Runner:
        return self.supervisor.runners[name]

    def states(self, name: str) -> list[State]:
        """The part's states, one after the other."""
        found: list[State] = []
        for _, part, state, _ in self.events:
            if part == name and (not found or found[-1] != state):
                found.append(state)
        return found

    def when(self, name: str, state: State) -> float:
        """When the part first was in this state."""
        return next(at for at, part, seen, _ in self.events if part == name and seen == state)

    def pids(self, name: str) -> list[int]:
        """Every pid the part has had."""
        return list(dict.fromkeys(pid for _, part, _, pid in self.events if part == name and pid is not None))

    async def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Wait for the condition; fail if it does not come true."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - the condition is about other processes
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def world(
    directory: Path, *parts: Part, timing: Timing = QUICK, secrets: dict[str, str] | None = None
) -> AsyncIterator[World]:
    """A supervisor of `parts` that has not started; it is stopped at the end, whatever happened."""
    surroundings = Surroundings(
        directory=directory,
        logs=directory,
        secret=(secrets or {}).__getitem__,
        base_environment=environment.base(),
        timing=timing,
    )
    events: list[tuple[float, str, State, int | None]] = []
    supervisor = Supervisor(
        parts, surroundings, lambda runner: events.append((time.monotonic(), runner.part.name, runner.state, runner.pid))
    )
    try:
        yield World(supervisor, events)
    finally:
        await supervisor.stop()
