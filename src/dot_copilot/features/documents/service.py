"""What can be done with evidence. Every change is audited and told to the features above."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from uuid import UUID

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.pagination import Cursors
from dot_copilot.features.documents import repository, request_repository, schemas, sph
from dot_copilot.features.documents.errors import EvidenceNotFound, EvidenceSettled, InvalidEvidence
from dot_copilot.features.documents.refusals import code_of
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.drivers.events import DriversChanged


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
            rejected_because=row["rejected_because"],
            rejected_code=code_of(row["rejected_because"]),
            preview_pages=row["preview_pages"],
            purged_at=row["purged_at"],
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
    hidden = [] if sph.may_read(caller) else list(sph.RESTRICTED)
    rows = await repository.page_of_evidence(
        door, driver_id, wanted.requirement, voided=wanted.voided, hidden=hidden, limit=limit + 1, after=after
    )
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = cursors.seal(door.carrier_id, listing, [last["obtained_on"], last["recorded_at"], last["id"]])
    return schemas.EvidenceList(items=[shape(row) for row in rows[:limit]], next_cursor=next_cursor)


async def read_recorded(door: Door, evidence_id: UUID) -> schemas.Evidence:
    """Evidence that was just written."""
    row = await repository.read_evidence(door, evidence_id)
    assert row is not None
    return shape(row)


async def void_evidence(door: Door, caller: Caller, evidence_id: UUID, reason: str) -> schemas.Evidence:
    """Takes evidence out of account, for good."""
    row = await _lock(door, caller, evidence_id)
    if row["voided_at"] is not None:
        raise EvidenceSettled("This evidence is void already. Nothing was changed.")
    await repository.void_evidence(door, evidence_id, reason)
    await _told(door, "evidence.voided", row, {"evidence": evidence_id, "reason": reason})
    return await read_recorded(door, evidence_id)


async def review_evidence(door: Door, caller: Caller, evidence_id: UUID, review: schemas.EvidenceReview) -> schemas.Evidence:
    """Accepts or rejects evidence that waits for review."""
    row = await _lock(door, caller, evidence_id)
    if review.decision == "rejected" and not review.note:
        raise InvalidEvidence("note", "say why, so that the driver knows what to send instead")
    if row["review"] != "pending" or row["voided_at"] is not None:
        raise EvidenceSettled("This evidence does not wait for a review. Void it if it is wrong. Nothing was changed.")
    await repository.review_evidence(door, evidence_id, review.decision, review.note)
    if review.decision == "rejected":
        await request_repository.reopen(door, evidence_id)
    await _told(door, f"evidence.{review.decision}", row, {"evidence": evidence_id, "note": review.note})
    return await read_recorded(door, evidence_id)


async def _lock(door: Door, caller: Caller, evidence_id: UUID) -> Row:
    row = await repository.lock_evidence(door, evidence_id)
    if row is None or sph.hides(caller, row["requirement"]):
        raise EvidenceNotFound
    try:
        await access_driver(door, caller, row["driver_id"])
    except DriverNotFound:
        raise EvidenceNotFound from None
    return row


async def _told(door: Door, action: str, row: Row, details: dict[str, object]) -> None:
    await audit.record(door, action, "driver", row["driver_id"], {"requirement": row["requirement"], **details})
    await door.publish(DriversChanged([row["driver_id"]]))
