"""Who waits when the processor is short: what is only being made ready gives way to what serves.

Linux shares the processor between sessions first (`autogroup`) and only then by niceness, and each of our processes is a session
of its own. So both are set: the session's, which its owner may always set back, and the processes' own, which only
`CAP_SYS_NICE` may set back, and which is left alone without it.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

LOWER = 10
"""By how much a niceness is more. It still gets a tenth of what another gets: with nothing at all it would never be ready."""
_CAP_SYS_NICE = 23


def give(pid: int, waits: bool) -> None:
    """Let the session that `pid` leads have what the others leave over (`waits`), or as much as we have ourselves.

    What can't be set stays as it is.
    """
    more = LOWER if waits else 0
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(more))
    if _may_raise():
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PGRP, pid, min(19, os.getpriority(os.PRIO_PROCESS, 0) + more))


def of(pid: int) -> tuple[int, int]:
    """The niceness of a process and of its session; of the process twice where sessions have none."""
    own = os.getpriority(os.PRIO_PROCESS, pid)
    with contextlib.suppress(OSError, ValueError):
        return own, int(Path(f"/proc/{pid}/autogroup").read_text().rpartition(" ")[2])
    return own, own


def _may_raise() -> bool:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> _CAP_SYS_NICE & 1)
    return False
