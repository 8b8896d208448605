"""Prompts: the jobs that a fleet does again and again, as instructions to the assistant. They read nothing themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dot_copilot.core.caller import Permission
from dot_copilot.core.scopes import Scope
from dot_copilot.mcp.server.tool import ROLES_META, SCOPE_META, roles_with
from dot_copilot.mcp.server.visitor import Visitor

_LANGUAGE = ("language", "Language", "Language of the answer: en or es", False)
_ADVICE = {
    "en": "Give the citation with each finding. Separate what was never collected from what has run out. Don't guess: what the "
    "records don't say, say so. This informs; it is not legal advice.",
    "es": "Cita la norma en cada hallazgo. Distingue lo que nunca se obtuvo de lo que venció. No supongas: si los "
    "registros no lo "
    "dicen, dilo. Esto informa; no es asesoría legal.",
}
Argument = tuple[str, str, str, bool]  # name, title, description, required


@dataclass(frozen=True)
class Prompt:
    """One prompt; `write` makes its text from the arguments in a language."""

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    scope: Scope
    permissions: frozenset[Permission]
    write: Callable[[Mapping[str, str], str], str]

    def offered_to(self, visitor: Visitor) -> bool:
        """Whether the visitor's consent and role open the tools it speaks of."""
        return self.scope in visitor.scopes and any(map(visitor.caller.may, self.permissions))

    @property
    def definition(self) -> dict[str, Any]:
        """The prompt on the wire."""
        arguments = [{"name": n, "title": t, "description": d, "required": r} for n, t, d, r in self.arguments]
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "arguments": arguments,
            "_meta": {SCOPE_META: self.scope.value, ROLES_META: roles_with(self.permissions)},
        }

    def problem(self, given: Mapping[str, str]) -> str | None:
        """What is wrong with the arguments, if anything is."""
        missing = [name for name, _, _, required in self.arguments if required and not given.get(name, "").strip()]
        if missing:
            return f"{self.name} needs {', '.join(missing)}."
        names = [argument[0] for argument in self.arguments]
        unknown = sorted(set(given) - set(names))
        if unknown:
            return f"{self.name} has no argument {', '.join(unknown)}; it takes {', '.join(names)}."
        if given.get("language", "en") not in ("", "en", "es"):
            return "language is en or es."
        return None


def _place(given: Mapping[str, str], language: str) -> tuple[str, str]:
    """Where, in words and as an argument of the tools."""
    terminal = given.get("terminal", "").strip()
    if not terminal:
        return ("toda la empresa" if language == "es" else "the whole carrier"), ""
    return f"terminal {terminal}", f', terminal="{terminal}"'


def _audit(given: Mapping[str, str], language: str) -> str:
    where, also = _place(given, language)
    day = given.get("as_of", "").strip()
    when = f', as_of="{day}"' if day else ""
    if language == "es":
        return (
            f"Prepara a {where} para una auditoría de la FMCSA{f' el {day}' if day else ''}.\n"
            f'1. Llama a compliance_summary(language="es"{also}{when}).\n'
            f'2. Lista a quienes no pueden conducir: search_drivers(may_drive=false, language="es"{also}{when}), todas '
            "las páginas.\n"
            f'3. Para los diez casos peores, driver_file(items="attention", language="es"{when}).\n'
            "4. Escribe: un párrafo con la situación, una tabla de faltas por requisito (cuántas, norma), la lista de "
            "choferes "
            f"con lo que falta y quién debe conseguirlo, y lo que vencerá en 30 días.\n{_ADVICE['es']}"
        )
    return (
        f"Prepare {where} for an FMCSA audit{f' on {day}' if day else ''}.\n"
        f"1. Call compliance_summary({(also + when).removeprefix(', ')}).\n"
        f"2. List who may not drive: search_drivers(may_drive=false{also}{when}), every page.\n"
        f'3. For the ten worst cases, driver_file(items="attention"{when}).\n'
        "4. Write: a paragraph on how things stand, a table of gaps by requirement (how many, citation), the drivers "
        "with what each "
        f"lacks and who has to get it, and what falls due in the next 30 days.\n{_ADVICE['en']}"
    )


def _onboard(given: Mapping[str, str], language: str) -> str:
    driver = given["driver"].strip()
    if language == "es":
        return (
            f'Ayuda a incorporar a {driver}. Llama a driver_file(driver="{driver}", language="es") y escribe una lista de '
            "tareas en "
            "orden: lo que se exige antes de conducir, luego lo que tiene plazo tras la contratación, con su fecha "
            "límite. Para cada "
            "una: qué documento, quién lo entrega y la norma (explain_requirement). Lo que ya consta, márcalo como hecho. Con el "
            f"permiso de la persona, registra con record_evidence lo que ella confirme, una cosa cada vez.\n{_ADVICE['es']}"
        )
    return (
        f'Help to take on {driver}. Call driver_file(driver="{driver}") and write a checklist in order: what is required before '
        "driving, then what has a deadline after the hire, with its last day. For each: which document, who provides it, and the "
        "citation (explain_requirement). Tick what is on record already. If the person wants it, record what they confirm with "
        f"record_evidence, one thing at a time.\n{_ADVICE['en']}"
    )


def _week(given: Mapping[str, str], language: str) -> str:
    where, also = _place(given, language)
    if language == "es":
        return (
            f'Haz la revisión semanal de {where}. Llama a compliance_summary(language="es"{also}), expiring_soon(days=14, '
            f'language="es"{also}) y search_drivers(may_drive=false, language="es"{also}). Escribe para la reunión del '
            "lunes: qué "
            "cambió en quién puede conducir, qué vence en dos semanas por día, y las cinco tareas más urgentes con "
            "nombre y fecha."
            f"\n{_ADVICE['es']}"
        )
    return (
        f"Do the weekly review of {where}. Call compliance_summary({also.removeprefix(', ')}), expiring_soon(days=14{also}) and "
        f"search_drivers(may_drive=false{also}). Write for Monday's meeting: who may not drive and why, what falls due in "
        "two weeks "
        f"day by day, and the five most urgent tasks with a name and a date.\n{_ADVICE['en']}"
    )


_TERMINAL = ("terminal", "Terminal", "Name or city of a terminal; the whole carrier when absent", False)
_READERS = frozenset({Permission.READ_DRIVERS})
PROMPTS = (
    Prompt(
        "prepare_for_audit",
        "Prepare for an audit",
        "Finds the gaps in the driver qualification files and writes what to do about them",
        (_TERMINAL, ("as_of", "Day", "Day of the audit, as 2026-12-15; today when absent", False), _LANGUAGE),
        Scope.COMPLIANCE_READ,
        _READERS,
        _audit,
    ),
    Prompt(
        "onboard_driver",
        "Onboard a driver",
        "Writes a new driver's checklist: what is required before driving, and what by when",
        (("driver", "Driver", "Employee id or name", True), _LANGUAGE),
        Scope.DRIVERS_READ,
        _READERS,
        _onboard,
    ),
    Prompt(
        "weekly_review",
        "Weekly review",
        "Writes the week's compliance review for the safety meeting",
        (_TERMINAL, _LANGUAGE),
        Scope.COMPLIANCE_READ,
        _READERS,
        _week,
    ),
)
BY_NAME = {prompt.name: prompt for prompt in PROMPTS}
