"""The PDF417 barcode on the back of North American driver licences (AAMVA DL/ID Card Design Standard 2020, annex D)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from msgspec import Struct

_ELEMENT = re.compile(r"^(?:DL|ID)?(D[A-Z]{2})(.*)$")
_CANADA = "CAN"


class Licence(Struct, frozen=True):
    """What the barcode says; whatever it lacks, or says in no way we can read, is None."""

    number: str | None
    state: str | None
    first_name: str | None
    last_name: str | None
    issued_on: date | None
    expires_on: date | None


def licence(text: str) -> Licence | None:
    """The licence in a barcode's text; None when it is no licence's."""
    if not text.startswith("@") or "ANSI " not in text[:20]:
        return None
    fields: dict[str, str] = {}
    for line in re.split(r"[\n\r\x1e]+", text):
        # The header ends where the first subfile begins, on the same line: "...DL00410278ZC03190008DLDAQ1234".
        cut = line.rfind("DLDAQ") if "ANSI " in line else -1
        found = _ELEMENT.match(line[cut:] if cut >= 0 else line)
        if found and found[1] not in fields:
            fields[found[1]] = found[2].strip()
    if not fields:
        return None
    canadian = fields.get("DCG") == _CANADA
    first = fields.get("DAC") or fields.get("DCT", "").replace(",", " ").split(" ")[0]
    return Licence(
        number=fields.get("DAQ") or None,
        state=fields.get("DAJ") or None,
        first_name=first or None,
        last_name=fields.get("DCS") or fields.get("DAB") or None,
        issued_on=_day(fields.get("DBD", ""), canadian=canadian),
        expires_on=_day(fields.get("DBA", ""), canadian=canadian),
    )


def _day(text: str, *, canadian: bool) -> date | None:
    """MMDDCCYY in the United States, CCYYMMDD in Canada."""
    if len(text) != 8 or not text.isdecimal():
        return None
    year, month, day = (text[:4], text[4:6], text[6:]) if canadian else (text[4:], text[:2], text[2:4])
    with suppress(ValueError):
        return date(int(year), int(month), int(day))
    return None
