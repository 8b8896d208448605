"""What the supervisor lets the world know: one small file, replaced at every change."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from dot_copilot.stack import pids
from dot_copilot.stack.errors import AlreadyRunningError
from dot_copilot.stack.home import Home


@dataclass(frozen=True, slots=True)
class PartState:
    """A part as `status` shows it; `started` (clock ticks since boot) tells its pid from a later owner of the number.

    `since` is when it came into its state, in seconds since the epoch.
    """

    name: str
    state: str
    pid: int | None
    port: int | None
    restarts: int
    ready_after_s: float | None
    detail: str = ""
    task: bool = False
    started: int | None = None
    stop_signal: int = 15
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A stack at one moment; `phase` is starting, ready, stopping or stopped."""

    supervisor: int
    supervisor_started: int
    phase: str
    url: str
    parts: tuple[PartState, ...] = field(default=())

    @property
    def running(self) -> bool:
        """Whether the supervisor that wrote this still lives."""
        return pids.is_running(self.supervisor, self.supervisor_started)


def save(home: Home, phase: str, url: str, parts: Iterable[PartState]) -> None:
    """Replace the state file of `home` by the present supervisor's view."""
    snapshot = Snapshot(os.getpid(), pids.start_ticks(os.getpid()) or 0, phase, url, tuple(parts))
    temporary = home.state_file.with_suffix(".new")
    temporary.write_text(json.dumps(asdict(snapshot)))
    temporary.replace(home.state_file)


def load(home: Home) -> Snapshot | None:
    """The last snapshot of `home`; None if it never ran (or the file is not ours to read)."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        data: dict[str, Any] = json.loads(home.state_file.read_text())
        parts = tuple(PartState(**part) for part in data.pop("parts"))
        return Snapshot(parts=parts, **data)
    return None


def lock(home: Home) -> int:
    """Take the home for this process, for as long as the descriptor given back stays open.

    Raises AlreadyRunningError, with the URL of the stack that runs, if it is taken.
    """
    descriptor = os.open(home.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        snapshot = load(home)
        where = f" at {snapshot.url} (supervisor {snapshot.supervisor}, {snapshot.phase})" if snapshot else ""
        raise AlreadyRunningError(
            f"the stack of {home.root} already runs{where}; see 'dot-copilot status', stop it with 'dot-copilot down'"
        ) from None
    return descriptor
