"""Lines on disk that outlive the process: numbered segment files in a folder of this process's own, only ever appended to.

A line is in the kernel's hands when `append` returns, so a killed process loses none. A machine that loses power may lose
the last few seconds; the answer to a call is not held up for the disk.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

_PATTERN = "calls-*.jsonl"


class Segment:
    """One file. `unsettled` counts the entries begun in it that are not yet safe elsewhere."""

    __slots__ = ("path", "size", "unsettled")

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.unsettled = path, 0, 0


class Folder:
    """A locked folder: `<base>/<name>`, or `<name>.2` ... when another living process holds it."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path, self._lock = path, lock

    @classmethod
    def claim(cls, base: Path, name: str) -> Folder:
        """The first free one; makes it where it is missing."""
        for number in range(1, 1000):
            folder = cls.try_claim(base / (name if number == 1 else f"{name}.{number}"))
            if folder is not None:
                return folder
        raise OSError(f"a thousand processes hold the folders {base / name}*")

    @classmethod
    def try_claim(cls, path: Path) -> Folder | None:
        """The folder at `path`, or None when a living process holds it."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            return None
        return cls(path, lock)

    def segments(self) -> list[Path]:
        """The files in it, oldest first."""
        return sorted(self.path.glob(_PATTERN))

    def release(self) -> None:
        """Lets others claim it."""
        os.close(self._lock)


class Spool:
    """The writing end. `limit` bounds the bytes of all segments that are still needed."""

    def __init__(self, folder: Folder, *, limit: int, segment_bytes: int = 1 << 20) -> None:
        self.folder, self.limit = folder, limit
        self._segment_bytes = segment_bytes
        self._segments: list[Segment] = []
        self._descriptor = -1
        self._torn = False
        existing = folder.segments()
        self._number = int(existing[-1].stem.partition("-")[2]) if existing else 0
        self.size = 0

    @property
    def full(self) -> bool:
        """Whether no further entry may be begun."""
        return self.size >= self.limit

    @property
    def segments(self) -> int:
        """How many files are held."""
        return len(self._segments)

    @property
    def oldest(self) -> Segment | None:
        """The file that holds up the deletion of all others, unless it is the one being written."""
        return self._segments[0] if len(self._segments) > 1 else None

    def append(self, line: bytes) -> Segment:
        """Writes one line, with its newline; `OSError` when the disk is full. Returns the file it went to."""
        if not self._segments or self._segments[-1].size >= self._segment_bytes:
            self._next()
        segment = self._segments[-1]
        if self._torn:
            line = b"\n" + line
        written = os.write(self._descriptor, line)
        segment.size += written
        self.size += written
        self._torn = written < len(line)
        if self._torn:
            raise OSError("the disk of the call log is full")
        return segment

    def settle(self, segment: Segment) -> None:
        """One entry of `segment` is safe elsewhere. Files go in order: an end may stand in a later file than its begin."""
        segment.unsettled -= 1
        while len(self._segments) > 1 and self._segments[0].unsettled <= 0:
            done = self._segments.pop(0)
            self.size -= done.size
            done.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Closes the file; removes it when nothing in it is needed."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        for segment in self._segments:
            if any(other.unsettled > 0 for other in self._segments):
                break
            segment.path.unlink(missing_ok=True)
        self.folder.release()

    def _next(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._number += 1
        segment = Segment(self.folder.path / f"calls-{self._number:09d}.jsonl")
        self._descriptor = os.open(segment.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._segments.append(segment)
        self._torn = False


def left_behind(base: Path, own: Folder) -> Iterator[tuple[Folder, list[Path]]]:
    """Folders of processes that are gone, claimed, with their files; `own` comes first, with what its last holder left."""
    yield own, own.segments()
    for path in sorted(base.iterdir()) if base.is_dir() else []:
        if path == own.path or not any(path.glob(_PATTERN)):  # an empty folder may be claimed by its owner just now
            continue
        folder = Folder.try_claim(path)
        if folder is not None:
            yield folder, folder.segments()


def discard(folder: Folder, files: list[Path], *, own: bool) -> None:
    """Removes files that are no longer needed. A folder that was only adopted is let go, for whoever has its name next."""
    for path in files:
        path.unlink(missing_ok=True)
    if not own:
        folder.release()
