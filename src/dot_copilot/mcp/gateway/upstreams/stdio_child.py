"""A child process and its three pipes: started, read within bounds, and ended without leaving a zombie or a descriptor."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from dot_copilot.mcp.gateway.upstreams.stdio_lines import Lines, Tail

_LAUNCHER = str(Path(__file__).with_name("stdio_launcher.py"))
_PASSED_ON = ["PATH", "LANG", "TZ", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy"]
_PASSED_ON += ["SSL_CERT_FILE", "SSL_CERT_DIR"]
_LINGER_S = 0.5
_UNREAD_BYTES = 16 * 1024 * 1024


class ChildError(Exception):
    """The program cannot be started, or does not take what is written to it."""


class _Input(asyncio.BaseProtocol):
    """Flow control of the child's standard input."""

    def __init__(self) -> None:
        self._free = asyncio.Event()
        self._free.set()

    def pause_writing(self) -> None:
        self._free.clear()

    def resume_writing(self) -> None:
        self._free.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the end is seen by the child's exit
        self._free.set()

    async def drained(self) -> None:
        await self._free.wait()


class Child:
    """A running program. Its environment is what it is given, and a few variables about language, time zone and proxy.

    It is killed by the kernel when the gateway dies. `ended` is resolved once with what happened, in words, when the
    process is collected and its output has been read.
    """

    def __init__(self, popen: subprocess.Popen[bytes], secrets: Iterable[str]) -> None:
        self._loop = asyncio.get_running_loop()
        self._popen = popen
        self.pid = popen.pid
        self.errors = Tail(secrets)
        self.ended: asyncio.Future[str] = self._loop.create_future()
        self._input = _Input()
        self._transports: list[asyncio.BaseTransport] = []
        self._writer: asyncio.WriteTransport | None = None
        self._output_ended = False
        self._pidfd = os.pidfd_open(popen.pid)
        self._loop.add_reader(self._pidfd, self._collect)

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        limit: int,
        on_line: Callable[[bytes], None],
        on_oversized: Callable[[bytes, bytes, int], None],
        on_endless: Callable[[], None],
        secrets: Iterable[str] = (),
    ) -> Child:
        """Start `command`; `limit` is the longest line in bytes. Raises `ChildError` if there is no such program."""
        program = shutil.which(command[0])
        if program is None:
            raise ChildError(f"there is no program '{command[0]}', or it may not be executed")
        words = [sys.executable, "-I", "-S", _LAUNCHER, str(os.getpid()), program, *command[1:]]
        try:
            popen = subprocess.Popen(  # noqa: S603, ASYNC220 - the configuration names it; returns at exec, in about 2 ms
                words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ} | dict(environment),
                cwd="/",
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            raise ChildError(f"the process cannot be started: {error.strerror}") from error
        child = cls(popen, secrets)
        lines = Lines(limit, on_line, on_oversized, on_endless, child._output_lost)
        await child._connect(lines)
        return child

    async def _connect(self, lines: Lines) -> None:
        popen, loop = self._popen, self._loop
        try:
            self._transports.append((await loop.connect_read_pipe(lambda: lines, popen.stdout))[0])
            self._transports.append((await loop.connect_read_pipe(lambda: self.errors, popen.stderr))[0])
            self._writer = (await loop.connect_write_pipe(lambda: self._input, popen.stdin))[0]
            self._transports.append(self._writer)
        except BaseException:
            self.kill()
            for pipe in (popen.stdin, popen.stdout, popen.stderr):
                if pipe is not None:
                    pipe.close()
            raise

    async def write(self, line: bytes) -> None:
        """Write a line (its end is added) and wait while the pipe is full. Raises `ChildError` if it takes nothing more."""
        writer = self._writer
        if writer is None or writer.is_closing() or self.ended.done():
            raise ChildError("the process has closed its input")
        if writer.get_write_buffer_size() > _UNREAD_BYTES:
            raise ChildError("the process does not read its input")
        writer.write(line + b"\n")
        await self._input.drained()

    def write_soon(self, line: bytes) -> None:
        """Write a line without waiting; dropped if it cannot be written."""
        writer = self._writer
        if writer is not None and not writer.is_closing() and writer.get_write_buffer_size() <= _UNREAD_BYTES:
            writer.write(line + b"\n")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Signal the process and all of its group."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    async def stop(self, grace_s: float = 2.0) -> None:
        """Close its input, which asks it to end; then ask by signal, then kill; return when nothing is left of it."""
        if self._writer is not None:
            self._writer.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            await asyncio.wait([self.ended], timeout=grace_s)
            if self.ended.done():
                return
            self.kill(number)
        await asyncio.wait([self.ended], timeout=10)

    def _output_lost(self) -> None:
        self._output_ended = True
        if self._pidfd >= 0:
            # A server that has closed its output can answer nothing more; one that is just exiting gets a moment.
            self._loop.call_later(_LINGER_S, self.kill)
        else:
            self._finish()

    def _collect(self) -> None:
        # While the leader is a zombie its group number cannot have been given to anybody else.
        self.kill()
        self._loop.remove_reader(self._pidfd)
        os.close(self._pidfd)
        self._pidfd = -1
        self._popen.wait()
        if self._writer is not None and not self._writer.is_closing():
            self._writer.abort()
        if self._output_ended:
            self._finish()
        else:
            # What it wrote last is still in the pipe; a descendant that escaped the group may hold it open for ever.
            self._loop.call_later(_LINGER_S, self._finish)

    def _finish(self) -> None:
        for transport in self._transports:
            transport.close()
        if not self.ended.done():
            self.ended.set_result(self._words())

    def _words(self) -> str:
        code = self._popen.returncode
        try:
            return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        except ValueError:
            return f"ended by signal {-code}"
