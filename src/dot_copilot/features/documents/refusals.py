"""One stable word for why a file was refused, which pages and other clients say in the reader's language.

The sentence stays what is stored: earlier releases read it, and it tells the details. The word is derived from it.
"""

from __future__ import annotations

import re
from typing import Literal, get_args

RefusalCode = Literal[
    "empty",
    "program",
    "archive",
    "office",
    "picture_kind",
    "markup",
    "unknown_kind",
    "film",
    "encrypted",
    "script",
    "command",
    "attachment",
    "complicated",
    "too_many_pages",
    "too_many_pixels",
    "too_large",
    "cut",
    "appended",
    "damaged",
    "arrived_damaged",
    "virus",
    "scanner",
    "other",
]
CODES: tuple[RefusalCode, ...] = get_args(RefusalCode)

# The first that fits; each is looked for anywhere in the sentence.
_WORDS: tuple[tuple[str, RefusalCode], ...] = (
    (r"^is empty", "empty"),
    (r"^is a (Windows )?program|^is a script", "program"),
    (r"something else at once|something else behind", "appended"),
    (r"Office document|RTF", "office"),
    (r"(ZIP|RAR|7-Zip|gzip) ?(archive)?", "archive"),
    (r"^is a (GIF|BMP|TIFF)", "picture_kind"),
    (r"HTML, SVG or XML", "markup"),
    (r"none of these kinds", "unknown_kind"),
    (r"^is a film, not a photo|film without its index", "film"),
    (r"^is encrypted", "encrypted"),
    (r"with a script in it", "script"),
    (r"with a command that", "command"),
    (r"with (another file|a film or a program) in it", "attachment"),
    (r"too many parts|nested too deeply|takes too much to be opened", "complicated"),
    (r"pages, and .* at most are taken", "too_many_pages"),
    (r"that claims .* pixels", "too_many_pixels"),
    (r"of more than \d+ MB", "too_large"),
    (r"breaks off", "cut"),
    (r"damaged: no reader|table of contents|without a (page|picture)|but is none", "damaged"),
    (r"^arrived damaged|^differs in the store", "arrived_damaged"),
    (r"^holds a virus", "virus"),
    (r"ask your administrator", "scanner"),
)
_PATTERNS = tuple((re.compile(words), code) for words, code in _WORDS)


def code_of(found: str | None) -> RefusalCode | None:
    """The word for a refusal's sentence (after the file's name); None where nothing was refused."""
    if found is None:
        return None
    return next((code for pattern, code in _PATTERNS if pattern.search(found)), "other")
