"""Names of files in the archive: what every system can write, in the order of the packet."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from dot_copilot.features.documents.names import safe_file_name
from dot_copilot.features.packets.press.model import Sheet, SheetDocument

_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def _part(words: str, most: int) -> str:
    tidy = unicodedata.normalize("NFC", _UNFIT.sub("_", words))
    return "".join(letter for letter in tidy if letter.isprintable())[:most].strip(" .") or "_"


def of_driver(position: int, sheet: Sheet) -> str:
    """`0007 E-1042 Ana Ruiz`, without an ending."""
    return f"{position:04d} {_part(sheet.employee_id, 40)} {_part(sheet.driver, 80)}"


def of_original(driver: str, kind: Literal["pdf", "sph"], document: SheetDocument) -> str:
    """`originals/0007 E-1042 Ana Ruiz/03 card.pdf`."""
    folder = "originals" if kind == "pdf" else "originals 391.53"
    return f"{folder}/{driver}/{document.number:03d} {safe_file_name(document.file_name, document.media_type)}"
