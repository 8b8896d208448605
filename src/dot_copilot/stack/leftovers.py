"""Processes that outlived a supervisor: found by pid and start time, and ended before anything new starts."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

from dot_copilot.stack import pids, state
from dot_copilot.stack.home import Home
from dot_copilot.stack.state import PartState

_STEP_S = 0.02


def clear(home: Home, natural_s: float = 3.0, patience_s: float = 10.0) -> list[str]:
    """End what a killed supervisor left running in `home`; gives the names of the parts that had to be ended.

    They have been told to end when their supervisor died (PR_SET_PDEATHSIG), so most are on their way out already, and
    get `natural_s` for it; then they are asked, and after `patience_s` killed.
    """
    snapshot = state.load(home)
    if snapshot is None:
        return []
    left = [part for part in snapshot.parts if _runs(part)]
    names = [part.name for part in left]
    # Some servers take a second signal for an order to drop everything: they are asked once more only if they linger.
    left = _wait(left, natural_s)
    for part in left:
        _signal(part, part.stop_signal)
    left = _wait(left, patience_s)
    for part in left:
        if part.pid is not None:
            pids.signal_group(part.pid, signal.SIGKILL)
    _wait(left, 5)
    return names


def _runs(part: PartState) -> bool:
    return part.pid is not None and part.started is not None and pids.is_running(part.pid, part.started)


def _signal(part: PartState, number: int) -> None:
    if part.pid is not None and _runs(part):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(part.pid, number)


def _wait(parts: list[PartState], seconds: float) -> list[PartState]:
    deadline = time.monotonic() + seconds
    while (parts := [part for part in parts if _runs(part)]) and time.monotonic() < deadline:
        time.sleep(_STEP_S)
    return parts
