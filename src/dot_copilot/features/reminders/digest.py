"""The words of a digest, in the reader's language. Names and dates, no medical detail: a mail is a postcard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dot_copilot.core.ports import MailMessage
from dot_copilot.features.reminders.defaults import SHOWN

_MONTHS = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "es": (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
}


def _day(day: date, locale: str) -> str:
    month = _MONTHS[locale][day.month - 1]
    return f"{day.day} de {month} de {day.year}" if locale == "es" else f"{month} {day.day}, {day.year}"


def _left(days: int, locale: str) -> str:
    if locale == "es":
        if days < 0:
            return "se venció ayer" if days == -1 else f"se venció hace {-days} días"
        return {0: "vence hoy", 1: "vence mañana"}.get(days, f"vence en {days} días")
    if days < 0:
        return "ran out yesterday" if days == -1 else f"ran out {-days} days ago"
    return {0: "today is the last day", 1: "tomorrow is the last day"}.get(days, f"{days} days left")


def message(
    *, to: str, name: str, locale: str, today: date, items: Sequence[dict[str, Any]], total: int, own: bool, url: str
) -> MailMessage:
    """One mail with everything. `items`: title, driver, due_on (a date), the first of `total`; `own`: of the reader's file."""
    lines = [
        f"- {'' if own else item['driver'] + ': '}{item['title']}, {_day(item['due_on'], locale)}, "
        f"{_left((item['due_on'] - today).days, locale)}"
        for item in items
    ]
    more = total - len(items)
    if locale == "es":
        subject = f"DOT-Copilot: {total} {'asunto pendiente' if total == 1 else 'asuntos pendientes'}"
        head, rest = f"Hola, {name}:", f"... y {more} más." if more else ""
        foot = (
            f"Ábralo: {url}\n\nRecibe un correo al día como máximo. Si no lo quiere, apáguelo bajo la campana.\n"
            "DOT-Copilot informa; no da asesoría legal."
        )
    else:
        subject = f"DOT-Copilot: {total} {'thing needs' if total == 1 else 'things need'} attention"
        head, rest = f"Hello {name},", f"... and {more} more." if more else ""
        foot = (
            f"Open it: {url}\n\nYou get one mail a day at most. If you don't want it, turn it off under the bell.\n"
            "DOT-Copilot informs; it does not give legal advice."
        )
    assert len(items) <= SHOWN
    body = "\n".join([head, "", *lines, *([rest] if rest else []), "", foot, ""])
    return MailMessage(to, subject, body)
