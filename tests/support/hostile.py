"""Files that are not what they seem, made here so that none lies in the repository."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image

from tests.support import files


def _saved(pdf: pikepdf.Pdf, **how: Any) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def _opened() -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(files.pdf()))


def encrypted(user: str = "secret") -> bytes:
    """A PDF that asks for a password; with user="" one that only forbids printing, which any reader opens."""
    return _saved(_opened(), encryption=pikepdf.Encryption(owner="owner", user=user))


def scripted(*, hidden: bool = False) -> bytes:
    """A PDF that runs JavaScript when it opens; `hidden`: in a compressed object stream, where no byte of it can be seen."""
    pdf = _opened()
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)")))
    mode = pikepdf.ObjectStreamMode.generate if hidden else pikepdf.ObjectStreamMode.disable
    return _saved(pdf, object_stream_mode=mode)


def launching() -> bytes:
    """A PDF with a link that starts a program."""
    pdf = _opened()
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("cmd.exe"))
    pdf.pages[0].Annots = pikepdf.Array(
        [pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)]
    )
    return _saved(pdf)


def carrying() -> bytes:
    """A PDF with another file in it."""
    pdf = _opened()
    pdf.attachments["invoice.exe"] = files.EXE
    return _saved(pdf)


def pages(count: int) -> bytes:
    """A PDF of so many pages."""
    pdf = pikepdf.new()
    for _ in range(count):
        pdf.add_blank_page()
    return _saved(pdf)


def opening_at_page_one() -> bytes:
    """A PDF that opens at a place, as most that are scanned do: harmless."""
    pdf = _opened()
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
    return _saved(pdf)


def photo(mode: str = "RGB", size: tuple[int, int] = (400, 300), *, turned: bool = False, kind: str = "JPEG") -> bytes:
    """A photo; `turned`: held sideways, as EXIF says, with the place it was taken at."""
    pillow_heif.register_heif_opener()
    image = Image.new(mode, size, 0 if mode in ("L", "1") else tuple([120] * len(Image.new(mode, (1, 1)).getbands())))
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (32.0, 46.0, 35.0)
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()
