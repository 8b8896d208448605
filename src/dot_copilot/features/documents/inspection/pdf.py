"""PDF (ISO 32000): begins at byte 0, has its cross-reference, and ends where it says it ends."""

from __future__ import annotations

import re
from typing import BinaryIO

from dot_copilot.features.documents.inspection.refusal import Refused

_VERSION = re.compile(rb"%PDF-[12]\.\d")
_TAIL = 2048


def check_pdf(file: BinaryIO, size: int) -> None:
    """`Refused` unless header, `startxref` and a closing `%%EOF` are there.

    Readers accept a header anywhere in the first kilobyte, which is how a program passes for a PDF; we want it first.
    """
    file.seek(0)
    if not _VERSION.match(file.read(8)):
        raise Refused("begins like a PDF but is none")
    file.seek(max(0, size - _TAIL))
    tail = file.read(_TAIL)
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise Refused("is a PDF that breaks off before its end")
    if tail[end + 5 :].strip(b"\r\n\t\f \x00\x1a"):
        raise Refused("is a PDF with something else behind its end")
    if b"startxref" not in tail[:end]:
        raise Refused("is a PDF without its table of contents")
