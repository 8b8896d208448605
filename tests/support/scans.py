"""Documents as fleets have them: photos with EXIF, scans in every mode, PDFs with forms, locks and odd pages."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image, ImageDraw


def photo(width: int = 600, height: int = 400, *, orientation: int = 1, mode: str = "RGB", place: bool = False) -> bytes:
    """A JPEG whose top left corner is red and whose top right is blue; `place` writes into it where it was taken."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, width // 3, height // 3), fill="red")
    pen.rectangle((width - width // 3, 0, width, height // 3), fill="blue")
    exif = Image.Exif()
    exif[274] = orientation
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (32.0, 46.0, 36.0)})
        exif[270] = "TAKEN-AT-HOME"
    buffer = BytesIO()
    image.convert(mode).save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (300, 200)) -> bytes:
    """A PNG or WebP, green."""
    buffer = BytesIO()
    Image.new(mode, size, {"1": 0, "L": 120, "P": 3, "I;16": 500}.get(mode, (0, 160, 60, 128)[: len(mode)])).save(buffer, kind)
    return buffer.getvalue()


def pdf(pages: int = 1, *, size: tuple[float, float] = (612, 792), rotate: int = 0, **save: Any) -> bytes:
    """A PDF with a black bar at the top of each page and a number."""
    made = pikepdf.new()
    for number in range(1, pages + 1):
        page = made.add_blank_page()
        page.obj.MediaBox = [0, 0, *size]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        drawn = f"0 0 0 rg 0 {size[1] - 40} {size[0]} 40 re f BT /F1 24 Tf 60 300 Td (sheet {number}) Tj ET"
        page.obj.Contents = made.make_stream(drawn.encode())
        if rotate:
            page.obj.Rotate = rotate
    return _saved(made, **save)


def _saved(made: pikepdf.Pdf, **save: Any) -> bytes:
    buffer = BytesIO()
    made.save(buffer, static_id=True, **save) if "encryption" not in save else made.save(buffer, **save)
    return buffer.getvalue()


def locked_pdf(*, user: str = "secret") -> bytes:
    """A PDF that needs a password (`user`), or only forbids editing (an empty one)."""
    return pdf(encryption=pikepdf.Encryption(owner="owner", user=user))


@lru_cache(maxsize=1)
def acting_pdf() -> bytes:
    """A PDF with scripts on opening and on its page, a link, and a file inside."""
    made = pikepdf.open(BytesIO(pdf()))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('EVIL')")
    made.Root.OpenAction = made.make_indirect(script)
    made.pages[0].obj.AA = pikepdf.Dictionary(O=script)
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example/EVIL")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 100, 100], A=action)
    made.pages[0].obj.Annots = [made.make_indirect(link)]
    made.attachments["EVIL.exe"] = b"MZ EVIL"
    return _saved(made)


@lru_cache(maxsize=1)
def form_pdf() -> bytes:
    """A form with a field that somebody filled in, drawn by nothing but the field."""
    made = pikepdf.open(BytesIO(pdf()))
    appearance = made.make_stream(
        b"1 0 0 rg 0 0 200 60 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 200, 60]
    )
    field = made.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="name",
            V="Ana Ruiz",
            Rect=[200, 400, 400, 460],
            F=4,
            AP=pikepdf.Dictionary(N=appearance),
        )
    )
    made.pages[0].obj.Annots = [field]
    made.Root.AcroForm = made.make_indirect(pikepdf.Dictionary(Fields=[field]))
    return _saved(made)


def broken_stream_pdf() -> bytes:
    """A PDF that opens, whose page can't be unpacked."""
    made = pikepdf.open(BytesIO(pdf()))
    made.pages[0].obj.Contents = pikepdf.Stream(made, b"\x00\x01 no deflate at all", Filter=pikepdf.Name.FlateDecode)
    return _saved(made, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
