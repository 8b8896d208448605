"""Documents as fleets have them: phone photos in colour, office scans in grey, as JPEG and as PDFs of JPEG pages."""

from __future__ import annotations

import random
from io import BytesIO

import pikepdf
from PIL import Image, ImageDraw, ImageFilter

_WORDS = ("medical", "examiner", "certificate", "driver", "license", "annual", "review", "record", "inquiry", "carrier", "agency")


def page(seed: int, size: tuple[int, int], mode: str, quality: int = 80) -> bytes:
    """A written page under uneven light with a sensor's noise, as JPEG; the same for the same seed."""
    chance = random.Random(seed)
    paper = Image.new("L", (size[0] // 2, size[1] // 2), 238)
    pen = ImageDraw.Draw(paper)
    for line in range(40, paper.height - 40, 14):
        pen.text((40, line), " ".join(chance.choices(_WORDS, k=paper.width // 62)), fill=chance.randint(20, 60))
    pen.rectangle((30, 30, paper.width - 30, 90), outline=40, width=2)
    paper = paper.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(0.7))
    light = Image.linear_gradient("L").resize(size).point(lambda value: 200 + value * 55 // 255)
    noisy = Image.blend(Image.composite(paper, light, paper.point(lambda value: 255 - value)), Image.effect_noise(size, 24), 0.06)
    shown = Image.merge("RGB", (noisy, noisy.point(lambda value: value * 97 // 100), noisy)) if mode == "RGB" else noisy
    buffer = BytesIO()
    shown.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def photo(seed: int) -> bytes:
    """A phone's photo: 3000 x 4000 pixels in colour."""
    return page(seed, (3000, 4000), "RGB", 85)


def scan(pages: list[bytes]) -> bytes:
    """A PDF of an office scanner: one grey JPEG a Letter page."""
    made = pikepdf.new()
    for content in pages:
        with Image.open(BytesIO(content)) as opened:
            width, height = opened.size
        image = pikepdf.Stream(made, content)
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = width, height, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.DCTDecode
        made.add_blank_page(page_size=(612, 792))
        sheet = made.pages[-1]
        sheet.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
        sheet.obj.Contents = made.make_stream(b"q 612 0 0 792 0 0 cm /Scan Do Q")
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()
