"""Watermarks: who looks at it, for whom, and when, across every page or picture that an auditor gets."""

from __future__ import annotations

import math
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pikepdf
from PIL import Image, ImageDraw, ImageFont, ImageOps
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from dot_copilot.features.packets.press import typeface
from dot_copilot.features.packets.press.assemble import PRODUCER
from dot_copilot.features.packets.press.foreign import MOST_PAGES, open_foreign
from dot_copilot.features.packets.press.paper import Size
from dot_copilot.features.packets.press.pictures import MOST_BYTES, open_picture
from dot_copilot.features.packets.press.placing import place_form
from dot_copilot.features.packets.press.problem import NotPrintable

_LONG_SIDE = 2400
_FONT = Path(__file__).parent / "fonts" / "Roboto-Bold.ttf"


def stamp_pdf(source: Path, target: Path, words: str) -> int:
    """The PDF with `words` over each of its pages; what acts (scripts, links to files) is taken out. Returns the pages."""
    typeface.load()
    stamps: dict[Size, pikepdf.Object] = {}
    with ExitStack() as opened, open_foreign(source) as pdf:
        if len(pdf.pages) > MOST_PAGES:
            raise NotPrintable(f"The PDF has {len(pdf.pages):,} pages, more than can be shown here. Ask the carrier for it.")
        try:
            for page in pdf.pages:
                for name in ("/AA", "/Annots"):
                    if name in page.obj and not (name == "/Annots" and _is_ours(pdf)):
                        del page.obj[name]
                box = pikepdf.Rectangle(pikepdf.Array(page.mediabox))
                size = (float(box.width), float(box.height))
                if size not in stamps:
                    stamp = opened.enter_context(pikepdf.open(BytesIO(_stamp(size, words)))).pages[0]
                    stamps[size] = pdf.copy_foreign(stamp.as_form_xobject())
                place_form(page, stamps[size], box)
            for name in ("/OpenAction", "/AA", "/AcroForm", "/Names"):
                if name in pdf.Root and not (name == "/Names" and _is_ours(pdf)):
                    del pdf.Root[name]
            pdf.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError):
            raise NotPrintable("The PDF is damaged: it can't be shown.") from None
        return len(pdf.pages)


def _is_ours(pdf: pikepdf.Pdf) -> bool:
    """Whether we made it ourselves; then its links lead to its own pages."""
    return str(pdf.docinfo.get("/Producer", "")) == PRODUCER


def _stamp(size: Size, words: str) -> bytes:
    width, height = size
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    canvas.setFillColor(Color(0.45, 0.1, 0.1, alpha=0.16))
    canvas.translate(width / 2, height / 2)
    canvas.rotate(math.degrees(math.atan2(height, width)))
    room = math.hypot(width, height) * 0.86
    letters = max(6.0, min(30.0, room / max(1, len(words)) * 1.9))
    canvas.setFont(typeface.BOLD, letters)
    for line in (-2, 0, 2):
        canvas.drawCentredString(0, line * min(width, height) / 7, words)
    canvas.rotate(-math.degrees(math.atan2(height, width)))
    canvas.translate(-width / 2, -height / 2)
    canvas.setFillColor(Color(0.45, 0.1, 0.1, alpha=0.9))
    canvas.setFont(typeface.PLAIN, max(4.0, min(7.0, room / max(1, len(words)) * 1.9)))
    canvas.drawCentredString(width / 2, min(10, height / 40), words)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def stamp_picture(source: Path, target: Path, words: str) -> None:
    """The picture, turned the right way, with `words` across it, as a JPEG without metadata."""
    picture = open_picture(source)
    width, height = picture.size
    if width * height * max(1, len(picture.getbands())) > MOST_BYTES:
        raise NotPrintable(f"The picture has {width} x {height} pixels, more than can be shown here. Ask the carrier for it.")
    try:
        picture.draft("RGB", (_LONG_SIDE, _LONG_SIDE))
        shown = ImageOps.exif_transpose(picture).convert("RGB")
    except Exception:  # noqa: BLE001 - whatever the decoder stumbles over
        raise NotPrintable("The picture is damaged: it can't be shown.") from None
    shown.thumbnail((_LONG_SIDE, _LONG_SIDE))
    width, height = shown.size
    font = ImageFont.truetype(str(_FONT), max(10, int(math.hypot(width, height) / max(12, len(words)) * 1.5)))
    long = int(math.hypot(width, height))
    layer = Image.new("L", (long, long), 0)
    pen = ImageDraw.Draw(layer)
    for part in (0.3, 0.5, 0.7):
        pen.text((long / 2, long * part), words, fill=90, font=font, anchor="mm")
    layer = layer.rotate(math.degrees(math.atan2(height, width)), resample=Image.Resampling.BILINEAR)
    left, top = (long - width) // 2, (long - height) // 2
    shown.paste((120, 20, 20), mask=layer.crop((left, top, left + width, top + height)))
    shown.save(target, "JPEG", quality=88)
