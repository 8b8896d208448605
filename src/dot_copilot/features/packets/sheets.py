"""From a driver's file as the product shows it to what goes onto paper, word for word."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.clock import Clock
from dot_copilot.core.database import Door, Row
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.compliance.schemas import DriverFileOut, FileItemOut
from dot_copilot.features.compliance.service import driver_file
from dot_copilot.features.compliance.words import Say, title_of
from dot_copilot.features.documents import file_repository
from dot_copilot.features.documents import repository as documents
from dot_copilot.features.documents.models import StoredDocument
from dot_copilot.features.documents.sph import RESTRICTED
from dot_copilot.features.packets.codes import shown
from dot_copilot.features.packets.press.model import Sheet, SheetDocument, SheetItem, SheetRecord

_SEPARATE = "The safety performance history file (49 CFR 391.53) is kept apart from this file, and is not part of it."
_NOBODY = UUID(int=0)


class Source(Struct, frozen=True):
    """A document of the packet, and where its bytes are."""

    document: SheetDocument
    stored: StoredDocument
    requirement: str


class Draft(Struct, frozen=True):
    """One driver's file, ready but for the pages of its documents."""

    sheet: Sheet
    sources: list[Source]
    sph: list[Source]


class Origin(Struct, frozen=True):
    """What every sheet of a packet says alike."""

    code: str
    as_of: date
    pages_url: str


def itself(carrier_id: UUID) -> Caller:
    """The carrier as a reader of its own files: whose reach it was has been settled when the packet was asked for."""
    return Caller(_NOBODY, _NOBODY, carrier_id, Role.ADMIN, 0, 0, via="packet")


async def draft(door: Door, clock: Clock, driver_id: UUID, origin: Origin) -> Draft:
    """The driver's file on the day, with every document on record by then that nobody has rejected or voided."""
    carrier = await carriers.read_carrier(door)
    file = await driver_file(door, clock, itself(door.carrier_id), "en", driver_id, as_of=origin.as_of)
    rows = [row for row in await documents.all_evidence(door, driver_id) if _belongs(row, origin.as_of)]
    order = {item.requirement: place for place, item in enumerate(file.items)}
    rows.sort(key=lambda row: order.get(row["requirement"], len(order)))  # stable: newest first within a requirement
    titles = {item.requirement: item.title for item in file.items}
    sources = await _sources(door, [row for row in rows if row["requirement"] not in RESTRICTED], titles)
    apart = await _sources(door, [row for row in rows if row["requirement"] in RESTRICTED], titles)
    numbers = {source.stored.id: source.document.number for source in sources}
    present = [source.document for source in sources]
    return Draft(_sheet(carrier, file, origin, numbers, present), sources, apart)


def _belongs(row: Row, as_of: date) -> bool:
    return row["document_id"] is not None and row["review"] != "rejected" and row["obtained_on"] <= as_of


async def _sources(door: Door, rows: list[Row], titles: dict[str, str]) -> list[Source]:
    """Each document once, numbered from 1, under the requirement it was first met for."""
    found: dict[UUID, Source] = {}
    for row in rows:
        if row["document_id"] in found:
            continue
        stored = await file_repository.read_document(door, row["document_id"])
        if stored is None:
            continue
        document = SheetDocument(
            number=len(found) + 1,
            requirement=titles.get(row["requirement"]) or title_of(row["requirement"]),
            file_name=stored.file_name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256.hex(),
            obtained_on=row["obtained_on"],
            review=row["review"],
        )
        found[stored.id] = Source(document, stored, row["requirement"])
    return list(found.values())


def _sheet(carrier: Row, file: DriverFileOut, origin: Origin, numbers: dict[UUID, int], present: list[SheetDocument]) -> Sheet:
    driver = file.driver
    applies = [item for item in file.items if item.state != "not_applicable"]
    sheet = Sheet(
        kind="file",
        carrier=carrier["name"],
        usdot=carrier["usdot"],
        driver=f"{driver.first_name} {driver.last_name}",
        employee_id=driver.employee_id,
        terminal=driver.terminal.name,
        hired=_hired(file),
        as_of=origin.as_of,
        code=shown(origin.code),
        verify_url=f"{origin.pages_url}/verify/{shown(origin.code)}",
        version="",
        employed=file.employed,
        may_drive=file.may_drive,
        reasons=[reason.text for reason in file.reasons],
        restrictions=[reason.text for reason in file.restrictions],
        items=[_item(item, numbers) for item in applies],
        not_applicable=[item.title for item in file.items if item.state == "not_applicable"],
        documents=present,
        remarks=[_SEPARATE] if any(item.requirement in RESTRICTED for item in applies) else [],
    )
    return msgspec.structs.replace(sheet, version=version_of(sheet))


def sph_sheet(sheet: Sheet, sources: list[Source]) -> Sheet:
    """The separate file of 391.53, headed as the other one."""
    kind: Literal["sph"] = "sph"
    found = [source.document for source in sources]
    bare = msgspec.structs.replace(sheet, kind=kind, documents=found, items=[], not_applicable=[], version="")
    bare = msgspec.structs.replace(bare, reasons=[], restrictions=[], remarks=[])
    return msgspec.structs.replace(bare, version=version_of(bare))


def version_of(sheet: Sheet) -> str:
    """Names the data that a sheet was made of, whatever packet it is in: 64 bits of the SHA-256 over them."""
    bare: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(sheet, code="", verify_url=""))
    return hashlib.sha256(msgspec.json.encode(bare, order="deterministic")).hexdigest()[:16]


def _hired(file: DriverFileOut) -> str:
    employment = file.driver.employment
    if employment is None:
        return "no hire date on record"
    say = Say("en")
    ended = f", ended {say.day(employment.terminated_on)}" if employment.terminated_on else ""
    return f"hired {say.day(employment.hired_on)}{ended}"


def _item(item: FileItemOut, numbers: dict[UUID, int]) -> SheetItem:
    kept_apart = item.requirement in RESTRICTED
    return SheetItem(
        title=item.title,
        state=str(item.state),
        due_on=item.due_on,
        valid_until=item.valid_until,
        summary=item.explanation.summary,
        steps=[step.text for step in item.explanation.steps],
        citations=[citation.cfr for citation in item.citations],
        remarks=[conflict.text for conflict in item.conflicts] + [note.text for note in item.notes],
        records=[
            SheetRecord(
                obtained_on=evidence.obtained_on,
                expires_on=evidence.expires_on,
                outcome=None if kept_apart else evidence.outcome,
                provenance=evidence.provenance,
                review=evidence.review,
                document=numbers.get(evidence.document.id) if evidence.document else None,
            )
            for evidence in item.evidence
            if evidence.review != "rejected"
        ],
    )
