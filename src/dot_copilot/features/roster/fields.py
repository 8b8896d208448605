"""Everything a roster column can be mapped to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from dot_copilot.features.roster.synonyms import EXPIRY_WORDS, NAMES, REQUIREMENT_NAMES

Kind = Literal["identifier", "name", "full_name", "email", "phone", "terminal", "status", "past", "hire", "term", "birth",
               "state", "class", "endorsements", "yes_no", "obtained", "expires", "licence"]  # fmt: skip
Group = Literal["driver", "employment", "licence", "profile", "evidence"]


class Field(Struct, frozen=True):
    """One target. `requirement` is set for evidence dates. `names` are headers that mean it, in normal form."""

    key: str
    label_en: str
    label_es: str
    kind: Kind
    group: Group
    names: tuple[str, ...] = ()
    required: bool = False
    requirement: str | None = None


# Evidence for the three medical requirements comes from one pair of columns (rule 10 of the domain notes): which of
# them a date serves follows from the driver, so these two are not tied to one requirement.
MEDICAL_EXAM, MEDICAL_EXPIRES = "medical_exam_on", "medical_expires_on"
LAST_MVR = "mvr_on"
FULL_NAME = "full_name"

_STATIC: tuple[tuple[str, str, str, Kind, Group], ...] = (
    ("employee_id", "Employee id", "Número de empleado", "identifier", "driver"),
    ("first_name", "First name", "Nombre", "name", "driver"),
    ("last_name", "Last name", "Apellido", "name", "driver"),
    (FULL_NAME, "Full name", "Nombre completo", "full_name", "driver"),
    ("date_of_birth", "Date of birth", "Fecha de nacimiento", "birth", "driver"),
    ("email", "E-mail", "Correo electrónico", "email", "driver"),
    ("phone", "Phone", "Teléfono", "phone", "driver"),
    ("terminal", "Terminal", "Terminal", "terminal", "employment"),
    ("hired_on", "Hire date", "Fecha de contratación", "hire", "employment"),
    ("terminated_on", "Termination date", "Fecha de baja", "term", "employment"),
    ("status", "Employment status", "Estado laboral", "status", "employment"),
    ("cdl_number", "CDL number", "Número de licencia (CDL)", "licence", "licence"),
    ("cdl_state", "CDL state", "Estado de la licencia", "state", "licence"),
    ("cdl_class", "CDL class", "Clase de licencia", "class", "licence"),
    ("endorsements", "Endorsements", "Endosos", "endorsements", "licence"),
    ("clp", "Learner's permit (CLP)", "Permiso de aprendiz (CLP)", "yes_no", "licence"),
    ("first_cdl_issued_on", "First CDL issued on", "Primera CDL emitida el", "past", "licence"),
    ("cdl_expires_on", "CDL expiry", "Vencimiento de la CDL", "expires", "licence"),
    (MEDICAL_EXAM, "Medical exam date", "Fecha del examen médico", "obtained", "evidence"),
    (MEDICAL_EXPIRES, "Medical certificate expiry", "Vencimiento del certificado médico", "expires", "evidence"),
    (LAST_MVR, "Last MVR date", "Fecha del último MVR", "obtained", "evidence"),
    ("interstate", "Interstate", "Interestatal", "yes_no", "profile"),
    ("hazmat_employee", "Hazmat employee", "Empleado de materiales peligrosos", "yes_no", "profile"),
    ("hazmat_security_plan", "Hazmat security plan", "Plan de seguridad HM", "yes_no", "profile"),
    ("passenger", "Passenger vehicles", "Transporte de pasajeros", "yes_no", "profile"),
    ("lcv", "Longer combination vehicles", "Vehículos de combinación larga", "yes_no", "profile"),
    ("lcv_instructor", "LCV instructor", "Instructor de LCV", "yes_no", "profile"),
    ("insulin_treated", "Insulin-treated", "Tratado con insulina", "yes_no", "profile"),
    ("vision_alternative", "Alternative vision standard (391.44)", "Norma alternativa de visión (391.44)", "yes_no", "profile"),
    ("grandfathered_medical", "Grandfathered medical (391.62/64)", "Exención médica anterior (391.62/64)", "yes_no", "profile"),
    ("medical_variance", "Medical variance", "Exención médica (variance)", "yes_no", "profile"),
    ("supervises_cdl_drivers", "Supervises CDL drivers", "Supervisa a choferes con CDL", "yes_no", "profile"),
    ("port_access", "Port access", "Acceso a puertos", "yes_no", "profile"),
    ("prior_dot_employer", "Prior DOT employer", "Empleador DOT anterior", "yes_no", "profile"),
)
_REQUIRED = frozenset({"employee_id", "first_name", "last_name"})
# Requirements whose evidence carries a printed date that a roster may hold.
_WITH_EXPIRY = frozenset(
    {"mec", "mec_12", "mec_cdlis", "variance", "hme_tsa", "twic", "passenger", "hm_train", "hm_security", "hm_driver"}
)


def all_fields(requirements: Iterable[tuple[str, str, str]]) -> dict[str, Field]:
    """Every field by its name. `requirements` are (key, title, title in Spanish), the federal ones and the carrier's own.

    A requirement's key is a field for the date its evidence was obtained; '<key>_expires_on' is its printed expiry
    where there is one. A requirement called like a profile fact ('passenger', 'lcv') is reached as 'passenger_on'.
    """
    fields = {
        key: Field(
            key,
            label_en,
            label_es,
            kind,
            group,
            names=NAMES.get(key, ()),
            required=key in _REQUIRED,
            requirement="cdl" if key == "cdl_expires_on" else None,
        )
        for key, label_en, label_es, kind, group in _STATIC
    }
    for key, english, spanish in requirements:
        name = f"{key}_on" if key in fields else key
        names = (*REQUIREMENT_NAMES.get(key, ()), english, spanish, key)
        fields[name] = Field(name, f"{english}: date", f"{spanish}: fecha", "obtained", "evidence", names, requirement=key)
        if key in _WITH_EXPIRY or key.startswith("policy_"):
            expiry = f"{key}_expires_on"
            ends = tuple(f"{stem} {word}" for stem in names for word in EXPIRY_WORDS)
            fields[expiry] = Field(
                expiry, f"{english}: expiry", f"{spanish}: vencimiento", "expires", "evidence", ends, requirement=key
            )
    return fields


def missing_required(chosen: Iterable[str], fields: dict[str, Field]) -> Sequence[Field]:
    """The required fields no column fills; one full-name column stands for both names."""
    have = set(chosen)
    if FULL_NAME in have:
        have |= {"first_name", "last_name"}
    return [field for field in fields.values() if field.required and field.key not in have]
