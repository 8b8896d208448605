"""Parts that are forked from the nursery are like any other: children of the supervisor, with their own name and log."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dot_copilot.stack.home import Home
from dot_copilot.stack.nursery import changed_since
from tests.unit.stack.processes import is_alive, is_back, new_home, part_pid, supervised, wait_for


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


@pytest.fixture
def supervisor(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    with supervised(home, "nursery") as process:
        yield process


def nursery(home: Home) -> int:
    return int((home.root / "nursery").read_text())


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()


def test_a_part_is_the_supervisors_child_and_shows_its_own_name(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    pid = part_pid(home)
    assert parent(pid) == supervisor.pid
    assert os.getsid(pid) == pid
    assert command(pid).startswith("dot-copilot one: python -m tests.unit.stack.fake_part --port")
    assert command(nursery(home)) == "dot-copilot nursery"
    assert os.readlink(f"/proc/{pid}/fd/0") == "/dev/null"
    assert not any("pipe:" in os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()), "no way back to the nursery"


def test_a_part_has_its_own_environment_and_log(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    assert home.log("one").read_text() == "started with hush\n"
    assert home.log("nursery").read_text() == ""


def test_a_killed_part_is_born_again(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    first = part_pid(home)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: is_back(home))
    assert parent(part_pid(home)) == supervisor.pid
    assert command(part_pid(home)).startswith("dot-copilot one")


def test_without_its_nursery_a_part_lives_on_and_starts_alone(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    first = part_pid(home)
    os.kill(nursery(home), signal.SIGKILL)
    wait_for(lambda: not is_alive(nursery(home)))
    assert is_alive(first)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: is_back(home))
    assert "fake_part.py" in command(part_pid(home)), "started by its command"


def test_the_nursery_ends_with_the_supervisor(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(10) == 0
    assert not is_alive(nursery(home))


def test_the_nursery_ends_with_a_killed_supervisor(home: Home, supervisor: subprocess.Popen[bytes]) -> None:
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: not is_alive(nursery(home)))


def test_code_that_changed_is_not_served_from_memory(tmp_path: Path) -> None:
    file = tmp_path / "package" / "module.py"
    file.parent.mkdir()
    file.write_text("x = 1")
    written = file.stat().st_mtime
    assert changed_since(written, tmp_path)
    assert not changed_since(written + 1, tmp_path)
