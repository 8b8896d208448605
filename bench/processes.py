"""Starts what a benchmark measures, on a core of its own, and reads what it cost."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1
_TICKS = os.sysconf("SC_CLK_TCK")


def pin(core: int, pid: int = 0) -> None:
    """Keeps a process on one core, where the machine has more than one."""
    if (os.cpu_count() or 1) > core:
        os.sched_setaffinity(pid, {core})


@dataclass
class Server:
    """A running HTTP server of one process."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def cpu_seconds(self) -> float:
        """User and system time of the process until now."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def cpu_ns(self) -> int:
        """As `cpu_seconds`, in nanoseconds: the process's own clock (clock_getcpuclockid(3), as Linux numbers it)."""
        return time.clock_gettime_ns((~self.process.pid << 3) | 2)

    @property
    def memory_mb(self) -> float:
        """Resident memory."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0


@contextlib.contextmanager
def server(command: list[str], port: int, environment: dict[str, str], log: Path) -> Iterator[Server]:
    """Runs `command` (after `python -m`) until the block ends; ready when its port answers."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env={**os.environ, **environment}, stdout=out, stderr=subprocess.STDOUT
        )
        pin(SERVER_CORE, process.pid)
        try:
            _wait(port, process, log)
            yield Server(process, port)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(400):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended at once:\n{log.read_text()[-2000:]}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
            return
        time.sleep(0.05)
    raise RuntimeError(f"no server on port {port}:\n{log.read_text()[-2000:]}")
