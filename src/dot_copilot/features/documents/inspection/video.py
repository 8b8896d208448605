"""Films: MP4 and QuickTime, as phones and dash cameras make them (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from typing import BinaryIO

from dot_copilot.features.documents.inspection.refusal import Refused

_MOST_BOXES = 20_000
_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash", b"3gp5"})
QUICKTIME = b"qt  "


def is_film(head: bytes) -> bool:
    """Whether a file that begins like this says it is a film; `head` has 12 bytes at least."""
    return head[4:8] == b"ftyp" and head[8:12] in _BRANDS | {QUICKTIME}


def check_film(file: BinaryIO, size: int) -> None:
    """Boxes that fill the file, an index among them and pictures; a film that breaks off has no index, or lacks its end."""
    found: set[bytes] = set()
    place = 0
    for _ in range(_MOST_BOXES):
        if place >= size:
            break
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:
            raise Refused("is a film that breaks off")
        length, kind = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        elif length == 0:
            length = size - place
        if length < 8 or place + length > size:
            raise Refused("is a film that breaks off")
        found.add(kind)
        place += length
    if not {b"moov", b"mdat"} <= found:
        raise Refused("is a film without its index: the recording did not end well")
