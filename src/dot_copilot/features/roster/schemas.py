"""What the roster import says and hears over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

ImportState = Literal["queued", "reading", "preview", "importing", "done", "failed", "cancelled"]


class RosterField(BaseModel):
    """Something a column can be mapped to."""

    field: str = Field(description="Name used in a mapping, such as `employee_id` or a requirement key")
    label: str = Field(description="In the language of Accept-Language (en or es)")
    required: bool
    group: Literal["driver", "employment", "licence", "profile", "evidence"]


class RosterColumn(BaseModel):
    """One column of the file and what it is taken for."""

    column: str = Field(description="The header as the file has it")
    field: str | None = Field(description="The field it fills, or null when the column is ignored")
    samples: list[str] = Field(description="Up to three values; none of columns that look like SSN or pay")
    guessed: bool = Field(description="False once a person has chosen")
    confidence: float = Field(ge=0, le=1, description="Of the guess; 1 when a person chose")
    note: str | None = Field(description="Why it is ignored or doubtful, if there is something to say")


class RosterError(BaseModel):
    """One problem of one row; the row is skipped until it is put right."""

    row: int = Field(description="1-based, as a spreadsheet shows it, the header included")
    column: str | None = Field(description="The header of the column; null when the whole row is meant")
    value: str | None = Field(description="What the cell holds, cut at 80 characters")
    problem: str = Field(description="What is wrong and what to do")


class RosterImport(BaseModel):
    """One import job. `total` = rows with anything in them = `imported` + `skipped` once it is done."""

    id: UUID
    state: ImportState
    dry_run: bool = Field(description="True until it is confirmed: nothing but the preview is written")
    file_name: str
    size: int = Field(description="Bytes")
    total: int = Field(description="Rows of drivers in the file")
    imported: int = Field(description="Rows written, new and updated drivers together")
    updated: int = Field(description="Of those, rows of drivers that were there before")
    skipped: int = Field(description="Rows left out because of an error")
    errors: list[RosterError] = Field(description="The first 100; the rest at `/errors`")
    error_count: int
    mapping: list[RosterColumn]
    fields: list[RosterField]
    progress: float = Field(ge=0, le=1, description="Of the present step")
    notes: list[str] = Field(description="What the import did besides, such as terminals it created")
    problem: str | None = Field(description="Why it failed, or what is missing before it can be confirmed")
    created_by: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RosterImportSummary(BaseModel):
    """An import in the list of imports."""

    id: UUID
    state: ImportState
    dry_run: bool
    file_name: str
    total: int
    imported: int
    updated: int
    skipped: int
    error_count: int
    progress: float
    problem: str | None
    created_by: UUID | None
    created_at: datetime
    finished_at: datetime | None


class RosterImportList(BaseModel):
    """Newest first."""

    items: list[RosterImportSummary]
    next_cursor: str | None


class RosterErrorList(BaseModel):
    """In the order of the file."""

    items: list[RosterError]
    next_cursor: str | None


class MappingChange(BaseModel):
    """Columns named here are as the person says; the others stay as they are."""

    mapping: dict[str, str | None] = Field(max_length=400, examples=[{"Emp #": "employee_id", "Notes": None}])
