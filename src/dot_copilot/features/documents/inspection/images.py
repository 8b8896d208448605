"""Photos: the headers of JPEG, PNG, WebP and HEIC, walked far enough to know that a decoder would find a picture."""

from __future__ import annotations

import struct
from typing import BinaryIO

from dot_copilot.features.documents.inspection.refusal import Refused

_MOST_PIXELS = 200_000_000
_LONGEST_SIDE = 65_500
_MOST_PARTS = 50_000  # chunks, segments or boxes: a file of nothing else would keep us busy
# JPEG frame headers (ITU T.81 table B.1): SOF0 to SOF15 without DHT, JPG and DAC.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def _check_sides(kind: str, width: int, height: int) -> None:
    if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE and width * height <= _MOST_PIXELS):
        raise Refused(f"is a {kind} that claims {width} x {height} pixels")


def _read(file: BinaryIO, count: int, kind: str) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise Refused(f"is a {kind} that breaks off")
    return data


def check_png(file: BinaryIO, size: int) -> None:
    """Chunks from IHDR to IEND (ISO/IEC 15948), with picture data, and nothing behind them."""
    file.seek(8)
    place, data = 8, False
    for _ in range(_MOST_PARTS):
        length, kind = struct.unpack(">I4s", _read(file, 8, "PNG"))
        if place == 8:
            if kind != b"IHDR" or length != 13:
                raise Refused("begins like a PNG but is none")
            _check_sides("PNG", *struct.unpack(">II", _read(file, 8, "PNG")))
        data = data or (kind == b"IDAT" and length > 0)
        place += 12 + length
        if place > size:
            raise Refused("is a PNG that breaks off")
        if kind == b"IEND":
            break
        file.seek(place)
    else:
        raise Refused("is a PNG of too many parts")
    if not data:
        raise Refused("is a PNG without a picture")
    if place != size:
        raise Refused("is a PNG with something else behind its end")


def check_jpeg(file: BinaryIO, size: int) -> None:
    """Segments up to the scan (ITU T.81 annex B), a frame with sane sides, and an end-of-image marker.

    Phones append films and previews behind the end ("motion photos"), so what follows is let be.
    """
    file.seek(2)
    framed = False
    for _ in range(_MOST_PARTS):
        marker = _next_marker(file)
        (length,) = struct.unpack(">H", _read(file, 2, "JPEG"))
        if length < 2:
            raise Refused("begins like a JPEG but is none")
        if marker in _FRAMES:
            height, width = struct.unpack(">xHH", _read(file, 5, "JPEG"))
            _check_sides("JPEG", width, height)
            framed = True
            length -= 5
        if marker == 0xDA:
            break
        file.seek(length - 2, 1)
        if file.tell() >= size:
            raise Refused("is a JPEG that breaks off")
    else:
        raise Refused("is a JPEG of too many parts")
    if not framed:
        raise Refused("is a JPEG without a picture")
    if not _finds(file, b"\xff\xd9"):
        raise Refused("is a JPEG that breaks off")


def _next_marker(file: BinaryIO) -> int:
    if _read(file, 1, "JPEG") != b"\xff":
        raise Refused("begins like a JPEG but is none")
    marker = 0xFF
    while marker == 0xFF:  # any number of fill bytes may stand before a marker
        marker = _read(file, 1, "JPEG")[0]
    return marker


def _finds(file: BinaryIO, wanted: bytes) -> bool:
    kept = b""
    while chunk := file.read(1 << 18):
        if wanted in kept + chunk:
            return True
        kept = chunk[-1:]
    return False


def check_webp(file: BinaryIO, size: int) -> None:
    """A RIFF container of the file's own length with a VP8 stream (RFC 9649)."""
    file.seek(4)
    (length,) = struct.unpack("<I4x", _read(file, 8, "WebP"))
    if size - 8 not in (length, length + 1):
        raise Refused("is a WebP that breaks off, or has something else behind its end")
    kind = _read(file, 4, "WebP")
    head = _read(file, 14, "WebP")[4:]
    if kind == b"VP8X":
        width, height = 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    elif kind == b"VP8L" and head[0] == 0x2F:
        bits = int.from_bytes(head[1:5], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[6:10])
        width, height = width & 0x3FFF, height & 0x3FFF
    else:
        raise Refused("begins like a WebP but is none")
    _check_sides("WebP", width, height)


def check_heic(file: BinaryIO, size: int) -> None:
    """Top-level boxes (ISO/IEC 14496-12, 23008-12) that fill the file: a picture brand, its description, its data."""
    found: set[bytes] = set()
    place = 0
    for _ in range(_MOST_PARTS):
        if place >= size:
            break
        file.seek(place)
        length, kind = struct.unpack(">I4s", _read(file, 8, "HEIC"))
        if length == 1:
            (length,) = struct.unpack(">Q", _read(file, 8, "HEIC"))
        elif length == 0:
            length = size - place
        if length < 8 or place + length > size:
            raise Refused("is a HEIC that breaks off")
        if place == 0:
            brands = file.read(min(length, 256) - 8)
            if _HEIF_BRANDS.isdisjoint({brands[i : i + 4] for i in range(0, len(brands), 4)}):
                raise Refused("is a film, not a photo")
        found.add(kind)
        place += length
    if not {b"meta", b"mdat"} <= found:
        raise Refused("is a HEIC without a picture")
