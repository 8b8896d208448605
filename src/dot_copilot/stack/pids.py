"""Which process is meant by a pid: numbers are given out again, so a process is its pid and when it started."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path


def start_ticks(pid: int) -> int | None:
    """When `pid` started, in clock ticks since boot: with the pid, the identity of a process.

    None if there is no such process or only its zombie is left.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def is_running(pid: int, started: int) -> bool:
    """Whether the process that was `pid` when it started at `started` still runs."""
    return start_ticks(pid) == started


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the process group led by `pid`; nothing happens if it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
