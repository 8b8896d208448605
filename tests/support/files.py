"""Small files of every kind, real enough for a viewer, made here so that no binary lies in the repository."""

from __future__ import annotations

import struct
import zlib


def pdf(text: str = "Medical examiner's certificate") -> bytes:
    """A one-page PDF that shows `text`."""
    shown = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("latin-1", "replace")
    stream = b"BT /F1 18 Tf 72 700 Td (" + shown + b") Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def png(width: int = 8, height: int = 8, *, claimed: tuple[int, int] | None = None) -> bytes:
    """A grey PNG; `claimed` lies about its size in the header."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", *(claimed or (width, height)), 8, 0, 0, 0, 0)
    rows = (b"\x00" + b"\x80" * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int = 640, height: int = 480, *, behind: bytes = b"") -> bytes:
    """The skeleton of a JPEG: header, frame, scan, end."""
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\x00\x00\x3f\x00" + b"\x12\x34\x56"
    return b"\xff\xd8" + app0 + frame + scan + b"\xff\xd9" + behind


def webp(width: int = 100, height: int = 50) -> bytes:
    """The skeleton of a lossless WebP."""
    data = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(8) + b"\x00"
    body = b"WEBPVP8L" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def heic(brand: bytes = b"heic") -> bytes:
    """The skeleton of a HEIC."""

    def box(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(data), kind) + data

    return box(b"ftyp", brand + b"\0\0\0\0" + brand) + box(b"meta", bytes(16)) + box(b"mdat", bytes(32))


def zip_archive(comment: bytes = b"") -> bytes:
    """An empty ZIP archive: its end record alone."""
    return b"PK\x05\x06" + bytes(16) + struct.pack("<H", len(comment)) + comment


EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(200)
