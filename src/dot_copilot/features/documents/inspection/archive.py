"""Tells whether a file can also be opened as a ZIP archive (JAR, Office document): readers look for that at the end."""

from __future__ import annotations

import struct
from typing import BinaryIO

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535


def ends_as_archive(file: BinaryIO, size: int) -> bool:
    """Whether an end-of-central-directory record (APPNOTE 4.3.16) closes the file."""
    reach = min(size, _END_SIZE + _LONGEST_COMMENT)
    file.seek(size - reach)
    tail = file.read(reach)
    place = tail.rfind(_END)
    while place >= 0:
        rest = len(tail) - place - _END_SIZE
        if rest >= 0:
            (comment,) = struct.unpack_from("<H", tail, place + 20)
            (directory,) = struct.unpack_from("<I", tail, place + 12)
            if comment <= rest and directory < size:
                return True
        place = tail.rfind(_END, 0, place)
    return False
