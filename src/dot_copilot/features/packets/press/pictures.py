"""A photo or scan as a page: turned as its EXIF says, and without anything else that the camera wrote into it.

The bytes of a JPEG go onto the page as they are, less their metadata (a phone writes where it stood), so nothing is lost and
nothing needs to be decoded. Everything else is decoded and packed anew.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
from PIL import Image, ImageFile, UnidentifiedImageError

from dot_copilot.features.packets.press.paper import Size, fitted, sheet_for
from dot_copilot.features.packets.press.problem import NotPrintable

MOST_BYTES: Final = 160_000_000
"""Of a decoded picture: some 50 million pixels in colour."""
_LONG_SIDE = 3300  # pixels: 300 a printed inch
_QUALITY = 85
# EXIF orientation (CIPA DC-008, tag 274) as a matrix that maps the unit square onto itself.
_TURNS: Final[dict[int, tuple[int, int, int, int, int, int]]] = {
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
ImageFile.LOAD_TRUNCATED_IMAGES = False


def open_picture(path: Path) -> Image.Image:
    """The picture, not decoded yet; `NotPrintable` when nothing here can read it."""
    _learn_heic()
    Image.MAX_IMAGE_PIXELS = None  # we measure ourselves, before anything is decoded
    try:
        return Image.open(path)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise NotPrintable("The picture is damaged: it can't be read.") from None


def _learn_heic() -> None:
    """Pillow reads what iPhones send only with a plug-in, where one is installed."""
    try:
        pillow_heif = importlib.import_module("pillow_heif")
    except ImportError:
        return
    pillow_heif.register_heif_opener()


def print_picture(path: Path, pdf: pikepdf.Pdf) -> list[Size]:
    """Adds the page; returns its size."""
    picture = open_picture(path)
    turn = _orientation(picture)
    if picture.format == "JPEG" and picture.mode in ("L", "RGB", "CMYK"):
        image = _as_it_is(path, picture, pdf)
    else:
        image = _packed(picture, pdf)
    width, height = float(image.Width), float(image.Height)
    if turn >= 5:
        width, height = height, width
    sheet = sheet_for(width, height)
    left, bottom, wide, high = fitted(width, height, sheet)
    a, b, c, d, e, f = _TURNS.get(turn, (1, 0, 0, 1, 0, 0))
    placed = (a * wide, b * high, c * wide, d * high, left + e * wide, bottom + f * high)
    content = f"q {' '.join(f'{number:.3f}' for number in placed)} cm /Picture Do Q"
    pdf.pages.append(
        pikepdf.Page(
            pdf.make_indirect(
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Page,
                    MediaBox=[0, 0, *sheet],
                    Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Picture=image)),
                    Contents=pdf.make_stream(content.encode()),
                )
            )
        )
    )
    return [sheet]


def _orientation(picture: Image.Image) -> int:
    if picture.format in ("HEIF", "HEIC", "AVIF"):
        return 1  # the plug-in has turned it already
    try:
        return int(picture.getexif().get(274, 1) or 1)
    except Exception:  # noqa: BLE001 - a parser of what a stranger wrote; without it the picture stands as it was stored
        return 1


def _as_it_is(path: Path, picture: Image.Image, pdf: pikepdf.Pdf) -> pikepdf.Stream:
    """The JPEG's own bytes. It is decoded at an eighth of its size first, which tells whether it can be."""
    mode, size, adobe = picture.mode, picture.size, "adobe" in picture.info
    probe = Image.open(path)
    try:
        probe.draft("L" if mode == "L" else "RGB", (max(1, size[0] // 8), max(1, size[1] // 8)))
        probe.load()
    except Exception:  # noqa: BLE001 - whatever the decoder stumbles over
        raise NotPrintable("The picture is damaged: it breaks off or can't be decoded.") from None
    image = pikepdf.Stream(pdf, without_metadata(path.read_bytes()))
    _describe(image, size, {"L": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK"}[mode])
    image.Filter = pikepdf.Name.DCTDecode
    if mode == "CMYK" and adobe:  # Photoshop stores ink the other way round (Adobe TN 5116)
        image.Decode = [1, 0] * 4
    return image


def _packed(picture: Image.Image, pdf: pikepdf.Pdf) -> pikepdf.Stream:
    """Decoded, put on white, at most 300 dots a printed inch: lines and greys without loss, colours as JPEG."""
    width, height = picture.size
    if width * height * max(1, len(picture.getbands())) > MOST_BYTES:
        raise NotPrintable(f"The picture has {width} x {height} pixels, which is more than can be put on a page.")
    try:
        picture.load()
        found = _on_white(picture)
    except Exception:  # noqa: BLE001 - whatever the decoder stumbles over
        raise NotPrintable("The picture is damaged: it breaks off or can't be decoded.") from None
    if max(found.size) > _LONG_SIDE:
        found.thumbnail((_LONG_SIDE, _LONG_SIDE), Image.Resampling.LANCZOS if found.mode != "1" else Image.Resampling.NEAREST)
    if found.mode in ("1", "L"):
        image = pikepdf.Stream(pdf, zlib.compress(found.tobytes(), 6))
        _describe(image, found.size, "DeviceGray", bits=1 if found.mode == "1" else 8)
        image.Filter = pikepdf.Name.FlateDecode
        return image
    packed = BytesIO()
    found.save(packed, "JPEG", quality=_QUALITY)
    image = pikepdf.Stream(pdf, packed.getvalue())
    _describe(image, found.size, "DeviceRGB")
    image.Filter = pikepdf.Name.DCTDecode
    return image


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in ("1", "L"):
        return picture
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):  # sixteen bits a dot: Pillow would cut them off at eight
        return picture.convert("I").point(lambda dot: dot * (1 / 256)).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        page = Image.new("RGB", seen.size, "white")
        page.paste(seen, mask=seen.getchannel("A"))
        return page
    return picture.convert("RGB")


def _describe(image: pikepdf.Stream, size: tuple[int, int], space: str, *, bits: int = 8) -> None:
    members: dict[str, Any] = {
        "/Type": pikepdf.Name.XObject,
        "/Subtype": pikepdf.Name.Image,
        "/Width": size[0],
        "/Height": size[1],
        "/ColorSpace": pikepdf.Name(f"/{space}"),
        "/BitsPerComponent": bits,
    }
    for name, value in members.items():
        image[name] = value


def without_metadata(jpeg: bytes) -> bytes:
    """The JPEG without EXIF, XMP, comments and what phones append (ITU T.81 annex B); Adobe's colour note stays."""
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        marker = jpeg[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        (length,) = struct.unpack_from(">H", jpeg, place + 2)
        if marker == 0xDA:
            break
        if not (0xE1 <= marker <= 0xED or marker in (0xEF, 0xFE)):
            kept.append(jpeg[place : place + 2 + length])
        place += 2 + length
    end = _end_of_image(jpeg, place)
    return b"".join([*kept, jpeg[place:end]])


def _end_of_image(jpeg: bytes, place: int) -> int:
    """Behind the first end-of-image marker after the scans began; in entropy-coded data FF D9 stands for nothing else."""
    found = jpeg.find(b"\xff\xd9", place)
    return len(jpeg) if found < 0 else found + 2
