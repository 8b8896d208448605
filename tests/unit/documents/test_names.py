"""File names of strangers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dot_copilot.features.documents.names import safe_file_name


@pytest.mark.parametrize(
    ("sent", "media_type", "safe"),
    [
        ("card.pdf", "application/pdf", "card.pdf"),
        ("Scan 03.JPG", "image/jpeg", "Scan 03.JPG"),
        ("../../etc/passwd", "application/pdf", "passwd.pdf"),
        ("..\\..\\Windows\\win.ini", "image/png", "win.ini.png"),
        ("card.pdf.exe", "application/pdf", "card.pdf.exe.pdf"),
        ("fdp\u202egnp.exe", "application/pdf", "fdpgnp.exe.pdf"),
        ("a\r\nSet-Cookie: x\x00.pdf", "application/pdf", "aSet-Cookie_ x.pdf"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 116 + ".pdf"),
        ("", "image/webp", "document.webp"),
        (None, "image/heic", "document.heic"),
        (".pdf", "application/pdf", "pdf.pdf"),
        ("...", "application/pdf", "document.pdf"),
        ("CON.pdf", "application/pdf", "_CON.pdf"),
        ('a"b;c%2f.pdf', "application/pdf", "a_b_c_2f.pdf"),
        ("Führerschein – Müller.pdf", "application/pdf", "Führerschein – Müller.pdf"),
        ("cédula.pdf", "application/pdf", unicodedata.normalize("NFC", "cédula.pdf")),
        ("whatever.bin", "", "whatever.bin"),
    ],
)
def test_a_name_becomes_harmless(sent: str | None, media_type: str, safe: str) -> None:
    assert safe_file_name(sent, media_type) == safe


@given(st.text(max_size=400))
def test_no_name_is_a_path_or_moves_the_cursor(sent: str) -> None:
    safe = safe_file_name(sent, "application/pdf")
    assert 4 < len(safe) <= 120
    assert safe.lower().endswith(".pdf")
    assert not set(safe) & set('/\\"<>:|?*%;\r\n')
    assert all(unicodedata.category(letter)[0] != "C" for letter in safe)
    assert safe_file_name(safe, "application/pdf") == safe
