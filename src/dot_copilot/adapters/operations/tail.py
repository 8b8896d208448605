"""The end of a file, within bounds, and only of a plain file inside its folder."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

LONGEST = 64 << 10
"""A line of more bytes is no line of ours: it is left out."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Whole lines from the end of a file, the oldest first; `complete` when they are all of it."""

    lines: list[bytes]
    complete: bool


NOTHING = Tail([], True)


def tail(path: Path, most: int) -> Tail:
    """At most the last `most` bytes of `path`. What is no regular file (a link, a pipe) is taken as empty.

    A last line without its end is being written: it is left out, and so is what a cut at the beginning leaves of one.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return NOTHING
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return NOTHING
        start = max(0, status.st_size - most)
        data = os.pread(descriptor, most, start)
    except OSError:
        return NOTHING
    finally:
        os.close(descriptor)
    whole = data[: data.rfind(b"\n") + 1]
    if start:
        cut = whole.find(b"\n")
        whole = whole[cut + 1 :]
    return Tail([line for line in whole.split(b"\n") if line and len(line) <= LONGEST], start == 0)
