"""What goes onto paper, as plain values: written by the worker as JSON, read by the press."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct

from dot_copilot.features.packets.press.paper import Size


class SheetRecord(Struct, frozen=True):
    """A piece of evidence as the status page lists it. `document` is its number in the packet."""

    obtained_on: date
    expires_on: date | None
    outcome: str | None
    provenance: str
    review: str
    document: int | None


class SheetItem(Struct, frozen=True):
    """One requirement, in the words of the product."""

    title: str
    state: str
    due_on: date | None
    valid_until: date | None
    summary: str
    steps: list[str]
    citations: list[str]
    remarks: list[str]
    records: list[SheetRecord]


class SheetDocument(Struct, frozen=True):
    """A document: on the pages of `part` (sizes in points), or, with a `problem`, on one page that says why not."""

    number: int
    requirement: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    obtained_on: date
    review: str
    part: str | None = None
    sizes: list[Size] = []
    problem: str | None = None


class Sheet(Struct, frozen=True):
    """Everything that one PDF says. Two equal ones make the same bytes."""

    kind: Literal["file", "sph"]
    carrier: str
    usdot: str
    driver: str
    employee_id: str
    terminal: str
    hired: str
    as_of: date
    code: str
    verify_url: str
    version: str
    employed: bool
    may_drive: bool
    reasons: list[str]
    restrictions: list[str]
    items: list[SheetItem]
    not_applicable: list[str]
    documents: list[SheetDocument]
    remarks: list[str] = []
