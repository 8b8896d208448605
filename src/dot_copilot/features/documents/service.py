"""What can be done with evidence. Every change is audited and told to the features above."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import msgspec

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.database import Door, Row
from dot_copilot.core.pagination import Cursors
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import files, key_repository, repository, requirements, schemas
from dot_copilot.features.documents.errors import EvidenceNotFound, EvidenceSettled, InvalidEvidence
from dot_copilot.features.documents.models import NewEvidence, ReceivedFile, StoredFile
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.drivers.events import DriversChanged
from dot_copilot.features.drivers.models import DriverRef

_DETAILS_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class EvidenceFilter:
    """Which evidence to list."""

    requirement: str | None = None
    voided: bool = False


def shape(row: Row) -> schemas.Evidence:
    """The evidence of a row of this feature's repository."""
    document = None
    if row["document_id"]:
        document = schemas.Document.model_construct(
            id=row["document_id"],
            file_name=row["file_name"],
            media_type=row["media_type"],
            size=row["size"],
            sha256=row["sha256"].hex(),
            state=row["document_state"],
        )
    return schemas.Evidence.model_construct(
        **{name: row[name] for name in schemas.Evidence.model_fields if name != "document"}, document=document
    )


async def list_evidence(
    door: Door, caller: Caller, cursors: Cursors, driver_id: UUID, wanted: EvidenceFilter, *, limit: int, cursor: str | None
) -> schemas.EvidenceList:
    """A page of a driver's evidence, newest first."""
    await access_driver(door, caller, driver_id)
    listing = f"evidence {driver_id} {asdict(wanted)}"
    after = cursors.open(door.carrier_id, listing, cursor) if cursor else None
    rows = await repository.page_of_evidence(
        door, driver_id, wanted.requirement, voided=wanted.voided, limit=limit + 1, after=after
    )
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = cursors.seal(door.carrier_id, listing, [last["obtained_on"], last["recorded_at"], last["id"]])
    return schemas.EvidenceList(items=[shape(row) for row in rows[:limit]], next_cursor=next_cursor)


async def record_evidence(
    platform: Platform,
    caller: Caller,
    driver_id: UUID,
    new: schemas.EvidenceCreate,
    file: ReceivedFile | None,
    *,
    key: UUID | None = None,
) -> schemas.Evidence:
    """Records a dated fact and, with it, the file that proves it; what came under the same `key` before is told again.

    The file is stored between two transactions, so that none stays open while bytes travel; the first one refuses what
    is wrong before anything is stored.
    """
    stored = None
    if file is not None:
        async with platform.database.door(caller) as door:
            driver = await access_driver(door, caller, driver_id)
            if key is not None and (known := await key_repository.earlier(door, key)) is not None:
                return await _again(door, driver, known)
            await _check(door, driver, new, platform)
        stored = await files.store(platform, caller.carrier_id, driver_id, file)
    async with platform.database.door(caller) as door:
        driver = await access_driver(door, caller, driver_id)
        if key is not None and not await key_repository.claim(door, key):
            known = await key_repository.earlier(door, key)
            assert known is not None, "a key is committed together with what was recorded under it"
            return await _again(door, driver, known)
        await _check(door, driver, new, platform)
        recorded = await _record(door, caller, driver, new, stored)
        if key is not None:
            await key_repository.settle(door, key, recorded.id)
        return recorded


async def _again(door: Door, driver: DriverRef, known: UUID) -> schemas.Evidence:
    evidence = await _read(door, known)
    if evidence.driver_id != driver.id:
        raise InvalidEvidence("Idempotency-Key", "it names evidence of another driver; make a new one for each piece")
    return evidence


async def _record(
    door: Door, caller: Caller, driver: DriverRef, new: schemas.EvidenceCreate, stored: StoredFile | None
) -> schemas.Evidence:
    if stored is not None:
        await files.register(door, stored)
    evidence_id = await repository.insert_evidence(
        door,
        NewEvidence(
            driver_id=driver.id,
            provenance="upload" if stored else "manual",
            review="pending" if caller.role is Role.DRIVER else "accepted",
            document_id=stored.document_id if stored else None,
            **new.model_dump(),
        ),
    )
    told = new.model_dump(exclude_none=True, exclude={"details"}, exclude_defaults=True) | {"evidence": evidence_id}
    if stored is not None:
        told |= {"document": stored.document_id, "file_name": stored.file_name, "sha256": stored.sha256.hex()}
    await audit.record(door, "evidence.recorded", "driver", driver.id, told)
    await door.publish(DriversChanged([driver.id]))
    return await _read(door, evidence_id)


async def _read(door: Door, evidence_id: UUID) -> schemas.Evidence:
    row = await repository.read_evidence(door, evidence_id)
    assert row is not None
    return shape(row)


async def _check(door: Door, driver: DriverRef, new: schemas.EvidenceCreate, platform: Platform) -> None:
    """What the schema can't tell: the catalogue, and what day it is at the driver's terminal."""
    outcomes = await requirements.outcomes_of(door, new.requirement)
    if outcomes is None:
        raise InvalidEvidence("requirement", f"there is no requirement '{new.requirement}'; GET /api/v1/requirements lists them")
    if new.outcome is not None and new.outcome not in outcomes:
        known = f"one of {', '.join(sorted(outcomes))}" if outcomes else "left out"
        raise InvalidEvidence("outcome", f"for '{new.requirement}' it is {known}")
    today: date = platform.clock.today(driver.time_zone)
    if new.obtained_on > today:
        raise InvalidEvidence("obtained_on", f"{new.obtained_on} is in the future: it is {today} at the driver's terminal")
    if new.expires_on is not None and new.expires_on < new.obtained_on:
        raise InvalidEvidence("expires_on", f"{new.expires_on} lies before {new.obtained_on}, the day it was obtained")
    try:
        written = msgspec.json.encode(new.details)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise InvalidEvidence("details", "it holds what JSON can't") from None
    if len(written) > _DETAILS_BYTES or b"\\u0000" in written:
        raise InvalidEvidence("details", "it takes 16 KB at most, without NUL characters")


async def void_evidence(door: Door, caller: Caller, evidence_id: UUID, reason: str) -> schemas.Evidence:
    """Takes evidence out of account, for good."""
    row = await _lock(door, caller, evidence_id)
    if row["voided_at"] is not None:
        raise EvidenceSettled("This evidence is void already. Nothing was changed.")
    await repository.void_evidence(door, evidence_id, reason)
    await _told(door, "evidence.voided", row, {"evidence": evidence_id, "reason": reason})
    return await _read(door, evidence_id)


async def review_evidence(door: Door, caller: Caller, evidence_id: UUID, review: schemas.EvidenceReview) -> schemas.Evidence:
    """Accepts or rejects evidence that waits for review."""
    row = await _lock(door, caller, evidence_id)
    if row["review"] != "pending" or row["voided_at"] is not None:
        raise EvidenceSettled("This evidence does not wait for a review. Void it if it is wrong. Nothing was changed.")
    await repository.review_evidence(door, evidence_id, review.decision, review.note)
    await _told(door, f"evidence.{review.decision}", row, {"evidence": evidence_id, "note": review.note})
    return await _read(door, evidence_id)


async def _lock(door: Door, caller: Caller, evidence_id: UUID) -> Row:
    row = await repository.lock_evidence(door, evidence_id)
    if row is None:
        raise EvidenceNotFound
    try:
        await access_driver(door, caller, row["driver_id"])
    except DriverNotFound:
        raise EvidenceNotFound from None
    return row


async def _told(door: Door, action: str, row: Row, details: dict[str, object]) -> None:
    await audit.record(door, action, "driver", row["driver_id"], {"requirement": row["requirement"], **details})
    await door.publish(DriversChanged([row["driver_id"]]))
