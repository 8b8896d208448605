"""Words that say what a scan is, in English and Spanish, and days as people write them into names of files."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date

_MONTHS = {
    month: number
    for number, names in enumerate(
        ["jan ene", "feb", "mar", "apr abr", "may", "jun", "jul", "aug ago", "sep set", "oct", "nov", "dec dic"], 1
    )
    for month in names.split()
}
# Whole phrases, as `plain` writes them; the longest that is found decides.
KINDS: dict[str, tuple[str, ...]] = {
    "application": ("application", "employment application", "driver application", "solicitud", "solicitud de empleo"),
    "sph": ("sph", "safety performance", "safety performance history", "previous employer", "empleador anterior"),
    "mvr_annual": ("mvr", "annual mvr", "motor vehicle record", "driving record", "registro de manejo", "historial de manejo"),
    "review_annual": ("annual review", "review of driving record", "revision anual"),
    "road_test": ("road test", "roadtest", "prueba de manejo", "prueba de carretera", "certificate of road test"),
    "mec": (
        *(
            "medical",
            "med card",
            "medcard",
            "medical card",
            "medical certificate",
            "medical examiner",
            "dot physical",
            "physical",
        ),
        *("mec", "mcsa 5876", "certificado medico", "examen medico", "tarjeta medica", "medico"),
    ),
    "mec_cdlis": ("cdlis", "cdlis mvr"),
    "cdl": ("cdl", "license", "licence", "driver license", "drivers license", "commercial driver license", "licencia"),
    "ch_full": ("clearinghouse", "clearinghouse full", "full query", "consulta completa"),
    "ch_annual": ("limited query", "clearinghouse limited", "annual query", "consulta limitada", "consulta anual"),
    "drug_pre": ("drug test", "pre employment drug", "drug screen", "prueba de drogas", "antidoping", "examen de drogas"),
    "da_policy": ("drug policy", "alcohol policy", "drug and alcohol policy", "politica de drogas"),
    "eldt": ("eldt", "entry level driver training"),
    "hm_train": ("hazmat", "hazmat training", "hazardous materials training", "materiales peligrosos"),
    "twic": ("twic",),
    "hme_tsa": ("tsa", "hazmat endorsement", "threat assessment"),
    "lcv": ("lcv", "longer combination vehicle"),
    "variance": ("variance", "spe certificate", "skill performance evaluation"),
}
_ISO = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)")
_US = re.compile(r"(?<!\d)(\d{1,2})[-_./ ](\d{1,2})[-_./ ](20\d\d|\d\d)(?!\d)")
_RUN = re.compile(r"(?<!\d)(\d\d)(\d\d)(20\d\d)(?!\d)")
_NAMED = re.compile(r"(?<!\d)(\d{1,2})[-_. ]?([a-z]{3})[a-z]*[-_. ]?(20\d\d)(?!\d)")


def plain(text: str) -> str:
    """Lower case, no accents, one space between words; camelCase is taken apart."""
    apart = re.sub(r"(?<=[a-zñáéíóú])(?=[A-ZÑÁÉÍÓÚ])", " ", text)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare.lower()).split())


def kind(text: str) -> str | None:
    """The requirement that the longest known phrase in `text` (as `plain` writes it) stands for."""
    spaced = f" {text} "
    found = [(len(phrase), key) for key, phrases in KINDS.items() for phrase in phrases if f" {phrase} " in spaced]
    return max(found)[1] if found else None


def days(name: str) -> list[date]:
    """Days in a file's name, in order: 2026-01-15, 20260115, 1-15-26, 01152026, 15ene2026. Month first unless it can't be."""
    text = name.lower()
    found: list[tuple[int, date]] = []
    for match in _ISO.finditer(text):
        _add(found, match.start(), int(match[1]), int(match[2]), int(match[3]))
    for match in (*_US.finditer(text), *_RUN.finditer(text)):
        first, second = int(match[1]), int(match[2])
        month, day = (second, first) if first > 12 else (first, second)
        _add(found, match.start(), int(match[3]) + (2000 if len(match[3]) == 2 else 0), month, day)
    for match in _NAMED.finditer(text):
        _add(found, match.start(), int(match[3]), _MONTHS.get(match[2], 0), int(match[1]))
    return [day for _, day in sorted(set(found))]


def _add(found: list[tuple[int, date]], place: int, year: int, month: int, day: int) -> None:
    if any(place == earlier for earlier, _ in found):
        return
    with suppress(ValueError):
        found.append((place, date(year, month, day)))
