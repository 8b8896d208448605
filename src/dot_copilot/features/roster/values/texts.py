"""Plain text cells: names, numbers that are names, contacts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from dot_copilot.features.roster.values.problem import ValueProblem

FORMULA_START = ("=", "+", "-", "@")
FORMULA_TEXT = "The text starts with '{start}', as a spreadsheet formula does. Remove that character, or paste the value alone."
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF])
_FLOAT = re.compile(r"(\d+)\.0+")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>()]{2,}")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{7,24}(\s*(x|ext\.?)\s*\d{1,6})?", re.I)
_SUFFIX = re.compile(r"(jr|sr|ii|iii|iv|v|2nd|3rd)\.?", re.I)
_PARTICLES = frozenset(("de", "del", "la", "las", "los", "da", "das", "dos", "di", "van", "von", "der", "den", "st", "san"))


def clean(text: str) -> str:
    """Without invisible characters, with single spaces, in composed form (NFC)."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    composed = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    return " ".join(composed.split())


def parse_text(limit: int, what: str) -> Callable[[str], str]:
    """A converter for text of at most `limit` characters that is neither a formula nor control characters."""

    def convert(text: str) -> str:
        if text.startswith(FORMULA_START):
            raise ValueProblem(FORMULA_TEXT.format(start=text[0]))
        if len(text) > limit:
            raise ValueProblem(f"{what} may have {limit} characters; this has {len(text):,}.")
        if not text.isprintable():
            raise ValueProblem("The text holds control characters. Type it again.")
        return text

    return convert


def parse_identifier(limit: int, what: str) -> Callable[[str], str]:
    """Text that is often a number: '0042' stays, '1001.0' becomes '1001', '1.2E+11' is refused because digits are lost."""
    text_of = parse_text(limit, what)

    def convert(text: str) -> str:
        if match := _FLOAT.fullmatch(text):
            return match[1]
        if _SCIENTIFIC.fullmatch(text) and "+" in text:
            raise ValueProblem("The spreadsheet has shortened this number. Give the column the format Text and type it again.")
        if text.startswith("#"):
            if text.rstrip("!?").upper() in ("#REF", "#VALUE", "#NAME", "#DIV/0", "#NUM", "#NULL"):
                raise ValueProblem("The cell shows a spreadsheet error. Type the value.")
            text = text[1:].strip()
        return text_of(text)

    return convert


def parse_email(text: str) -> str:
    """An address, in lower case."""
    if len(text) > 254 or not _EMAIL.fullmatch(text) or text.startswith(FORMULA_START):
        raise ValueProblem("This is not an e-mail address, such as maria@example.com.")
    return text.lower()


def parse_phone(text: str) -> str:
    """A telephone number as it is written."""
    if _FLOAT.fullmatch(text):
        text = text.partition(".")[0]
    if not _PHONE.fullmatch(text) or sum(c.isdigit() for c in text) < 7:
        raise ValueProblem("This is not a telephone number, such as 214-555-0100 or +52 81 5555 0100.")
    return text


def split_name(text: str) -> tuple[str, str]:
    """(first, last) of 'Last, First Middle' or 'First Middle Last', suffixes and particles with the last name."""
    last, comma, first = (part.strip() for part in text.partition(","))
    if comma and first and not _SUFFIX.fullmatch(first):
        middle, comma, suffix = (part.strip() for part in first.rpartition(","))
        if comma and _SUFFIX.fullmatch(suffix):  # Smith, John, Jr.
            return middle, f"{last} {suffix}"
        return first, last
    words = (last if not first else f"{last} {first}").split()
    tail = [words.pop()] if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else []
    if len(words) < 2:
        raise ValueProblem("Only one name is given. Write 'Last, First', or use a column each for first and last name.")
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:] + tail)
