"""What a process uses, and how late its event loop is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from dot_copilot.core.telemetry import counter, gauge, on_collect

_CPU = counter("process_cpu_seconds_total", "Processor time, user and system.").labels()
_MEMORY = gauge("process_resident_memory_bytes", "Resident memory.").labels()
_FILES = gauge("process_open_fds", "Open file descriptors.").labels()
_STARTED = gauge("process_start_time_seconds", "When the process began, in seconds since the epoch.").labels()
_LAG = gauge("dot_event_loop_lag_seconds", "How late the event loop was at most since the last reading.").labels()
_TICK = 0.25
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


class ProcessFigures:
    """Measures from `start` to `stop`, in a running event loop. /proc tells the rest, where there is one."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._forget: Callable[[], None] | None = None
        self._worst = 0.0
        self._asleep_since = 0.0

    def start(self) -> None:
        """Begins."""
        _STARTED.set(_began())
        self._task = asyncio.get_running_loop().create_task(self._watch())
        self._forget = on_collect(self._show)

    def stop(self) -> None:
        """Ends."""
        if self._task is not None:
            self._task.cancel()
        if self._forget is not None:
            self._forget()

    async def _watch(self) -> None:
        while True:
            self._asleep_since = time.monotonic()
            await asyncio.sleep(_TICK)
            self._worst = max(self._worst, time.monotonic() - self._asleep_since - _TICK)

    def _show(self) -> None:
        _LAG.set(self._worst)
        self._worst = 0.0
        _CPU.value = time.process_time()
        with contextlib.suppress(OSError):
            _MEMORY.set(int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE)
            _FILES.set(len(os.listdir("/proc/self/fd")))


def _began() -> float:
    with contextlib.suppress(OSError, ValueError):
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / _TICKS)
    return time.time()
