"""Log files of the parts: kept small while they are written, and read back for people."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

LARGEST = 10 << 20
KEPT = 3


def rotate(path: Path, largest: int = LARGEST, kept: int = KEPT) -> bool:
    """Move a file of more than `largest` bytes to `.1` (and `.1` to `.2`, up to `kept`); whether it did.

    The file is copied and emptied, because its writer has it open (in append mode, so it goes on at the new end).
    """
    try:
        if path.stat().st_size <= largest:
            return False
        for number in range(kept - 1, 0, -1):
            older = path.with_name(f"{path.name}.{number}")
            if older.exists():
                older.replace(path.with_name(f"{path.name}.{number + 1}"))
        shutil.copyfile(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)
    except OSError:
        return False
    return True


async def keep_small(directory: Path, every_s: float = 10) -> None:
    """Rotate every log of the directory, for ever."""
    while True:
        for path in directory.glob("*.log"):
            rotate(path)
        await asyncio.sleep(every_s)


def tail(path: Path, lines: int, start: int = 0) -> list[str]:
    """The last `lines` lines, of what was written after byte `start`; nothing if there is no such file."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(start, path.stat().st_size - lines * 400 - 4096))
            return stream.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def follow(paths: Iterable[Path], every_s: float = 0.2) -> Iterator[tuple[Path, str]]:
    """New lines of the files as they are written, for ever; copes with rotation and with files yet to come."""
    ends = {path: path.stat().st_size if path.exists() else 0 for path in paths}
    while True:
        for path in ends:
            added = _complete_lines(path, ends)
            for text in added.decode(errors="replace").splitlines():
                yield path, text
        time.sleep(every_s)


def _complete_lines(path: Path, ends: dict[Path, int]) -> bytes:
    """What was added to `path` since `ends`, up to the last end of a line; moves `ends` on."""
    size = path.stat().st_size if path.exists() else 0
    if size < ends[path]:
        ends[path] = 0
    if size == ends[path]:
        return b""
    with path.open("rb") as stream:
        stream.seek(ends[path])
        data = stream.read(size - ends[path])
    complete = data[: data.rfind(b"\n") + 1]
    ends[path] += len(complete)
    return complete
