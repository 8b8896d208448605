"""A watermark is on every page and picture, and what a camera wrote is gone."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image

from dot_copilot.features.packets.press.stamp import stamp_pdf, stamp_picture
from tests.support import scans
from tests.unit.packets.test_press import seen

WORDS = "Pat Auditor, FMCSA Texas Division · from Łódź & Söhne · 2026-11-28 08:10 UTC"


def test_a_watermark_is_on_every_page_whatever_its_size(tmp_path: Path) -> None:
    source, target = tmp_path / "a.pdf", tmp_path / "b.pdf"
    with pikepdf.open(io.BytesIO(scans.pdf(2))) as pdf:
        pdf.add_blank_page(page_size=(200, 1000))
        pdf.add_blank_page(page_size=(72, 72))
        pdf.save(source)
    assert stamp_pdf(source, target, WORDS) == 4
    document = pypdfium2.PdfDocument(target)
    told = [document[page].get_textpage().get_text_range() for page in range(4)]
    document.close()
    assert all("Pat Auditor" in page for page in told)
    before, after = seen(source), seen(target)
    assert before.getpixel((300, 500)) == (255, 255, 255)
    assert len(after.crop((100, 200, 500, 700)).getcolors(1 << 24) or []) > 5


def test_a_watermark_is_on_a_photo_and_its_metadata_are_gone(tmp_path: Path) -> None:
    source, target = tmp_path / "a.jpg", tmp_path / "b.jpg"
    source.write_bytes(scans.photo(orientation=6, place=True))
    stamp_picture(source, target, WORDS)
    with Image.open(target) as picture:
        assert picture.size == (400, 600), "turned"
        assert not picture.getexif()
        colours = picture.convert("L").crop((0, 220, 400, 600)).getcolors(1 << 16)
        assert colours is not None
        assert len(colours) > 20
    assert b"TAKEN-AT-HOME" not in target.read_bytes()
