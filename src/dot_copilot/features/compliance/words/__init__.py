"""What people read: titles, sentences and dates, in English and Spanish. The catalogue and the engine hold no words."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from dot_copilot.features.compliance.model import Locale
from dot_copilot.features.compliance.requirement import Requirement, Source, Texts

from . import catalogue_en, catalogue_es, phrases_en, phrases_es

_TEXTS: Final[dict[str, dict[str, Texts]]] = {"en": catalogue_en.TEXTS, "es": catalogue_es.TEXTS}
_PHRASES: Final[dict[str, dict[str, str]]] = {"en": phrases_en.PHRASES, "es": phrases_es.PHRASES}
_MONTHS: Final[dict[str, tuple[str, ...]]] = {"en": phrases_en.MONTHS, "es": phrases_es.MONTHS}
LOCALES: Final[tuple[Locale, ...]] = ("en", "es")


def texts(requirement: Requirement, locale: Locale = "en") -> Texts:
    """What people read about a requirement; a carrier's own is in its own words, whatever the language."""
    if requirement.source is Source.POLICY:
        return requirement.texts[locale]
    return _TEXTS[locale][requirement.key]


def title(requirement: Requirement, locale: Locale = "en") -> str:
    """The requirement's name."""
    return texts(requirement, locale).title


def title_of(key: str, locale: Locale = "en") -> str:
    """The name behind a key of the federal catalogue, or of `employment`; any other key is its own name."""
    found = _TEXTS[locale].get(key)
    return found.title if found else _PHRASES[locale].get(f"title.{key}", key)


class Say:
    """Says things in one language."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self._phrases = _PHRASES[locale]

    def __call__(self, phrase: str, **values: Any) -> str:
        """The phrase with its values; dates are written out."""
        spoken = {name: self.day(value) if isinstance(value, date) else value for name, value in values.items()}
        return self._phrases[phrase].format(**spoken)

    def knows(self, phrase: str) -> bool:
        """Whether there is such a phrase."""
        return phrase in self._phrases

    def day(self, day: date) -> str:
        """A date in words: `March 1, 2026`, `1 de marzo de 2026`."""
        return self._phrases["date"].format(day=day.day, month=_MONTHS[self.locale][day.month - 1], year=day.year)

    def months(self, count: int) -> str:
        """`24 months`, `1 mes`."""
        return self("months.one" if count == 1 else "months", count=count)

    def days(self, count: int) -> str:
        """`30 days`, `1 día`."""
        return self("days.one" if count == 1 else "days", count=count)

    def join(self, parts: list[str]) -> str:
        """`a, b and c`."""
        return parts[0] if len(parts) == 1 else self("and", first=", ".join(parts[:-1]), last=parts[-1])
