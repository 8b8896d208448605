"""A ZIP archive as a stream: stored, never deflated, ZIP64 where it must be, the same bytes for the same files.

Sizes and CRCs are known beforehand, so each entry's header is complete where it stands (no data descriptors, which readers
that unpack while they download can't follow), nothing is kept but the directory, and the length of the whole is known at once.
PKWARE's APPNOTE 6.3.9 gives the sections named here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from msgspec import Struct

_LIMIT: Final = 0xFFFFFFFF
_ENTRIES: Final = 0xFFFF
_UTF8 = 1 << 11
_TIME, _DATE = 0, (1 << 5) | 1  # 1980-01-01 00:00, the first moment there is in a ZIP


class ArchiveDamaged(Exception):
    """A file is not what it was when its size and CRC were written down."""


class Entry(Struct, frozen=True):
    """A file of the archive. `open` begins its bytes anew at each call."""

    name: str
    size: int
    crc32: int
    open: Callable[[], AsyncIterator[bytes]]


def length_of(entries: Sequence[Entry]) -> int:
    """Bytes of the archive."""
    place = directory = 0
    for entry in entries:
        directory += len(_directory(entry, place))
        place += len(_header(entry)) + entry.size
    return place + directory + len(_end(len(entries), place, directory))


async def stream(entries: Sequence[Entry]) -> AsyncIterator[bytes]:
    """The archive. `ArchiveDamaged` when a file differs from what its entry says."""
    directory: list[bytes] = []
    place = 0
    for entry in entries:
        head = _header(entry)
        yield head
        size = crc = 0
        async for chunk in entry.open():
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if (size, crc) != (entry.size, entry.crc32):
            raise ArchiveDamaged(entry.name)
        directory.append(_directory(entry, place))
        place += len(head) + size
    listed = b"".join(directory)
    yield listed
    yield _end(len(entries), place, len(listed))


def _header(entry: Entry) -> bytes:
    """Local file header (4.3.7)."""
    name, large = entry.name.encode(), entry.size >= _LIMIT
    extra = struct.pack("<HHQQ", 1, 16, entry.size, entry.size) if large else b""
    size = _LIMIT if large else entry.size
    fixed = (b"PK\x03\x04", 45 if large else 20, _UTF8, 0, _TIME, _DATE, entry.crc32, size, size, len(name), len(extra))
    return struct.pack("<4sHHHHHIIIHH", *fixed) + name + extra


def _directory(entry: Entry, place: int) -> bytes:
    """Central directory header (4.3.12); `place` is where the local header begins."""
    name, large, far = entry.name.encode(), entry.size >= _LIMIT, place >= _LIMIT
    values = ([entry.size, entry.size] if large else []) + ([place] if far else [])
    extra = struct.pack(f"<HH{len(values)}Q", 1, 8 * len(values), *values) if values else b""
    size, needed = _LIMIT if large else entry.size, 45 if values else 20
    made_by = 3 << 8 | needed  # Unix, for the permissions
    fixed = (b"PK\x01\x02", made_by, needed, _UTF8, 0, _TIME, _DATE, entry.crc32, size, size, len(name), len(extra), 0, 0, 0)
    return struct.pack("<4sHHHHHHIIIHHHHH", *fixed) + struct.pack("<II", 0o100644 << 16, min(place, _LIMIT)) + name + extra


def _end(count: int, place: int, size: int) -> bytes:
    """End of central directory (4.3.16), after its ZIP64 forms (4.3.14, 4.3.15) where a number does not fit."""
    ended = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, min(count, _ENTRIES), min(count, _ENTRIES), min(size, _LIMIT), min(place, _LIMIT), 0
    )
    if count < _ENTRIES and size < _LIMIT and place < _LIMIT:
        return ended
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 3 << 8 | 45, 45, 0, 0, count, count, size, place)
    return large + struct.pack("<4sIQI", b"PK\x06\x07", 0, place + size, 1) + ended
