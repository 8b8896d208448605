"""What stands in a file that a machine can read: the text of a PDF, and barcodes. Runs in the bounded process."""

from __future__ import annotations

from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from dot_copilot.features.documents.bounded.pictures import opened, plain

_TEXT = 20_000
_PAGES = 2
_SIDE = 3000


def read(path: str, media_type: str) -> dict[str, Any]:
    """`{"text": ..., "codes": [...]}` of the first pages; either may be empty."""
    if media_type == "application/pdf":
        return _of_pdf(path)
    with opened(path) as image:
        image.draft("RGB", (_SIDE, _SIDE))
        upright = plain(ImageOps.exif_transpose(image))
    return {"text": "", "codes": _codes(upright)}


def _of_pdf(path: str) -> dict[str, Any]:
    pdf = pypdfium2.PdfDocument(path)
    text, codes = "", []
    for number in range(min(len(pdf), _PAGES)):
        page = pdf[number]
        words = page.get_textpage()
        text += words.get_text_range(0, min(words.count_chars(), _TEXT)) + "\n"
        words.close()
        scale = min(_SIDE / max(page.get_width(), page.get_height(), 1), 4)
        codes += _codes(plain(page.render(scale=scale).to_pil()))
        page.close()
    pdf.close()
    return {"text": text[:_TEXT].replace("\x00", ""), "codes": codes}


def _codes(image: Image.Image) -> list[str]:
    """The text of each PDF417 and QR code, of bytes as they are."""
    image.thumbnail((_SIDE, _SIDE))
    wanted: Any = (zxingcpp.BarcodeFormat.PDF417, zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(image.convert("L"), formats=wanted)
    return [code.bytes.decode("utf-8", "replace").replace("\x00", "")[:4000] for code in found if code.bytes][:5]
