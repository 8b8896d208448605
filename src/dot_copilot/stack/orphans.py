"""Orphans: what a part's own children become when the part dies. The supervisor adopts them, and ends them."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from dot_copilot.stack import process

_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_libc = ctypes.CDLL(None, use_errno=True)


def become_subreaper() -> None:
    """Make orphans of our children ours, so that none survives the stack unseen."""
    if _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _is_subreaper() -> bool:
    answer = ctypes.c_int(0)
    return _libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0) == 0 and answer.value == 1


_births: set[object] = set()


@contextlib.contextmanager
def expected_birth() -> Iterator[None]:
    """While this lasts a child may become ours that is no orphan; nothing is taken for one."""
    birth = object()
    _births.add(birth)
    try:
        yield
    finally:
        _births.discard(birth)


def adopted() -> list[int]:
    """Children that nobody watches: orphans of a part that died (none unless this process is a subreaper)."""
    if _births or not _is_subreaper():
        return []
    pids: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            pids.update(int(word) for word in path.read_text().split())
    return sorted(pids - process.watched)


def collect() -> list[int]:
    """Collect the orphans that have ended; gives those that still run."""
    return [pid for pid in adopted() if not _ended(pid)]


def _ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


async def clear(grace_s: float) -> None:
    """Ask adopted orphans to end, kill them after `grace_s`, and return when none is left."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace_s
    asked: set[int] = set()
    while pids := collect():
        late = loop.time() > deadline
        for pid in pids if late else set(pids) - asked:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        asked.update(pids)
        await asyncio.sleep(0.02)


async def collect_for_ever(every_s: float = 1.0) -> None:
    """Collect what parts leave behind while they run."""
    while True:
        await asyncio.sleep(every_s)
        collect()
