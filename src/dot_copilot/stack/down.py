"""`dot-copilot down`: ask the supervisor, wait for it, and clear what a killed one left."""

from __future__ import annotations

import os
import signal
import time

from dot_copilot.stack import leftovers, pids, state
from dot_copilot.stack.home import Home

_PATIENCE_S = 60.0


def stop(home: Home) -> bool:
    """Stop the stack of `home`; whether there was anything to stop."""
    snapshot = state.load(home)
    if snapshot is None:
        return False
    if not snapshot.running:
        return bool(leftovers.clear(home))
    pid, started = snapshot.supervisor, snapshot.supervisor_started
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_S
    while pids.is_running(pid, started):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            leftovers.clear(home)
            break
        time.sleep(0.02)
    return True
