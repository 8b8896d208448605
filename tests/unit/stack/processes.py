"""Supervisors in processes of their own, and ways to wait for what they do."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dot_copilot.stack import binaries, pids, state
from dot_copilot.stack.home import Home
from dot_copilot.stack.report import current

PROGRAM = Path(__file__).with_name("supervise_fakes.py")


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until it is true; fail if it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether a process has this pid (a zombie has not)."""
    return pids.start_ticks(pid) is not None


def new_home(directory: Path) -> Home:
    """A home with just the directories that a supervisor of fakes needs."""
    found = Home(directory)
    found.run.mkdir()
    found.logs.mkdir()
    return found


@contextlib.contextmanager
def supervised(home: Home, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor whose part is ready."""
    environment = {**os.environ, "PYTHONPATH": str(binaries.repository_root())}
    command = [sys.executable, str(PROGRAM), str(home.root), str(home.root / "child"), *words]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(lambda: bool((found := state.load(home)) and found.parts and found.parts[0].state == "ready"))
        yield process
    finally:
        process.kill()
        process.wait()


def part_pid(home: Home) -> int:
    """The pid of the only part."""
    pid = current(home).parts[0].pid
    assert pid is not None
    return pid


def is_back(home: Home) -> bool:
    """Whether the part has been started again and is ready."""
    part = current(home).parts[0]
    return part.restarts == 1 and part.state == "ready"
