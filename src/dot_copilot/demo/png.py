"""Pictures of cards (PNG, ISO/IEC 15948) in a few flat colours, with a 5 x 7 dot font: what a phone's photo stands for."""

from __future__ import annotations

import struct
import unicodedata
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 480, 300
_PALETTE = bytes.fromhex("f4f1ea 22282f f2a81a 6b7580 d9d4c8 ffffff")  # paper, ink, amber, slate, sand, white
_PAPER, _INK, _AMBER, _SLATE, _SAND, _WHITE = range(6)
# Seven rows of five dots, one hexadecimal pair a row.
_FONT = {
    letter: bytes.fromhex(rows)
    for letter, rows in (
        line.split()
        for line in """
        A 0e11111f111111|B 1e11111e11111e|C 0e11101010110e|D 1e11111111111e|E 1f10101e10101f|F 1f10101e101010|G 0e11101711110f
        H 1111111f111111|I 0e04040404040e|J 0702020202120c|K 11121418141211|L 1010101010101f|M 111b1515111111|N 11191513111111
        O 0e11111111110e|P 1e11111e101010|Q 0e11111115120d|R 1e11111e141211|S 0f10100e01011e|T 1f040404040404|U 1111111111110e
        V 11111111110a04|W 1111111515150a|X 11110a040a1111|Y 11110a04040404|Z 1f01020408101f|0 0e11131519110e|1 040c040404040e
        2 0e11010204081f|3 1f02040201110e|4 02060a121f0202|5 1f101e0101110e|6 0608101e11110e|7 1f010204080808|8 0e11110e11110e
        9 0e11110f01020c|- 0000001f000000|. 00000000000c0c|/ 01010204081010|: 000c0c000c0c00|' 0c040800000000|, 000000000c0408
        """.replace("\n", "|").split("|")
        if line.strip()
    )
}


class _Canvas:
    def __init__(self) -> None:
        self.rows = [bytearray(WIDTH) for _ in range(HEIGHT)]

    def box(self, x: int, y: int, width: int, height: int, colour: int) -> None:
        for row in self.rows[y : y + height]:
            row[x : x + width] = bytes([colour]) * width

    def disc(self, x: int, y: int, radius: int, colour: int) -> None:
        for dy in range(-radius, radius + 1):
            half = int((radius**2 - dy**2) ** 0.5)
            self.box(x - half, y + dy, 2 * half, 1, colour)

    def text(self, x: int, y: int, text: str, colour: int, scale: int = 2) -> None:
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
        for letter in plain:
            for place, dots in enumerate(_FONT.get(letter, bytes(7))):
                for column in range(5):
                    if dots >> (4 - column) & 1:
                        self.box(x + column * scale, y + place * scale, scale, scale, colour)
            x += 6 * scale


def card(title: str, lines: Sequence[tuple[str, str]]) -> bytes:
    """A card with a head-and-shoulders figure and labelled values; what does not fit is cut off."""
    canvas = _Canvas()
    canvas.box(0, 0, WIDTH, 52, _INK)
    canvas.box(0, 52, WIDTH, 5, _AMBER)
    canvas.text(18, 18, title[:36], _WHITE)
    canvas.box(20, 78, 120, 150, _SAND)
    canvas.disc(80, 134, 30, _SLATE)
    canvas.disc(80, 216, 46, _SLATE)
    canvas.box(20, 228, 120, 40, _PAPER)
    for place, (label, value) in enumerate(lines[:6]):
        y = 76 + place * 33
        canvas.text(160, y, label[:50], _SLATE, 1)
        canvas.text(160, y + 11, value[:26], _INK)
    canvas.text(20, 280, "Made up for a demonstration", _SLATE, 1)
    return _encode(canvas.rows)


def _encode(rows: Sequence[bytearray]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)  # 8 bits, palette
    pixels = zlib.compress(b"".join(b"\x00" + bytes(row) for row in rows), 6)
    parts = (chunk(b"IHDR", header), chunk(b"PLTE", _PALETTE), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
