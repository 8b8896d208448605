"""What a file is, by its content."""

from __future__ import annotations

import contextlib
import hashlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dot_copilot.features.documents.inspection import Refused, inspect
from tests.support import files


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (files.pdf(), "application/pdf"),
        (files.pdf() + b"\r\n\x00\x1a", "application/pdf"),
        (files.png(), "image/png"),
        (files.jpeg(), "image/jpeg"),
        (files.jpeg(behind=b"\x00\x00\x00\x18ftypmp42" + bytes(100)), "image/jpeg"),
        (files.webp(), "image/webp"),
        (files.heic(), "image/heic"),
        (files.heic(b"mif1"), "image/heic"),
    ],
)
def test_what_is_taken(content: bytes, media_type: str) -> None:
    seen = inspect(io.BytesIO(content))
    assert (seen.media_type, seen.size, seen.sha256) == (media_type, len(content), hashlib.sha256(content).digest())


PDF, PNG = files.pdf(), files.png()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "is empty"),
        (files.EXE, "is a Windows program"),
        (b"MZ" + PDF, "is a Windows program"),
        (b"\x7fELF" + bytes(64), "is a program"),
        (b"#!/bin/sh\nrm -rf /\n", "is a script"),
        (files.zip_archive(), "is a ZIP archive"),
        (b"<html><script>alert(1)</script>", "is HTML, SVG or XML"),
        (b"\xef\xbb\xbf \n<svg onload=x>", "is HTML, SVG or XML"),
        (b"GIF89a" + bytes(20), "is a GIF"),
        (b"II*\x00" + bytes(20), "is a TIFF"),
        (b"just text", "is none of these kinds of file"),
        (b"   " + PDF, "is none of these kinds of file"),
        (PDF[:-7], "is a PDF that breaks off before its end"),
        (PDF + files.EXE, "is a PDF with something else behind its end"),
        (PDF + b"%%EOF evil", "is a PDF with something else behind its end"),
        (PDF[: PDF.rindex(b"startxref")] + b"%%EOF", "is a PDF without its table of contents"),
        (b"%PDF-x.y" + PDF, "begins like a PDF but is none"),
        (PDF + files.zip_archive(PDF[-60:]), "is a ZIP archive and something else at once"),
        (PNG[:-4], "is a PNG that breaks off"),
        (PNG[:20], "is a PNG that breaks off"),
        (PNG + b"MZ", "is a PNG with something else behind its end"),
        (files.png(claimed=(0, 8)), "is a PNG that claims 0 x 8 pixels"),
        (files.png(claimed=(60_000, 60_000)), "is a PNG that claims 60000 x 60000 pixels"),
        (PNG[:33] + PNG[-12:], "is a PNG without a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0sPLT\0\0\0\0" * 3, "begins like a PNG but is none"),
        (files.jpeg()[:-2], "is a JPEG that breaks off"),
        (files.jpeg()[:30], "is a JPEG that breaks off"),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(40), "begins like a JPEG but is none"),
        (b"\xff\xd8\xff\xda\x00\x02\xff\xd9", "is a JPEG without a picture"),
        (files.jpeg(width=0), "is a JPEG that claims 0 x 480 pixels"),
        (files.jpeg(behind=files.zip_archive()), "is a ZIP archive and something else at once"),
        (files.webp() + bytes(9), "is a WebP that breaks off, or has something else behind its end"),
        (files.webp().replace(b"VP8L", b"EVIL"), "begins like a WebP but is none"),
        (files.heic(b"mp42"), "is a film, not a photo"),
        (files.heic()[:-1], "is a HEIC that breaks off"),
        (files.heic()[:44], "is a HEIC without a picture"),
    ],
)
def test_what_is_refused_and_why(content: bytes, found: str) -> None:
    with pytest.raises(Refused) as refusal:
        inspect(io.BytesIO(content))
    assert refusal.value.found == found


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([PDF, PNG, files.jpeg(), files.webp(), files.heic()]), st.data())
def test_damage_gives_a_verdict_and_nothing_else(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content[: data.draw(st.integers(0, len(content)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Refused):
        assert inspect(io.BytesIO(bytes(damaged))).size == len(damaged)
