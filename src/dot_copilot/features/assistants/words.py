"""What scopes and tools are called on the pages."""

from __future__ import annotations

from typing import Any

from dot_copilot.core.http import Locale
from dot_copilot.core.scopes import Scope

_EN = {
    Scope.DRIVERS_READ: (
        "Read drivers and their files",
        "Names, employment, qualification files and what is in them, for the drivers that you can see.",
    ),
    Scope.COMPLIANCE_READ: (
        "Read compliance",
        "Who may drive, what is missing or expires soon, and why, with the rule it follows from.",
    ),
    Scope.EVIDENCE_WRITE: (
        "Record evidence",
        "Add dated evidence, such as a medical certificate, in your name. Nothing can be deleted.",
    ),
    Scope.DOCUMENTS_READ: (
        "Read documents",
        "The documents in the files that you can see, by links that open for five minutes, and what waits for a review.",
    ),
    Scope.DOCUMENTS_WRITE: ("Ask for documents and send them", "Ask drivers for documents, and add documents in your name."),
    Scope.PACKETS_WRITE: ("Make audit packets", "Put driver files together for an auditor, and fetch them."),
    Scope.ROSTER_READ: ("Read roster imports", "How imports of the roster went, and which rows were refused."),
    Scope.AUDIT_READ: ("Read the audit log", "Who did what and when, in your carrier."),
    Scope.GITHUB: (
        "Use GitHub with your token",
        "GitHub's tools, read-only, with exactly the rights of the token that you attach on the Assistants page.",
    ),
    Scope.OFFLINE_ACCESS: (
        "Stay connected",
        "Go on for up to 90 days, until you revoke it or it is unused for two weeks. Without this it ends after 15 minutes.",
    ),
}
_ES = {
    Scope.DRIVERS_READ: (
        "Leer choferes y sus expedientes",
        "Nombres, empleo, expedientes de calificación y su contenido, de los choferes que usted puede ver.",
    ),
    Scope.COMPLIANCE_READ: (
        "Leer el cumplimiento",
        "Quién puede conducir, qué falta o vence pronto, y por qué, con la norma de la que se sigue.",
    ),
    Scope.EVIDENCE_WRITE: (
        "Registrar evidencia",
        "Añadir evidencia con fecha, como un certificado médico, en su nombre. Nada se puede borrar.",
    ),
    Scope.DOCUMENTS_READ: (
        "Leer documentos",
        "Los documentos de los expedientes que usted puede ver, con enlaces de cinco minutos, y lo que espera revisión.",
    ),
    Scope.DOCUMENTS_WRITE: ("Pedir y enviar documentos", "Pedir documentos a los choferes y añadir documentos en su nombre."),
    Scope.PACKETS_WRITE: ("Preparar paquetes de auditoría", "Reunir expedientes para un auditor y descargarlos."),
    Scope.ROSTER_READ: (
        "Leer importaciones de la plantilla",
        "Cómo fueron las importaciones de la plantilla y qué filas se rechazaron.",
    ),
    Scope.AUDIT_READ: ("Leer el registro de auditoría", "Quién hizo qué y cuándo, en su empresa."),
    Scope.GITHUB: (
        "Usar GitHub con su token",
        "Las herramientas de GitHub, solo lectura, con los permisos del token que usted adjunte en la página Asistentes.",
    ),
    Scope.OFFLINE_ACCESS: (
        "Seguir conectado",
        "Continuar hasta 90 días, salvo que lo revoque o pasen dos semanas sin uso. Sin esto termina a los 15 minutos.",
    ),
}


def title_and_description(scope: Scope, locale: Locale) -> tuple[str, str]:
    """A scope's title and one sentence, in the reader's language."""
    return (_ES if locale == "es" else _EN)[scope]


def of_tool(name: str, definition: dict[str, Any]) -> tuple[str, str]:
    """Title and description of a tool as its upstream tells them; the name where there is no title."""
    annotations = definition.get("annotations")
    hinted = annotations.get("title") if isinstance(annotations, dict) else None
    title = definition.get("title") or hinted or name
    return str(title), str(definition.get("description") or "")
