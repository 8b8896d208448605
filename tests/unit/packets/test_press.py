"""What the press makes of documents: looked at as a reader renders them, byte for byte the same, and never brought down."""

from __future__ import annotations

import asyncio
import hashlib
import io
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from dot_copilot.features.packets.press.child import Press
from dot_copilot.features.packets.press.foreign import MOST_PAGES, print_foreign
from dot_copilot.features.packets.press.model import Sheet, SheetDocument, SheetItem, SheetRecord
from dot_copilot.features.packets.press.paper import LANDSCAPE, PORTRAIT, Size
from dot_copilot.features.packets.press.pictures import print_picture, without_metadata
from dot_copilot.features.packets.press.problem import NotPrintable
from tests.support import scans

Colour = tuple[int, int, int]
RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


def printed(work: Callable[[Path, pikepdf.Pdf], list[Size]], content: bytes, folder: Path) -> tuple[list[Size], Path]:
    """A document on pages of ours."""
    source, target = folder / "source", folder / "part.pdf"
    source.write_bytes(content)
    with pikepdf.new() as pdf:
        sizes = work(source, pdf)
        pdf.save(target)
    return sizes, target


def seen(path: Path, page: int = 0) -> Image.Image:
    """The page as a reader shows it, one pixel a point."""
    document = pypdfium2.PdfDocument(path)
    try:
        shown: Image.Image = document[page].render(scale=1).to_pil().convert("RGB")
        return shown
    finally:
        document.close()


def near(colour: Any, wanted: Colour) -> bool:
    return all(abs(one - other) < 60 for one, other in zip(colour, wanted, strict=True))


# In the photo red is the stored top left and blue the stored top right. Where a reader must see them (CIPA DC-008).
TURNED = {1: (0, 1), 2: (1, 0), 3: (2, 3), 4: (3, 2), 5: (0, 3), 6: (1, 2), 7: (2, 1), 8: (3, 0)}


@pytest.mark.parametrize(("orientation", "places"), TURNED.items())
def test_a_photo_stands_as_its_exif_says(tmp_path: Path, orientation: int, places: tuple[int, int]) -> None:
    sizes, path = printed(print_picture, scans.photo(600, 400, orientation=orientation), tmp_path)
    assert sizes == [PORTRAIT if orientation >= 5 else LANDSCAPE]
    with pikepdf.open(path) as pdf:
        assert pdf.pages[0].Resources.XObject.Picture.Filter == "/DCTDecode", "the photo's own bytes"
    image = seen(path)
    red, blue = places
    found = _coloured(image)
    assert [place for place, colour in enumerate(found) if near(colour, RED)] == [red]
    assert [place for place, colour in enumerate(found) if near(colour, BLUE)] == [blue]


def _coloured(image: Image.Image) -> list[Any]:
    """The corners of the photo on its sheet; the photo fills the body in one direction, so its box is known from its shape."""
    wide, high = image.size
    body = (30, 50, wide - 30, high - 30)
    ratio = 1.5 if wide > high else 1 / 1.5
    across, down = body[2] - body[0], body[3] - body[1]
    width = min(across, down * ratio)
    height = width / ratio
    left, top = body[0] + (across - width) / 2, body[1] + (down - height) / 2
    inset = 10
    right, bottom = left + width, top + height
    places = [(left + inset, top + inset), (right - inset, top + inset), (right - inset, bottom - inset)]
    places.append((left + inset, bottom - inset))
    return [image.getpixel((int(x), int(y))) for x, y in places]


def test_where_a_photo_was_taken_is_not_in_the_packet(tmp_path: Path) -> None:
    content = scans.photo(place=True)
    assert b"TAKEN-AT-HOME" in content
    _, path = printed(print_picture, content, tmp_path)
    assert b"TAKEN-AT-HOME" not in path.read_bytes()
    with Image.open(io.BytesIO(without_metadata(content))) as bare:
        assert not bare.getexif()
        bare.load()


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "1"), ("PNG", "L"), ("PNG", "P"), ("PNG", "RGBA"), ("PNG", "I;16"), ("WEBP", "RGB")]
)
def test_pictures_of_every_mode_are_drawn(tmp_path: Path, kind: str, mode: str) -> None:
    sizes, path = printed(print_picture, scans.picture(kind, mode), tmp_path)
    assert sizes == [LANDSCAPE]
    colours = seen(path).getcolors(1 << 24)
    assert colours is not None
    assert len(colours) >= 2


def test_ink_is_not_turned_into_its_opposite(tmp_path: Path) -> None:
    _, path = printed(print_picture, scans.photo(mode="CMYK"), tmp_path)
    light = seen(path).convert("L").histogram()
    assert sum(light[240:]) > 0.5 * LANDSCAPE[0] * LANDSCAPE[1]


def test_a_heic_photo_is_drawn(tmp_path: Path) -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(scans.photo())) as photo:
        photo.save(buffer, "HEIF")
    _, path = printed(print_picture, buffer.getvalue(), tmp_path)
    assert near(_coloured(seen(path))[0], RED)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_turned_page_stands_upright(tmp_path: Path, rotate: int) -> None:
    """The black bar is at the top of the stored page; turned clockwise it is at the right, at the foot, at the left."""
    _, path = printed(print_foreign, scans.pdf(rotate=rotate), tmp_path)
    image = seen(path)
    box = image.convert("L").point(lambda value: 255 if value < 60 else 0).getbbox()
    assert box is not None
    side = {0: box[1] < 60, 90: box[2] > image.width - 60, 180: box[3] > image.height - 60, 270: box[0] < 60}
    assert side[rotate], box


@pytest.mark.parametrize("size", [(36, 36), (5000, 7000), (792, 612), (200, 14000)])
def test_a_page_of_any_size_fits_on_the_sheet(tmp_path: Path, size: tuple[float, float]) -> None:
    sizes, path = printed(print_foreign, scans.pdf(size=size), tmp_path)
    assert sizes == [LANDSCAPE if size[0] > size[1] else PORTRAIT]
    assert sum(seen(path).convert("L").histogram()[:100]) > 0


def test_what_was_filled_into_a_form_is_drawn_and_what_acts_is_left_behind(tmp_path: Path) -> None:
    _, path = printed(print_foreign, scans.form_pdf(), tmp_path)
    assert any(near(colour, RED) for _, colour in seen(path).getcolors(1 << 24) or [])
    _, path = printed(print_foreign, scans.acting_pdf(), tmp_path)
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "plain.pdf", stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
    plain = (tmp_path / "plain.pdf").read_bytes()
    assert b"EVIL" not in plain
    assert b"JavaScript" not in plain


def test_a_pdf_that_only_forbids_editing_is_taken(tmp_path: Path) -> None:
    sizes, _ = printed(print_foreign, scans.locked_pdf(user=""), tmp_path)
    assert len(sizes) == 1


REFUSED: list[tuple[Any, bytes, str]] = [
    (print_foreign, scans.locked_pdf(), "password"),
    (print_foreign, b"%PDF-1.7\nxx\nstartxref\n1\n%%EOF", "damaged"),
    (print_foreign, scans.broken_stream_pdf(), "damaged"),
    (print_foreign, scans.pdf()[:300], "damaged"),
    (print_foreign, scans.pdf(size=(20000, 20000)), "inches"),
    (print_picture, scans.photo()[:3000], "damaged"),
    (print_picture, b"\x89PNG\r\n\x1a\nnothing", "damaged"),
    (print_picture, scans.picture("PNG", "1", (30000, 20000)), "pixels"),
]


@pytest.mark.parametrize(("work", "content", "why"), REFUSED)
def test_what_can_not_be_drawn_says_why(tmp_path: Path, work: Any, content: bytes, why: str) -> None:
    with pytest.raises(NotPrintable, match=why):
        printed(work, content, tmp_path)


def test_a_pdf_of_ten_thousand_pages_is_named_and_not_drawn(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(NotPrintable, match="10,000 pages"):
        printed(print_foreign, scans.pdf(10_000, size=(100, 100)), tmp_path)
    assert MOST_PAGES < 10_000
    assert time.monotonic() - began < 30


def a_sheet(documents: list[SheetDocument]) -> Sheet:
    """A driver's file with names that PDF's own fonts can't write."""
    item = SheetItem(
        title="Medical certificate <b>",
        state="expired",
        due_on=date(2026, 3, 1),
        valid_until=date(2026, 3, 1),
        summary="Medical certificate ran out on March 1, 2026 – 49 CFR 391.45",
        steps=["Exam on February 29, 2024", "Card says February 28, 2026 " * 40],
        citations=["49 CFR 391.45"],
        remarks=[],
        records=[SheetRecord(date(2024, 2, 29), date(2026, 2, 28), None, "upload", "accepted", 1)],
    )
    return Sheet(
        kind="file",
        carrier="Łódź & Söhne",
        usdot="1234567",
        driver="Nguyễn Thị Şahin",
        employee_id="E-17",
        terminal="Dallas",
        hired="hired May 1, 2024",
        as_of=date(2026, 11, 28),
        code="K7QF-2M9X-4TRD-C",
        verify_url="https://dot.example/verify/K7QF-2M9X-4TRD-C",
        version="0123456789abcdef",
        employed=True,
        may_drive=False,
        reasons=["Medical certificate ran out"],
        restrictions=[],
        items=[item] * 40,
        not_applicable=["Entry-level driver training"],
        documents=documents,
    )


async def a_packet(folder: Path, press: Press) -> Path:
    """A packet of a photo, a PDF of three pages, and one that could not be included."""
    folder.mkdir()
    documents = []
    for number, (content, media_type) in enumerate(
        [(scans.photo(orientation=6), "image/jpeg"), (scans.pdf(3), "application/pdf"), (scans.locked_pdf(), "application/pdf")],
        1,
    ):
        source, part = folder / f"{number}", folder / f"{number}.part"
        source.write_bytes(content)
        document = SheetDocument(
            number=number,
            requirement="Medical certificate",
            file_name=f"card {number}.pdf",
            media_type=media_type,
            size=len(content),
            sha256="ab" * 32,
            obtained_on=date(2024, 2, 29),
            review="accepted",
        )
        try:
            sizes = await press.convert(source, media_type, part)
            document = msgspec.structs.replace(document, part=str(part), sizes=sizes)
        except NotPrintable as problem:
            document = msgspec.structs.replace(document, problem=problem.why)
        documents.append(document)
    (folder / "sheet.json").write_bytes(msgspec.json.encode(a_sheet(documents)))
    await press.assemble(folder / "sheet.json", folder / "packet.pdf")
    return folder / "packet.pdf"


@pytest.mark.asyncio
async def test_two_presses_make_the_same_bytes(tmp_path: Path) -> None:
    """In two processes, with other seeds of their hashes, at other moments."""
    digests = []
    for run in range(2):
        async with Press() as press:
            path = await a_packet(tmp_path / str(run), press)
        digests.append(hashlib.sha256(path.read_bytes()).hexdigest())
        await asyncio.sleep(1.1)
    assert digests[0] == digests[1]


@pytest.mark.asyncio
async def test_the_packet_has_its_outline_its_heads_and_its_links(tmp_path: Path) -> None:
    async with Press() as press:
        path = await a_packet(tmp_path / "one", press)
    document = pypdfium2.PdfDocument(path)
    outline = {mark.get_title(): mark.get_dest().get_index() for mark in document.get_toc()}
    text = [document[page].get_textpage().get_text_range() for page in range(len(document))]
    document.close()
    photo = outline["1. Medical certificate, February 29, 2024"]
    assert "USDOT 1234567 · Nguyễn Thị Şahin · Medical certificate · document 1 page 1 of 1" in text[photo]
    assert "Packet K7QF-2M9X-4TRD-C" in text[photo]
    assert "document 2 page 3 of 3" in text[photo + 3]
    assert "sheet 3" in text[photo + 3]
    assert "Document 3 is not included" in text[photo + 4]
    assert "password" in text[photo + 4]
    assert f"{len(text)} / {len(text)}" in text[-1]
    assert f"{photo + 1}" in text[0]
    assert "ran out on March 1, 2026 – 49 CFR 391.45" in "".join(text)
    assert all("Packet K7QF-2M9X-4TRD-C" in page for page in text)
    assert near(seen(path, photo).getpixel((int(PORTRAIT[0]) - 85, 65)), RED), "the photo, turned, beneath its head"
