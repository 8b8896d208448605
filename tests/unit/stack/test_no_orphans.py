"""No process survives its supervisor, however that one ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dot_copilot.stack import leftovers, pids, state
from dot_copilot.stack.home import Home
from dot_copilot.stack.report import current
from dot_copilot.stack.state import PartState
from tests.unit.stack.processes import is_alive, is_back, new_home, part_pid, supervised, wait_for


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture(params=["alone", "nursery"])
def supervisor(home: Home, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A ready supervisor with one part, started by itself or forked from a nursery."""
    with supervised(home, request.param) as process:
        yield process


def test_a_grandchild_that_left_the_group_is_ended_when_its_part_crashes(
    home: Home, tmp_path: Path, supervisor: subprocess.Popen[bytes]
) -> None:
    grandchild, part = int((tmp_path / "child").read_text()), part_pid(home)
    assert is_alive(grandchild)
    os.kill(part, signal.SIGKILL)
    wait_for(lambda: is_back(home))
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
