"""What the parts use: processor time, memory and open files, of a part's process and everything it has started."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu_s` includes processes that have ended since; `memory_bytes` counts what processes share only once."""

    cpu_s: float
    memory_bytes: int
    open_files: int


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    own_ticks: int
    ended_ticks: int
    """Of children that have ended and were waited for."""


def read(leaders: Mapping[str, int]) -> dict[str, Usage]:
    """The usage of each family, by the name its leader (a pid) has in `leaders`; one look at /proc for all of them.

    A leader's family ends where another leader's begins, so the supervisor's own is itself and its helpers only.
    """
    children = _children()
    names = {pid: name for name, pid in leaders.items()}
    return {name: _sum(list(_family(pid, children, names)), pid) for name, pid in leaders.items()}


def _children() -> Mapping[int, list[_Process]]:
    found: defaultdict[int, list[_Process]] = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                fields = _read(f"/proc/{entry}/stat").rpartition(b")")[2].split()
                own, ended = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
                found[int(fields[1])].append(_Process(int(entry), own, ended))
    return found


def _read(path: str) -> bytes:
    """A small file, without the layers that would take most of the time of hundreds of them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 4096)
    finally:
        os.close(descriptor)


def _family(leader: int, children: Mapping[int, list[_Process]], names: Mapping[int, str]) -> Iterator[_Process]:
    yield from (process for siblings in children.values() for process in siblings if process.pid == leader)
    waiting = [leader]
    while waiting:
        for process in children.get(waiting.pop(), ()):
            if process.pid not in names:
                waiting.append(process.pid)
                yield process


def _sum(family: list[_Process], leader: int) -> Usage:
    # The time of ended parts is not the supervisor's own, though it is who waited for them.
    ended = sum(process.ended_ticks for process in family if process.pid != os.getpid() or leader != os.getpid())
    ticks = ended + sum(process.own_ticks for process in family)
    memory = [pages for process in family if (pages := _pages(process.pid)) is not None]
    alone, shared = sum(resident - common for resident, common in memory), max((common for _, common in memory), default=0)
    files = sum(_open_files(process.pid) for process in family)
    return Usage(round(ticks * _TICK_S, 2), (alone + shared) * _PAGE, files)


def _pages(pid: int) -> tuple[int, int] | None:
    """Resident pages, and how many of them may be shared with others; None for a process that has gone."""
    with contextlib.suppress(OSError):
        _, resident, shared, *_ = _read(f"/proc/{pid}/statm").split()
        return int(resident), int(shared)
    return None


def _open_files(pid: int) -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/fd"))
    return 0
