"""Processes of the stack: how they are started, watched and ended (Linux: pidfd, prctl, process groups)."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

from dot_copilot.stack.pids import signal_group, start_ticks

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

watched: set[int] = set()
"""Pids of every child that is being watched; any other child of a supervisor is an adopted orphan."""


def _in_child(parent: int, number: Signals) -> Callable[[], None]:
    """What a child does between fork and exec: end with its supervisor, however that one ends."""

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


class Process:
    """A running child, the leader of its own session, that is told to end when the supervisor dies."""

    def __init__(self, pid: int, popen: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self.started = start_ticks(pid) or 0
        self._popen = popen
        self._exit: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._pidfd = os.pidfd_open(pid)
        watched.add(pid)
        asyncio.get_running_loop().add_reader(self._pidfd, self._ended)

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        output: Path,
        user: int | None = None,
        death_signal: Signals = SIGTERM,
        held: bool = False,
        pass_fds: Sequence[int] = (),
    ) -> Process:
        """Start `command`, appending both of its outputs to the file `output`; `user` is a uid (and gid) to become.

        A `held` process gets a standard input on which it waits for `release`.

        Raises OSError if the program cannot be started.
        """
        become: dict[str, object] = {} if user is None else {"user": user, "group": user, "extra_groups": []}
        with output.open("ab") as stream:
            popen: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]  # noqa: S603 - our own topology
                list(command),
                stdin=subprocess.PIPE if held else subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=directory,
                env=dict(environment),
                start_new_session=True,
                pass_fds=tuple(pass_fds),
                preexec_fn=_in_child(os.getpid(), death_signal),  # noqa: PLW1509 - the supervisor has one thread
                **become,
            )
        return cls(popen.pid, popen)

    def release(self, environment: Mapping[str, str]) -> None:
        """Give a held process its go-ahead, with what its environment lacks."""
        gate = self._popen.stdin if self._popen is not None else None
        if gate is not None:
            with contextlib.suppress(OSError):
                gate.write(json.dumps(dict(environment)).encode() + b"\n")
                gate.close()

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._pidfd)
        os.close(self._pidfd)
        # While the leader is still a zombie its group number cannot have been given to anybody else.
        signal_group(self.pid, SIGKILL)
        code = self._collect()
        watched.discard(self.pid)
        if not self._exit.done():
            self._exit.set_result(code)

    def _collect(self) -> int:
        if self._popen is None:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
        return self._popen.wait()

    @property
    def exit_code(self) -> int | None:
        """The exit code (negative: the signal that ended it), or None while it runs."""
        return self._exit.result() if self._exit.done() else None

    async def wait(self) -> int:
        """Wait for the end; gives the exit code."""
        return await asyncio.shield(self._exit)

    def send(self, number: Signals) -> None:
        """Send a signal to the process itself."""
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stop(self, number: Signals, timeout_s: float) -> None:
        """Ask with `number`, and after `timeout_s` kill the whole group."""
        self.send(number)
        try:
            async with asyncio.timeout(timeout_s):
                await self.wait()
        except TimeoutError:
            signal_group(self.pid, SIGKILL)
            await self.wait()


async def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    directory: Path,
    output: Path,
    user: int | None = None,
) -> int:
    """Run a helper to its end and give its exit code; it is killed if the caller is cancelled."""
    process = Process.start(command, environment=environment, directory=directory, output=output, user=user)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        await process.stop(SIGTERM, 2)
        raise
