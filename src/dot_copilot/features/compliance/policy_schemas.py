"""What the routes of a carrier's own requirements and waivers take and give, and the catalogue they stand beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from dot_copilot.features.drivers.schemas import PlainDate

from .schemas import CitationOut

Text160 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=160)]
Reasoning = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]
PolicyScope = Literal["all", "cdl", "non_cdl", "hazmat", "interstate", "passenger"]
PolicyDeadline = Literal["before_driving", "days_after_hire"]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PolicyFields(BaseModel):
    """The fields of a carrier's own requirement, as they were set."""

    applies_to: PolicyScope
    deadline: PolicyDeadline
    deadline_days: int | None
    renewal_months: int | None
    reason: str
    created_at: datetime


class RequirementOut(BaseModel):
    """One entry of the catalogue, federal or the carrier's own."""

    key: str
    title: str
    applies_to: str
    trigger: str
    renewal: str
    retention: str
    evidence: str
    citations: list[CitationOut]
    effective_from: date
    effective_to: date | None
    verified_on: date | None = Field(description="When the entry was last checked against its source; null: not verified")
    blocks_driving: bool
    restricts: str | None = Field(description="The one kind of work that a gap forbids, such as hazmat")
    scope: Literal["driver", "carrier"]
    source: Literal["federal", "policy"]
    outcomes: list[str] = Field(description="Results that evidence of this requirement may carry")
    policy: PolicyFields | None = None


class RequirementList(BaseModel):
    """The federal catalogue, then the carrier's own requirements."""

    items: list[RequirementOut]


class PolicyIn(_In):
    """A requirement of the carrier's own. It stands beside the federal rules and can't weaken one."""

    key: Annotated[str, StringConstraints(pattern=r"^policy_[a-z0-9_]{1,56}$")] = Field(examples=["policy_winter_training"])
    title: Text160
    applies_to: PolicyScope = "all"
    deadline: PolicyDeadline = "before_driving"
    deadline_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    renewal_months: Annotated[int, Field(ge=1, le=120)] | None = None
    blocks_driving: bool = False
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""
    effective_from: PlainDate | None = Field(None, description="From this day on; today when absent")

    @model_validator(mode="after")
    def _days_go_with_the_deadline(self) -> PolicyIn:
        if (self.deadline == "days_after_hire") != (self.deadline_days is not None):
            raise ValueError("deadline_days goes with the deadline days_after_hire, and only with it")
        return self


class PolicyPatch(_In):
    """The fields to change; absent ones stay."""

    title: Text160 | None = None
    applies_to: PolicyScope | None = None
    deadline: PolicyDeadline | None = None
    deadline_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    renewal_months: Annotated[int, Field(ge=1, le=120)] | None = None
    blocks_driving: bool | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    effective_from: PlainDate | None = None


class PolicyChange(BaseModel):
    """The requirement as it now stands. Lists and counts follow within moments, when every file has been worked out again."""

    requirement: RequirementOut
    recalculating: Literal[True] = True
    note: str


class WaiverIn(_In):
    """Lets a driver off one of the carrier's own requirements for a while, both days included."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    requirement: str = Field(max_length=64)
    from_on: PlainDate = Field(alias="from")
    until_on: PlainDate = Field(alias="until")
    reason: Reasoning

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> WaiverIn:
        if self.until_on < self.from_on:
            raise ValueError("until lies before from")
        return self


class WaiverOut(BaseModel):
    """A waiver, granted or revoked."""

    model_config = ConfigDict(populate_by_name=True)

    id: UUID
    requirement: str
    title: str
    from_on: date = Field(alias="from")
    until_on: date = Field(alias="until")
    reason: str
    granted_by: UUID | None
    granted_at: datetime
    revoked_at: datetime | None


class WaiverList(BaseModel):
    """A driver's waivers, newest first."""

    items: list[WaiverOut]
