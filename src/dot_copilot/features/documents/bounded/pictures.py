"""Pictures of files: upright (EXIF), in RGB, without a word of where they were taken. Runs in the bounded process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps

PAGES = 3
_WIDE, _SMALL = 1600, 320
_MOST_PIXELS = 200_000_000


def opened(path: str) -> Image.Image:
    """A picture of a kind that we take; its pixels are read later."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    return Image.open(path, formats=("JPEG", "PNG", "WEBP", "HEIF"))


def preview(path: str, media_type: str, out: str) -> dict[str, Any]:
    """Writes `1`, `2` ... and `thumb` into the folder `out`, as JPEG; `{"pages": n}`."""
    folder = Path(out)
    if media_type == "application/pdf":
        pages = _pdf_pages(path)
    else:
        with opened(path) as image:
            image.draft("RGB", (_WIDE * 2, _WIDE * 2))
            pages = [plain(ImageOps.exif_transpose(image))]
    for number, page in enumerate(pages, 1):
        _write(page, _WIDE, folder / str(number))
    _write(pages[0], _SMALL, folder / "thumb")
    return {"pages": len(pages)}


def _pdf_pages(path: str) -> list[Image.Image]:
    pdf = pypdfium2.PdfDocument(path)
    pages = []
    for number in range(min(len(pdf), PAGES)):
        page = pdf[number]
        # By its width and height: a page that claims to be a mile long is drawn as small as any other.
        scale = min(_WIDE / max(page.get_width(), 1), _WIDE * 2 / max(page.get_height(), 1), 4)
        pages.append(plain(page.render(scale=scale, may_draw_forms=True).to_pil()))
        page.close()
    pdf.close()
    return pages


def plain(image: Image.Image) -> Image.Image:
    """RGB on white, and nothing but pixels."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        flat = Image.new("RGB", over.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    converted = image.convert("RGB")
    flat = Image.new("RGB", converted.size)
    flat.paste(converted)
    return flat


def _write(image: Image.Image, side: int, path: Path) -> None:
    small = image.copy()
    small.thumbnail((side, side * 2), Image.Resampling.LANCZOS)
    small.save(path, "JPEG", quality=82, optimize=True)
