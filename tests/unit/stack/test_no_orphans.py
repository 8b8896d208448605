"""No process survives its supervisor, however that one ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dot_copilot.stack import binaries, leftovers, pids, state
from dot_copilot.stack.home import Home
from dot_copilot.stack.report import current
from dot_copilot.stack.state import PartState

PROGRAM = Path(__file__).with_name("supervise_fakes.py")


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    return pids.start_ticks(pid) is not None


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path)
    found.run.mkdir()
    found.logs.mkdir()
    return found


@pytest.fixture
def supervisor(home: Home, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A ready supervisor with one part."""
    environment = {**os.environ, "PYTHONPATH": str(binaries.repository_root())}
    process = subprocess.Popen([sys.executable, str(PROGRAM), str(tmp_path), str(tmp_path / "child")], env=environment)
    try:
        wait_for(lambda: bool((found := state.load(home)) and found.parts and found.parts[0].state == "ready"))
        yield process
    finally:
        process.kill()
        process.wait()


def part_pid(home: Home) -> int:
    pid = current(home).parts[0].pid
    assert pid is not None
    return pid


def test_a_grandchild_that_left_the_group_is_ended_when_its_part_crashes(
    home: Home, tmp_path: Path, supervisor: subprocess.Popen[bytes]
) -> None:
    grandchild, part = int((tmp_path / "child").read_text()), part_pid(home)
    assert is_alive(grandchild)
    os.kill(part, signal.SIGKILL)
    wait_for(lambda: current(home).parts[0].restarts == 1 and current(home).parts[0].state == "ready")
    assert not is_alive(grandchild)


def test_sigterm_leaves_nothing(home: Home, tmp_path: Path, supervisor: subprocess.Popen[bytes]) -> None:
    grandchild, part = int((tmp_path / "child").read_text()), part_pid(home)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(10) == 0
    assert not is_alive(part)
    assert not is_alive(grandchild)


def test_kill_9_of_the_supervisor_takes_its_parts_along(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    part = part_pid(home)
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: not is_alive(part), 5)
    shown = current(home)
    assert not shown.running
    assert [(one.state, one.pid) for one in shown.parts] == [("stopped", None)]


@pytest.fixture
def stubborn() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ignores SIGTERM."""
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    process.wait()
    process.stdout.close()


def left(pid: int, started: int | None) -> PartState:
    return PartState("one", "ready", pid, None, 0, 0.1, started=started)


def test_leftovers_that_do_not_listen_are_killed(home: Home, stubborn: subprocess.Popen[bytes]) -> None:
    state.save(home, "ready", "", [left(stubborn.pid, pids.start_ticks(stubborn.pid))])
    assert leftovers.clear(home, natural_s=0.1, patience_s=0.2) == ["one"]
    assert stubborn.wait(5) == -signal.SIGKILL


def test_a_stranger_with_the_same_pid_is_left_alone(home: Home, stubborn: subprocess.Popen[bytes]) -> None:
    started = pids.start_ticks(stubborn.pid)
    assert started is not None
    state.save(home, "ready", "", [left(stubborn.pid, started - 1)])
    assert leftovers.clear(home, natural_s=0.1, patience_s=0.2) == []
    assert stubborn.poll() is None


def test_a_zombie_is_not_running(stubborn: subprocess.Popen[bytes]) -> None:
    started = pids.start_ticks(stubborn.pid)
    assert started is not None
    assert pids.is_running(stubborn.pid, started)
    stubborn.kill()
    wait_for(lambda: pids.start_ticks(stubborn.pid) is None)
    assert not pids.is_running(stubborn.pid, started)


def test_status_of_a_dead_supervisor_is_stopped_but_tasks_stay_done(home: Home) -> None:
    parts = [left(1, 5), replace(left(2, 5), name="migrate", state="done", task=True)]
    state.save(home, "ready", "http://localhost:1", parts)
    text = home.state_file.read_text().replace(f'"supervisor": {os.getpid()}', '"supervisor": 999999999')
    home.state_file.write_text(text)
    assert [part.state for part in current(home).parts] == ["stopped", "done"]
