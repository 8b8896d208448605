"""The barcode on the back of a licence, as text and as a picture."""

from __future__ import annotations

import io
from typing import Any

import zxingcpp
from PIL import Image


def barcode_text(
    *,
    number: str = "12345678",
    first: str = "ANA",
    last: str = "RUIZ",
    issued: str = "01152024",
    expires: str = "01152028",
    country: str = "USA",
) -> str:
    """AAMVA version 10: a header, then a subfile of elements, a line each."""
    elements = [f"DAQ{number}", f"DCS{last}", f"DAC{first}", "DADNONE", f"DBD{issued}", "DBB02031980", f"DBA{expires}", "DAJTX"]
    lines = "\n".join([*elements, "DCAA", f"DCG{country}"])
    return f"@\n\x1e\rANSI 636015100002DL00410278ZT03190008DL{lines}\r"


def photo_of(text: str) -> bytes:
    """A JPEG that shows the text as PDF417."""
    made: Any = zxingcpp.create_barcode(text.encode(), zxingcpp.BarcodeFormat.PDF417)
    picture: Any = made.to_image(scale=4, add_quiet_zones=True)
    height, width = picture.shape
    image = Image.frombuffer("L", (width, height), bytes(memoryview(picture).cast("B")), "raw", "L", 0, 1)
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()
