"""Decides by its content what a file is, and refuses what we don't take. Pure: bytes in, a verdict out."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from msgspec import Struct

from dot_copilot.features.documents.inspection.archive import ends_as_archive
from dot_copilot.features.documents.inspection.images import check_heic, check_jpeg, check_png, check_webp
from dot_copilot.features.documents.inspection.pdf import check_pdf
from dot_copilot.features.documents.inspection.refusal import Refused
from dot_copilot.features.documents.inspection.video import QUICKTIME, check_film, is_film

__all__ = ["Inspected", "Refused", "inspect", "refused_head"]

# What people try to upload instead, told by the first bytes, so that the refusal can name it.
_OTHERS = (
    (b"MZ", "is a Windows program"),
    (b"\x7fELF", "is a program"),
    (b"\xcf\xfa\xed\xfe", "is a program"),
    (b"#!", "is a script"),
    (b"PK\x03\x04", "is a ZIP archive or an Office document"),
    (b"PK\x05\x06", "is a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "is an old Office document"),
    (b"Rar!", "is a RAR archive"),
    (b"7z\xbc\xaf", "is a 7-Zip archive"),
    (b"\x1f\x8b", "is a gzip archive"),
    (b"GIF8", "is a GIF"),
    (b"BM", "is a BMP image"),
    (b"II*\x00", "is a TIFF"),
    (b"MM\x00*", "is a TIFF"),
    (b"{\\rtf", "is an RTF document"),
    (b"<", "is HTML, SVG or XML"),
)


class Inspected(Struct, frozen=True):
    """What a file is: media type by content, size in bytes, SHA-256."""

    media_type: str
    size: int
    sha256: bytes


def inspect(file: BinaryIO, *, films: bool = False) -> Inspected:
    """Reads the whole file once for its digest, then its structure. `Refused` says what it is instead."""
    file.seek(0)
    digest = hashlib.sha256()
    size = 0
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    if size == 0:
        raise Refused("is empty")
    media_type = _kind(file, size, films=films)
    if ends_as_archive(file, size):
        raise Refused("is a ZIP archive and something else at once")
    file.seek(0)
    return Inspected(media_type, size, digest.digest())


def refused_head(head: bytes) -> Refused:
    """Why a file that begins like this is not taken."""
    for magic, found in _OTHERS:
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(magic):
            return Refused(found)
    return Refused("is none of these kinds of file")


def _kind(file: BinaryIO, size: int, *, films: bool) -> str:
    file.seek(0)
    head = file.read(32)
    if head.startswith(b"%PDF-"):
        check_pdf(file, size)
        return "application/pdf"
    if head.startswith(b"\xff\xd8\xff"):
        check_jpeg(file, size)
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        check_png(file, size)
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        check_webp(file, size)
        return "image/webp"
    if films and is_film(head):
        check_film(file, size)
        return "video/quicktime" if head[8:12] == QUICKTIME else "video/mp4"
    if head[4:8] == b"ftyp":
        check_heic(file, size)
        return "image/heic"
    raise refused_head(head)
