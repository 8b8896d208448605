"""However a supervisor ends, nothing is left of its stack, nothing is lost, and the next start works."""

from __future__ import annotations

import contextlib
import os
import pty
import pwd
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.stacks import COMMAND, OWN_ENVIRONMENT, StackUnderTest, new_stack, open_directory, wait_for
from tests.support.servers import free_port

pytestmark = [pytest.mark.drill, pytest.mark.asyncio]


@pytest.fixture(scope="module")
def warm() -> Iterator[StackUnderTest]:
    """A home that has been started once, so that every start below is a warm one."""
    with new_stack() as found:
        found.up()
        found.down()
        yield found


@pytest.fixture
def stack(warm: StackUnderTest) -> Iterator[StackUnderTest]:
    """A stopped stack; whatever a test does, nothing runs after it."""
    yield warm
    warm.down()


async def test_kill_9_of_the_supervisor_and_a_new_start(stack: StackUnderTest) -> None:
    stack.up()
    await stack.sql("CREATE TABLE kept AS SELECT 7 AS id")
    with stack.cache() as cache:
        cache.set("kept", 7)
    before = stack.parts()
    os.kill(stack.supervisor, signal.SIGKILL)
    stack.up()
    after = stack.parts()
    assert stack.ready()
    assert not {part["pid"] for part in before.values()} & {part["pid"] for part in after.values()}
    assert {name: part["port"] for name, part in before.items()} == {name: part["port"] for name, part in after.items()}
    assert len([pid for pid in stack.processes() if pid in {part["pid"] for part in after.values()}]) == len(after)
    masters = [pid for pid in stack.processes() if Path(f"/proc/{pid}/comm").read_text().strip() == "valkey-server"]
    assert masters == [after["valkey"]["pid"]], "no part runs twice"
    assert [row["id"] for row in await stack.sql("SELECT id FROM kept")] == [7]
    with stack.cache() as cache:
        assert cache.get("kept") == b"7"


async def test_kill_9_of_everything_at_once(stack: StackUnderTest) -> None:
    stack.up()
    await stack.sql("CREATE TABLE crashed AS SELECT 8 AS id")
    os.kill(stack.supervisor, signal.SIGSTOP)
    for pid in stack.processes():
        with contextlib.suppress(ProcessLookupError):  # it has died of another's death
            os.kill(pid, signal.SIGKILL)
    stack.up()
    assert [row["id"] for row in await stack.sql("SELECT id FROM crashed")] == [8]


async def test_down_clears_what_a_killed_supervisor_left(stack: StackUnderTest) -> None:
    stack.up()
    os.kill(stack.supervisor, signal.SIGKILL)
    stack.down()
    assert {part["state"] for part in stack.parts().values()} == {"stopped"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_stops_everything(stack: StackUnderTest, number: signal.Signals) -> None:
    stack.up()
    supervisor = stack.supervisor
    os.kill(supervisor, number)
    wait_for("everything has stopped", lambda: stack.processes() == [], 20)
    assert {part["state"] for part in stack.parts().values()} == {"stopped"}


async def test_ctrl_c_on_a_terminal(stack: StackUnderTest) -> None:
    """A person at a terminal sees the table and the address, and gets the prompt back after Ctrl-C."""
    parent, child = pty.openpty()
    command = [COMMAND, "up", "--home", str(stack.home), "--port", str(stack.port), *stack.options]
    environment = {**OWN_ENVIRONMENT, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
    running = subprocess.Popen(  # noqa: ASYNC220
        command,
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
        start_new_session=True,
        preexec_fn=_take_terminal,  # noqa: PLW1509
    )
    os.close(child)
    shown = _read_until(parent, b"Press Ctrl-C to stop.")
    assert f"http://localhost:{stack.port}".encode() in shown
    assert b"postgres" in shown
    assert b"\x1b[" in shown, "a live table"
    os.write(parent, b"\x03")
    assert running.wait(20) == 0
    os.close(parent)
    assert stack.processes() == []


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _read_until(descriptor: int, text: bytes) -> bytes:
    shown, deadline = b"", time.monotonic() + 60
    while text not in shown:
        assert time.monotonic() < deadline, shown
        if select.select([descriptor], [], [], 0.2)[0]:
            shown += os.read(descriptor, 65536)
    return shown


async def test_plain_lines_where_there_is_no_terminal(stack: StackUnderTest) -> None:
    command = [COMMAND, "up", "--home", str(stack.home), "--port", str(stack.port), *stack.options]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=OWN_ENVIRONMENT)  # noqa: ASYNC220
    assert running.stdout is not None
    lines = []
    for line in running.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            running.send_signal(signal.SIGINT)
    assert running.wait(20) == 0
    running.stdout.close()
    shown = "".join(lines)
    assert "\x1b" not in shown
    assert re.search("^postgres +ready", shown, re.MULTILINE)
    assert lines[-1] == "stopped\n"
    assert stack.processes() == []


async def test_a_detached_start_that_is_interrupted_leaves_nothing(stack: StackUnderTest) -> None:
    command = [COMMAND, "up", "--detach", "--home", str(stack.home), "--port", str(stack.port), *stack.options]
    starting = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=OWN_ENVIRONMENT)  # noqa: ASYNC220
    assert starting.stdout is not None
    starting.stdout.readline()
    starting.send_signal(signal.SIGTERM)
    starting.communicate(timeout=20)
    assert starting.returncode == 1
    assert stack.processes() == []


async def test_a_reader_that_goes_away_does_not_disturb(stack: StackUnderTest) -> None:
    command = [COMMAND, "up", "--home", str(stack.home), "--port", str(stack.port), *stack.options]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=OWN_ENVIRONMENT)  # noqa: ASYNC220
    assert running.stdout is not None
    running.stdout.readline()
    running.stdout.close()
    wait_for("ready", stack.ready)
    running.terminate()
    assert running.wait(20) == 0
    assert stack.processes() == []


async def test_a_second_start_says_where_the_first_is(stack: StackUnderTest) -> None:
    stack.up()
    again = stack.run("up", "--detach", "--port", str(free_port()))
    assert again.returncode == 1
    assert f"already runs at http://localhost:{stack.port}" in again.stderr
    assert stack.ready()


async def test_two_stacks_side_by_side_and_a_port_that_is_taken(stack: StackUnderTest) -> None:
    stack.up()
    with new_stack() as other:
        refused = StackUnderTest(other.home, stack.port).run("up", "--detach", "--port", str(stack.port), *stack.options)
        assert refused.returncode == 1
        assert f"port {stack.port} for the web address is taken by nginx (pid" in refused.stderr
        other.up()
        assert stack.ready()
        assert other.ready()
        assert not {part["port"] for part in stack.parts().values()} & {part["port"] for part in other.parts().values()}
        assert stack.secret("link_key") != other.secret("link_key")
        other.down()
        assert stack.ready()


async def test_a_start_that_fails_shows_the_log_of_the_part_and_leaves_nothing() -> None:
    with new_stack() as broken:
        broken.up()
        broken.down()
        (broken.home / "postgres/PG_VERSION").write_text("15\n")
        failed = broken.run("up", "--detach", "--port", str(broken.port), *broken.options)
        assert failed.returncode == 1
        assert "postgres did not start: exited with code 1" in failed.stderr
        assert "database files are incompatible with server" in failed.stderr
        assert broken.processes() == []


async def test_an_inner_port_that_was_taken_meanwhile_is_picked_again(stack: StackUnderTest) -> None:
    stack.up()
    port = stack.parts()["postgres"]["port"]
    stack.down()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen(1)
        stack.up()
        assert stack.parts()["postgres"]["port"] != port
        assert await stack.sql("SELECT 1")
        stack.down()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_as_a_normal_user() -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    other = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    if subprocess.run([*other, sys.executable, "-c", "pass"], capture_output=True, check=False).returncode:  # noqa: ASYNC221
        pytest.skip("this Python is closed to other users")
    root = open_directory()
    os.chown(root, uid, uid)
    stack = StackUnderTest(root / "home", free_port())
    try:
        done = stack.run("up", "--detach", "--port", str(stack.port), *stack.options, prefix=other)
        assert done.returncode == 0, done.stdout + done.stderr
        assert stack.ready()
        assert {Path(f"/proc/{pid}").stat().st_uid for pid in stack.processes()} == {uid}
        stolen = stack.run("up", "--detach", "--port", str(free_port()))
        assert f"belongs to user {uid}" in stolen.stderr
        assert stack.run("down", prefix=other).returncode == 0
        assert stack.processes() == []
    finally:
        stack.down()
        shutil.rmtree(root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
async def test_a_home_below_a_closed_directory() -> None:
    """As in a checkout below /root: the user PostgreSQL runs as may pass, and still is not root."""
    with new_stack() as stack:
        stack.home.parent.chmod(0o700)
        stack.up()
        postgres = stack.parts()["postgres"]["pid"]
        assert Path(f"/proc/{postgres}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        os.kill(stack.supervisor, signal.SIGKILL)
        wait_for("postgres ends with its supervisor", lambda: postgres not in stack.processes())
        stack.up()
        assert await stack.sql("SELECT 1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
async def test_a_home_nobody_can_reach_says_what_to_do() -> None:
    with new_stack() as stack:
        stack.home.parent.chmod(0o700)
        command = ["setpriv", "--bounding-set=-dac_read_search,-dac_override"]
        refused = stack.run("up", "--detach", "--port", str(stack.port), prefix=command)
        assert refused.returncode == 1
        assert f"chmod o+x {stack.home.parent}" in refused.stderr
