"""Sizes in PDF points (1/72 inch). US Letter, because that is what an investigator prints on."""

from __future__ import annotations

from typing import Final

Size = tuple[float, float]
PORTRAIT: Final[Size] = (612.0, 792.0)
LANDSCAPE: Final[Size] = (792.0, 612.0)
MARGIN: Final = 30.0
HEAD: Final = 50.0
"""Kept free at the top of each page for the line that says what it is."""
FOOT: Final = 30.0


def sheet_for(width: float, height: float) -> Size:
    """The way round in which something of these sides is shown largest."""
    return LANDSCAPE if width > height else PORTRAIT


def body(sheet: Size) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of where a document may be drawn."""
    return MARGIN, FOOT, sheet[0] - MARGIN, sheet[1] - HEAD


def fitted(width: float, height: float, sheet: Size, *, most: float = 4.0) -> tuple[float, float, float, float]:
    """Left, bottom, width and height of something of these sides in the middle of the body, at most `most` times as large."""
    left, bottom, right, top = body(sheet)
    scale = min((right - left) / width, (top - bottom) / height, most)
    wide, high = width * scale, height * scale
    return left + (right - left - wide) / 2, bottom + (top - bottom - high) / 2, wide, high
