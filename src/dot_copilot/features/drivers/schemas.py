"""What drivers, employments and profiles look like over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from dot_copilot.features.carriers.schemas import State, absent, text

CdlClass = Literal["A", "B", "C", "none"]
Endorsement = Literal["H", "N", "P", "S", "T", "X"]

EmployeeId = Annotated[str, text(64)]
PersonName = Annotated[str, text(100)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40, pattern=r"^[0-9+()./x \-]+$")]
LicenceNumber = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[0-9A-Za-z \-]+$")
]


def _written(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError("write the date as YYYY-MM-DD")
    return value


def _plausible(value: date) -> date:
    if not 1900 <= value.year <= 2200:
        raise ValueError("the year must be between 1900 and 2200")
    return value


PlainDate = Annotated[date, BeforeValidator(_written), AfterValidator(_plausible)]


class Profile(BaseModel):
    """The facts that decide what applies. Null means "not known", never "no"."""

    cdl_number: str | None = None
    cdl_state: str | None = Field(None, description="Postal code of a US state or Canadian province, or MX")
    cdl_class: CdlClass | None = Field(None, description="`none` = holds no CDL; null = not known")
    endorsements: list[Endorsement] | None = Field(None, description="Empty = none; null = not known")
    clp: bool | None = Field(None, description="Holds a commercial learner's permit")
    first_cdl_issued_on: date | None = Field(None, description="Decides whether ELDT applies (from 2022-02-07)")
    interstate: bool | None = Field(None, description="Operates in interstate commerce")
    hazmat_employee: bool | None = Field(None, description="49 CFR 171.8")
    hazmat_security_plan: bool | None = Field(None, description="Needs in-depth security training, 49 CFR 172.704(a)(5)")
    passenger: bool | None = Field(None, description="Drives passenger vehicles")
    lcv: bool | None = Field(None, description="Drives longer combination vehicles")
    lcv_instructor: bool | None = None
    insulin_treated: bool | None = Field(None, description="Insulin-treated diabetes, 49 CFR 391.46")
    vision_alternative: bool | None = Field(None, description="Alternative vision standard, 49 CFR 391.44")
    grandfathered_medical: bool | None = Field(None, description="49 CFR 391.62 or 391.64")
    medical_variance: bool | None = Field(None, description="Holds an SPE certificate or an exemption, 49 CFR 391.49, part 381")
    supervises_cdl_drivers: bool | None = None
    port_access: bool | None = Field(None, description="Needs unescorted access to ports")
    prior_dot_employer: bool | None = Field(None, description="Worked for a non-FMCSA DOT employer before, 49 CFR 40.25")


class ProfileChange(Profile):
    """Members that are absent stay as they are (in a new driver: are not known); null says "not known any more"."""

    model_config = ConfigDict(extra="forbid")

    cdl_number: LicenceNumber | None = None
    cdl_state: State | None = Field(None, description="Postal code of a US state or Canadian province, or MX")
    endorsements: list[Endorsement] | None = Field(None, max_length=6, description="Empty = none; null = not known")
    first_cdl_issued_on: PlainDate | None = Field(None, description="Decides whether ELDT applies (from 2022-02-07)")


class DriverTerminal(BaseModel):
    """Where the driver belongs."""

    id: UUID
    name: str
    time_zone: str


class Employment(BaseModel):
    """One hire-to-termination episode; a rehire is a further one."""

    id: UUID
    hired_on: date
    terminated_on: date | None = Field(description="The last day; null while employed")


class EmploymentList(BaseModel):
    """Newest first. All of them: a driver has few."""

    items: list[Employment]
    next_cursor: str | None = None


class Driver(BaseModel):
    """A person who operates commercial motor vehicles for the carrier."""

    id: UUID
    employee_id: str
    first_name: str
    last_name: str
    date_of_birth: date | None
    email: str | None
    phone: str | None
    terminal: DriverTerminal
    employment: Employment | None = Field(description="The newest one; null when no hire date is known")
    profile: Profile
    version: int = Field(description="Send it back with a change; a change of someone else in between is refused")


class DriverCreate(BaseModel):
    """A new driver. Without `hired_on` nothing that depends on a hire date can be decided."""

    model_config = ConfigDict(extra="forbid")

    employee_id: EmployeeId
    first_name: PersonName
    last_name: PersonName
    terminal_id: UUID
    hired_on: PlainDate | None = None
    date_of_birth: PlainDate | None = None
    email: Email | None = None
    phone: Phone | None = None
    profile: ProfileChange = ProfileChange()


class DriverChange(BaseModel):
    """Members that are absent stay as they are; null says "not known any more"."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(description="The `version` last read")
    employee_id: EmployeeId = absent()
    first_name: PersonName = absent()
    last_name: PersonName = absent()
    terminal_id: UUID | None = Field(None, description="May not be null")
    date_of_birth: PlainDate | None = None
    email: Email | None = None
    phone: Phone | None = None
    profile: ProfileChange | None = Field(None, description="Only the members to change")


class EmploymentCreate(BaseModel):
    """A hire or a rehire. Episodes of one driver may not overlap."""

    model_config = ConfigDict(extra="forbid")

    hired_on: PlainDate
    terminated_on: PlainDate | None = None


class EmploymentChange(BaseModel):
    """Members that are absent stay as they are; `terminated_on: null` takes a termination back."""

    model_config = ConfigDict(extra="forbid")

    hired_on: PlainDate | None = Field(None, description="May not be null")
    terminated_on: PlainDate | None = None
