"""Which column is taken for which field."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from dot_copilot.features.compliance.catalogue import FEDERAL
from dot_copilot.features.roster.fields import missing_required
from dot_copilot.features.roster.mapping import PRIVATE_NOTE, correct, normal
from tests.unit.roster.reading_support import KNOWN, column, fields_of, layout_of, parse, problems, write

NAMED = "Employee ID,First Name,Last Name"


def guess(tmp_path: Path, header: str, *values: str) -> str | None:
    """The field of a column with these values beside the usual ones."""
    rows = "".join(f'{n},Ana,Ruiz,"{value}"\n' for n, value in enumerate(values or ("",)))
    return layout_of(write(tmp_path, f'{NAMED},"{header}"\n{rows}')).columns[-1].field


@pytest.mark.parametrize(
    "header", ["EmployeeID", "Employee_Id ", "EMPLOYEE ID", "employee-id", "Employee  Id*", "Employee ID (required)"]
)
def test_spelling_does_not_matter(header: str) -> None:
    assert KNOWN.headers.candidates(header)[0][0][0] == "employee_id"


def test_normal_form() -> None:
    assert normal("DOBDate") == "dob date"
    assert normal("D.O.B.") == "dob"
    assert normal("Emp#") == "emp #"
    assert normal("Número de Empleado") == "numero de empleado"


EXPORTS = {
    "employee_id": "Emp #|EmployeeID|Driver Code|Driver ID|Payroll ID|Associate ID|EE Code|File Number|Número de empleado",
    "first_name": "FirstName|First|Legal First Name|FNAME|Primer nombre",
    "last_name": "LastName|Surname|LNAME|Apellidos",
    "full_name": "Driver Name|Employee Name|Name|Driver|Payroll Name|Nombre completo|Name (Last, First)",
    "date_of_birth": "DOB|Birth Date|BirthDate|D.O.B.|Fecha de nacimiento",
    "hired_on": "Hire Dt|Original Hire Date|Date of Hire|HireDate|DOH|Start Date|Fecha de contratación|Rehire Date",
    "terminated_on": "Term Date|Termination Date|TerminationDate|Separation Date|Fecha de baja",
    "terminal": "Branch|Location|Home Terminal|Terminal Code|Work Location|Yard|Domicile|Sucursal",
    "cdl_number": "Lic #|DL Number|License Number|CDL #|LicenseNum|Driver's License Number|Número de licencia",
    "cdl_state": "License State|CDL St|Issuing State|DL State|Licence State",
    "cdl_class": "Class|License Class|CDL Class|CDL Type|Clase de licencia",
    "endorsements": "Endorsements|CDL Endorsements|Endors|Endosos",
    "cdl_expires_on": "CDL Exp|License Expiration Date|Lic Exp|DL Exp Date|CDL Expiration|Vencimiento de la licencia",
    "medical_exam_on": "DOT Physical Date|Physical Date|Med Exam Date|Medical Exam|Last Physical|Examen médico",
    "medical_expires_on": "Med Card Exp|Physical Exp Date|Medical Certificate Expiration|MedCertExp|MEC Exp",
    "mvr_on": "MVR Date|Last MVR|MVR|Date of Last MVR|Último MVR",
    "review_annual": "Annual Review|Annual Review Date|MVR Review Date|Revisión anual",
    "ch_full": "Clearinghouse Full Query|Clearinghouse Pre-Employment|Full Query Date",
    "ch_annual": "Clearinghouse Annual|Clearinghouse Limited Query Date|Limited Query|Annual Query",
    "hm_train": "Hazmat Training|HM Training Date|HazmatTrainingDate|HM-181",
    "hazmat_employee": "Hazmat Employee|HM Employee",
    "insulin_treated": "Insulin Treated|ITDM|Insulin-treated",
    "interstate": "Interstate|Interstate/Intrastate",
    "sph": "SPH|Safety Performance History|Employment Verification",
    "road_test": "Road Test|Road Test Date",
    "application": "Employment Application|Application Date|DOT Application",
    "drug_pre": "Pre-Employment Drug Test|Pre-Emp Drug",
    "twic_expires_on": "TWIC Exp|TWIC Expiration Date|TWIC Card Expires",
    "email": "E-mail|Email Address|Work Email|Correo electrónico",
    "phone": "Cell Phone|Mobile|Phone #|Celular",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "header"), [(field, header) for field, headers in EXPORTS.items() for header in headers.split("|")]
)
def test_headers_of_real_exports(field: str, header: str) -> None:
    found, sureness = KNOWN.headers.candidates(header)
    assert found, header
    assert found[0][0] == field
    assert sureness >= 0.75


@pytest.mark.parametrize("key", [requirement.key for requirement in FEDERAL.requirements])
def test_any_requirement_key_is_a_column_with_its_date(tmp_path: Path, key: str) -> None:
    field = KNOWN.fields[guess(tmp_path, key, "2025-01-05", "2026-02-03") or ""]
    assert (field.kind, field.requirement) == ("obtained", key)


def test_a_policy_requirement_by_key_and_by_title(tmp_path: Path) -> None:
    assert guess(tmp_path, "policy_uniform", "2025-01-05") == "policy_uniform"
    assert guess(tmp_path, "Uniform issued", "2025-01-05") == "policy_uniform"


@pytest.mark.parametrize(
    "header", ["MVR Due", "Next MVR Date", "Annual Review Due Date", "Physical Due", "PSP", "Notes", "Truck #"]
)
def test_headers_that_mean_no_evidence(tmp_path: Path, header: str) -> None:
    assert guess(tmp_path, header, "2026-12-05") is None


@pytest.mark.parametrize("header", ["SSN", "Social Security #", "Pay Rate", "Bank Account", "CURP"])
def test_private_columns_are_not_even_sampled(tmp_path: Path, header: str) -> None:
    layout = layout_of(write(tmp_path, f"{NAMED},{header}\n1,Ana,Ruiz,123-45-6789\n"))
    found = column(layout.columns, header)
    assert (found.field, found.samples, found.note) == (None, [], PRIVATE_NOTE)


def test_dates_ahead_make_a_physical_its_expiry(tmp_path: Path) -> None:
    assert guess(tmp_path, "DOT Physical", "2027-05-01", "2028-01-02") == "medical_expires_on"
    assert guess(tmp_path, "DOT Physical", "2025-05-01", "2026-01-02") == "medical_exam_on"


def test_a_medical_card_with_past_dates_is_for_the_person_to_decide(tmp_path: Path) -> None:
    layout = layout_of(write(tmp_path, f"{NAMED},Medical Card\n1,Ana,Ruiz,2026-03-01\n2,Al,Poe,2025-03-01\n"))
    assert (layout.columns[-1].field, "Choose which" in (layout.columns[-1].note or "")) == (None, True)
    assert guess(tmp_path, "Medical Card", "2027-03-01", "2025-03-01") == "medical_expires_on"


def test_ticks_are_not_taken_for_dates(tmp_path: Path) -> None:
    layout = layout_of(write(tmp_path, f"{NAMED},Road Test\n1,Ana,Ruiz,yes\n2,Al,Poe,no\n"))
    assert layout.columns[-1].field is None
    assert "values do not" in (layout.columns[-1].note or "")


def test_a_cdl_column_of_dates_is_its_expiry(tmp_path: Path) -> None:
    assert guess(tmp_path, "CDL", "2027-03-01", "2029-03-01") == "cdl_expires_on"
    assert guess(tmp_path, "CDL", "TX1234567") == "cdl_number"


@pytest.mark.parametrize(("values", "field"), [(("yes", "no"), "lcv"), (("2025-01-01",), "lcv_on")])
def test_a_name_that_is_fact_and_requirement_goes_by_its_values(tmp_path: Path, values: tuple[str, ...], field: str) -> None:
    assert guess(tmp_path, "LCV", *values) == field


def test_a_lone_state_belongs_to_the_licence_unless_there_is_an_address(tmp_path: Path) -> None:
    assert guess(tmp_path, "State", "TX") == "cdl_state"
    assert fields_of(write(tmp_path, f"{NAMED},City,State,Zip\n1,Ana,Ruiz,Dallas,TX,75201\n"))["State"] is None
    beside = fields_of(write(tmp_path, f"{NAMED},City,License #,State,Expires\n1,Ana,Ruiz,Dallas,T1,TX,2027-01-01\n"))
    assert (beside["State"], beside["Expires"]) == ("cdl_state", "cdl_expires_on")


def test_of_two_hire_dates_the_latest_hire_counts_and_the_other_is_explained(tmp_path: Path) -> None:
    layout = layout_of(write(tmp_path, f"{NAMED},Original Hire Date,Rehire Date\n1,Ana,Ruiz,2014-01-15,2024-01-15\n"))
    original, again = layout.columns[-2:]
    assert (original.field, again.field) == (None, "hired_on")
    assert "taken from 'Rehire Date'" in (original.note or "")


def test_both_full_and_split_names(tmp_path: Path) -> None:
    found = fields_of(write(tmp_path, f"{NAMED},Driver Name\n1,Ana,Ruiz,Ana Ruiz\n"))
    assert (found["First Name"], found["Driver Name"]) == ("first_name", None)


def test_a_driver_column_of_codes_is_the_employee_id(tmp_path: Path) -> None:
    assert fields_of(write(tmp_path, "Driver,First Name,Last Name\nD101,Ana,Ruiz\nD102,Al,Poe\n"))["Driver"] == "employee_id"


def test_a_spanish_roster(tmp_path: Path) -> None:
    header = (
        "Número de empleado;Nombre;Apellidos;Fecha de nacimiento;Fecha de ingreso;Sucursal;Licencia;Vencimiento licencia;Endosos"
    )
    path = write(tmp_path, f"{header}\n7;José;Núñez;1980-01-02;2024-01-15;El Paso;TX1;2029-01-01;H\n")
    assert [name for name, field in fields_of(path).items() if field is None] == []
    assert problems(parse(path)) == []


def test_a_person_corrects_the_mapping(tmp_path: Path) -> None:
    layout = layout_of(write(tmp_path, f"{NAMED},Notes,Branch\n1,Ana,Ruiz,West,Dallas\n"))
    assert correct(layout.columns, {"Notes": "terminal", "Last Name": None}, KNOWN.fields) == []
    notes, branch = column(layout.columns, "Notes"), column(layout.columns, "Branch")
    assert (notes.field, notes.guessed, branch.field) == ("terminal", False, None)
    assert "was given to 'Notes'" in (branch.note or "")
    chosen = [one.field for one in layout.columns if one.field]
    assert [field.key for field in missing_required(chosen, KNOWN.fields)] == ["last_name"]


def test_a_wrong_correction_changes_nothing(tmp_path: Path) -> None:
    layout = layout_of(write(tmp_path, f"{NAMED},Notes,Branch\n1,Ana,Ruiz,West,Dallas\n"))
    before = [one.field for one in layout.columns]
    found = correct(layout.columns, {"Nope": None, "Notes": "shoe_size", "Branch": "email", "First Name": "email"}, KNOWN.fields)
    assert [name for name, _ in found] == ["Nope", "Notes", "First Name"]
    assert [one.field for one in layout.columns] == before


def test_the_sample_is_understood_completely(tmp_path: Path) -> None:
    content = resources.files("dot_copilot.features.roster").joinpath("sample.csv").read_bytes()
    path = write(tmp_path, content)
    assert [one.column for one in layout_of(path).columns if one.field is None] == []
    parsed = parse(path)
    assert (len(parsed), problems(parsed)) == (6, [])
