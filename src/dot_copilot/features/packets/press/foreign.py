"""A PDF of somebody else as pages of ours: what is shown on them, and nothing that acts.

Each page becomes a picture-like object (a form XObject) on a fresh sheet, so its rotation, its boxes and its size are settled
once, and scripts, links, attachments and actions stay behind. What was filled into forms and written as notes is drawn first.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import pikepdf

from dot_copilot.features.packets.press.paper import Size, body, sheet_for
from dot_copilot.features.packets.press.placing import place
from dot_copilot.features.packets.press.problem import NotPrintable

MOST_PAGES: Final = 2000
_LARGEST_SIDE = 200 * 72.0  # points; Acrobat's own limit is 200 inches
_ENCRYPTED = "The PDF needs a password to be opened, and nobody has told us one."
_BROKEN = "The PDF is damaged: it can't be read."


def open_foreign(path: Path) -> pikepdf.Pdf:
    """The PDF, or `NotPrintable`. One that is only locked against editing opens."""
    try:
        return pikepdf.open(path, suppress_warnings=True)
    except pikepdf.PasswordError:
        raise NotPrintable(_ENCRYPTED) from None
    except (pikepdf.PdfError, OSError, ValueError, RuntimeError):
        raise NotPrintable(_BROKEN) from None


def print_foreign(path: Path, pdf: pikepdf.Pdf) -> list[Size]:
    """Adds the PDF's pages; returns the size of each."""
    with open_foreign(path) as source:
        try:
            count = len(source.pages)
        except (pikepdf.PdfError, ValueError, RuntimeError):
            raise NotPrintable(_BROKEN) from None
        if count == 0:
            raise NotPrintable("The PDF has no pages.")
        if count > MOST_PAGES:
            raise NotPrintable(f"The PDF has {count:,} pages, more than the {MOST_PAGES:,} that are put into a packet.")
        with suppress(pikepdf.PdfError, RuntimeError, ValueError):  # a broken form is shown as it is
            if "/AcroForm" in source.Root:
                source.generate_appearance_streams()
            source.flatten_annotations("all")
        try:
            return [_add(page, pdf) for page in source.pages]
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, ZeroDivisionError):
            raise NotPrintable(_BROKEN) from None


def _add(page: pikepdf.Page, pdf: pikepdf.Pdf) -> Size:
    width, height = _sides(page)
    if not (1 <= width <= _LARGEST_SIDE and 1 <= height <= _LARGEST_SIDE):
        raise NotPrintable(f"A page of the PDF claims to be {width / 72:.1f} x {height / 72:.1f} inches.")
    page.contents_coalesce()
    content = page.obj.get("/Contents")
    if isinstance(content, pikepdf.Stream):
        content.read_bytes()  # a stream that can't be unpacked is found here, not by whoever prints the packet
    for name in ("/Annots", "/AA", "/B", "/PieceInfo", "/Metadata"):
        if name in page.obj:
            del page.obj[name]
    sheet = sheet_for(width, height)
    pdf.add_blank_page(page_size=sheet)
    place(pdf, pdf.pages[-1], page, pikepdf.Rectangle(*body(sheet)), beneath=True)
    return sheet


def _sides(page: pikepdf.Page) -> Size:
    """Width and height as a reader shows the page: its trim box, turned."""
    box = pikepdf.Rectangle(pikepdf.Array(page.trimbox))
    turned = int(page.obj.get("/Rotate", 0) or 0) % 180 != 0
    width, height = abs(float(box.width)), abs(float(box.height))
    return (height, width) if turned else (width, height)
