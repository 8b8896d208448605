"""Roboto, for names that PDF's own fonts can't write, and the styles that pages are set in."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Final
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

INK: Final = HexColor("#1d2430")
QUIET: Final = HexColor("#5a6472")
LINE: Final = HexColor("#c9ced6")
PLAIN: Final = "Roboto"
BOLD: Final = "Roboto-Bold"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@lru_cache(maxsize=1)
def load() -> None:
    """Registers the fonts, once a process."""
    rl_config.invariant = 1
    for name in (PLAIN, BOLD):
        file = f"{name if '-' in name else name + '-Regular'}.ttf"
        with resources.as_file(resources.files(__package__) / "fonts" / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def _style(
    name: str, size: float, *, bold: bool = False, quiet: bool = False, after: float = 2, wrap: str = "LTR"
) -> ParagraphStyle:
    return ParagraphStyle(
        name,
        fontName=BOLD if bold else PLAIN,
        fontSize=size,
        leading=size * 1.35,
        textColor=QUIET if quiet else INK,
        spaceAfter=after,
        wordWrap=wrap,
        splitLongWords=1,
    )


TITLE: Final = _style("title", 20, bold=True, after=6)
HEADING: Final = _style("heading", 13, bold=True, after=5)
STRONG: Final = _style("strong", 10, bold=True)
TEXT: Final = _style("text", 9)
SMALL: Final = _style("small", 7.5, quiet=True)
TINY: Final = _style("tiny", 6.2, quiet=True, after=0)


def text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """A paragraph of plain words, whatever is in them."""
    return Paragraph(escape("".join(letter if letter.isprintable() else " " for letter in words)), style)


def day(found: date | None) -> str:
    """`March 1, 2026`, as the product writes it; a dash for none."""
    return f"{_MONTHS[found.month - 1]} {found.day}, {found.year}" if found else "–"
