"""Words about what a carrier asks for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import Locale
from .requirement import Texts

RECALCULATING: Mapping[Locale, str] = {
    "en": "Saved. Lists and counts follow within moments, as every driver's file is worked out again.",
    "es": "Guardado. Las listas y los totales se actualizan en unos momentos, al recalcular el expediente de cada chofer.",
}
_SCOPES: Mapping[Locale, Mapping[str, str]] = {
    "en": {
        "all": "All drivers",
        "cdl": "CDL and CLP holders",
        "non_cdl": "Drivers without a CDL",
        "hazmat": "Hazmat employees",
        "interstate": "Interstate drivers",
        "passenger": "Drivers of passenger vehicles",
    },
    "es": {
        "all": "Todos los choferes",
        "cdl": "Titulares de CDL o CLP",
        "non_cdl": "Choferes sin CDL",
        "hazmat": "Empleados de materiales peligrosos",
        "interstate": "Choferes interestatales",
        "passenger": "Choferes de vehículos de pasajeros",
    },
}
_SAID: Mapping[Locale, Mapping[str, str]] = {
    "en": {
        "before_driving": "Before driving",
        "days_after_hire": "Within {days} days of the hire",
        "once": "Once",
        "months": "Every {months} months",
        "evidence": "As your carrier asks",
        "retention": "As your carrier decides",
    },
    "es": {
        "before_driving": "Antes de conducir",
        "days_after_hire": "En un plazo de {days} días desde la contratación",
        "once": "Una vez",
        "months": "Cada {months} meses",
        "evidence": "Lo que pida su empresa",
        "retention": "Lo que decida su empresa",
    },
}


def policy_texts(row: Mapping[str, Any]) -> dict[str, Texts]:
    """What people read about a row of policy_requirements, by language."""
    return {locale: _texts(row, locale) for locale in _SAID}


def _texts(row: Mapping[str, Any], locale: Locale) -> Texts:
    say = _SAID[locale]
    months = row["renewal_months"]
    return Texts(
        title=row["title"],
        applies_to=_SCOPES[locale][row["applies_to"]],
        trigger=say[row["deadline"]].format(days=row["deadline_days"]),
        renewal=say["months"].format(months=months) if months else say["once"],
        evidence=row["reason"] or say["evidence"],
        retention=say["retention"],
    )
