"""What the carrier and its terminals look like over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

_ZONES = available_timezones()


def _known_zone(value: str) -> str:
    if value not in _ZONES:
        raise ValueError(f"'{value}' is not an IANA time zone; use one such as America/Chicago")
    return value


# Who issues driver's licences: the states, districts and territories of the United States, the Canadian provinces
# (postal codes), and Mexico as one, because its federal licence is what stands for a CDL there (49 CFR 383.23).
JURISDICTIONS = frozenset(
    """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA
    RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP AB BC MB NB NL NS NT NU ON PE QC SK YT MX""".split()  # noqa: SIM905 - a list to read
)


def _known_state(value: str) -> str:
    if value not in JURISDICTIONS:
        raise ValueError(f"'{value}' is not a state or province; use a postal code such as TX or ON, or MX for Mexico")
    return value


def text(most: int) -> object:
    """Text of 1 to `most` characters without surrounding blanks or control characters."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most, pattern=r"^[^\x00-\x1f\x7f]*$")


def absent(stand_in: Any = "") -> Any:
    """The default of a member that a change may leave out but not set to null. It is never written: see `exclude_unset`."""

    def hide(schema: dict[str, Any]) -> None:
        schema.pop("default", None)

    return Field(stand_in, json_schema_extra=hide)


TimeZone = Annotated[str, AfterValidator(_known_zone), Field(examples=["America/Chicago"], description="IANA time zone name")]
CarrierName = Annotated[str, text(200)]
McNumber = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{1,8}$")]
TerminalName = Annotated[str, text(120)]
TerminalCode = Annotated[str, text(40)]
City = Annotated[str, text(100)]
State = Annotated[
    str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2}$"), AfterValidator(_known_state)
]
WarningDays = Annotated[int, Field(ge=0, le=365, description="Evidence counts as expiring this many days ahead")]


class Carrier(BaseModel):
    """The motor carrier the caller belongs to."""

    id: UUID
    usdot: str = Field(description="USDOT number, digits only")
    mc_number: str | None
    name: str
    default_time_zone: str = Field(description="Of terminals whose own is not known")
    warning_days: int


class CarrierCreate(BaseModel):
    """A carrier to take on."""

    usdot: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{1,8}$")]
    name: CarrierName
    default_time_zone: TimeZone


class CarrierChange(BaseModel):
    """Members that are absent stay as they are."""

    model_config = ConfigDict(extra="forbid")

    name: CarrierName = absent()
    mc_number: McNumber | None = None
    default_time_zone: TimeZone = absent()
    warning_days: WarningDays = absent(0)


class Terminal(BaseModel):
    """A location of the carrier. Its time zone decides which day "today" is for its drivers."""

    id: UUID
    name: str
    code: str | None
    city: str | None
    state: str | None
    time_zone: str


class TerminalCreate(BaseModel):
    """A new terminal; names are unique within the carrier, whatever their case."""

    model_config = ConfigDict(extra="forbid")

    name: TerminalName
    code: TerminalCode | None = None
    city: City | None = None
    state: State | None = None
    time_zone: TimeZone


class TerminalChange(BaseModel):
    """Members that are absent stay as they are; null clears what may be empty."""

    model_config = ConfigDict(extra="forbid")

    name: TerminalName = absent()
    code: TerminalCode | None = None
    city: City | None = None
    state: State | None = None
    time_zone: TimeZone = absent()


class TerminalList(BaseModel):
    """By name."""

    items: list[Terminal]
    next_cursor: str | None
