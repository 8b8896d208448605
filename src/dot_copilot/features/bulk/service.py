"""Bulk uploads of a person: scans in, suggestions out, evidence recorded when the person says what each is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dot_copilot.core import jobs
from dot_copilot.core.caller import Caller
from dot_copilot.core.database import Door, Row
from dot_copilot.core.platform import Platform
from dot_copilot.features.bulk import repository, schemas
from dot_copilot.features.bulk.errors import BatchFull, BatchNotFound, ItemNotFound, ItemSettled
from dot_copilot.features.documents import previews, receiving
from dot_copilot.features.documents.errors import NoPreview, UploadSettled
from dot_copilot.features.documents.recording import record_evidence
from dot_copilot.features.documents.refusals import code_of
from dot_copilot.features.documents.schemas import Evidence, EvidenceCreate
from dot_copilot.features.drivers.access import reachable

READ = "bulk:read_item"
MOST = 500


async def current(door: Door) -> schemas.CurrentBatch:
    """The batch that the caller left open."""
    row = await repository.open_batch(door)
    return schemas.CurrentBatch(batch=_batch(row) if row else None)


async def begin(door: Door) -> schemas.Batch:
    """The open batch, or a new one."""
    row = await repository.open_batch(door)
    if row is None:
        row = await repository.read_batch(door, await repository.insert_batch(door))
    assert row is not None
    return _batch(row)


async def _own_batch(door: Door, caller: Caller, batch_id: UUID) -> Row:
    row = await repository.read_batch(door, batch_id)
    if row is None or row["user_id"] != caller.user_id:
        raise BatchNotFound
    return row


async def _own_item(door: Door, caller: Caller, item_id: UUID, *, lock: bool = False) -> Row:
    row = await repository.read_item(door, item_id, lock=lock)
    if row is None or row["user_id"] != caller.user_id:
        raise ItemNotFound
    return row


async def close(door: Door, caller: Caller, batch_id: UUID) -> schemas.Batch:
    """Puts a batch away; what is not sorted is left out."""
    await _own_batch(door, caller, batch_id)
    await repository.close_batch(door, batch_id)
    return _batch(await _own_batch(door, caller, batch_id))


async def add(door: Door, caller: Caller, batch_id: UUID, upload_id: UUID) -> schemas.Item:
    """Adds a completed upload; added again it is told again. The worker reads what it is."""
    batch = await _own_batch(door, caller, batch_id)
    if batch["closed_at"] is not None:
        raise BatchNotFound
    await repository.lock_batch(door, batch_id)
    upload = await receiving.own_upload(door, caller, upload_id)
    known = await repository.item_of_upload(door, batch_id, upload_id)
    if known is None:
        if upload.state not in ("checking", "ready", "refused"):
            raise UploadSettled(upload.state)
        if await repository.count_items(door, batch_id) >= MOST:
            raise BatchFull(MOST)
        state = "refused" if upload.state == "refused" else "reading"
        created = await repository.insert_item(door, batch_id, upload_id, upload.file_name, state=state, refusal=upload.refusal)
        if created is not None and state == "reading":
            await jobs.defer(door, READ, item_id=str(created))
        known = await repository.item_of_upload(door, batch_id, upload_id)
    assert known is not None
    return (await _items(door, caller, [known]))[0]


async def items(door: Door, caller: Caller, batch_id: UUID) -> schemas.ItemList:
    """Every scan of a batch."""
    await _own_batch(door, caller, batch_id)
    return schemas.ItemList(items=await _items(door, caller, await repository.items_of(door, batch_id)))


async def draft(door: Door, caller: Caller, item_id: UUID, entered: schemas.Draft) -> schemas.Item:
    """Keeps what was entered, so that whoever leaves finds it again."""
    row = await _own_item(door, caller, item_id)
    if row["state"] not in ("reading", "waiting"):
        raise ItemSettled(row["state"])
    await repository.write_draft(door, item_id, entered.model_dump(mode="json", exclude_none=True))
    return await _read(door, caller, item_id)


async def accept(platform: Platform, caller: Caller, item_id: UUID, said: schemas.ItemAccept) -> Evidence:
    """Records the scan as evidence. After a crash between recording and noting it here, accepting again tells the evidence."""
    async with platform.database.door(caller) as door:
        row = await _own_item(door, caller, item_id)
        if row["state"] in ("left_out", "refused"):
            raise ItemSettled(row["state"])
    new = EvidenceCreate(**said.model_dump(exclude={"driver_id"}), upload_id=row["upload_id"], details={})
    recorded = await record_evidence(platform, caller, said.driver_id, new, None)
    async with platform.database.door(caller) as door:
        await _own_item(door, caller, item_id, lock=True)
        await repository.settle_item(door, item_id, "done", recorded.driver_id, recorded.id)
    return recorded


async def leave_out(door: Door, caller: Caller, item_id: UUID) -> schemas.Item:
    """Leaves a scan out: it belongs to nobody here."""
    row = await _own_item(door, caller, item_id, lock=True)
    if row["state"] not in ("reading", "waiting"):
        raise ItemSettled(row["state"])
    await repository.settle_item(door, item_id, "left_out", None, None)
    return await _read(door, caller, item_id)


async def take_back(door: Door, caller: Caller, item_id: UUID) -> schemas.Item:
    """Puts a scan that was left out among those that wait."""
    row = await _own_item(door, caller, item_id, lock=True)
    if row["state"] != "left_out" or row["blob_name"] is None:
        raise ItemSettled(row["state"])
    await repository.settle_item(door, item_id, "waiting", None, None)
    return await _read(door, caller, item_id)


async def preview(platform: Platform, caller: Caller, item_id: UUID, page: str) -> bytes:
    """A picture of a scan, as JPEG."""
    async with platform.database.door(caller) as door:
        row = await _own_item(door, caller, item_id)
    if row["blob_name"] is None:
        raise NoPreview
    return await previews.read(platform, row["blob_name"], row["preview_pages"], page)


async def _read(door: Door, caller: Caller, item_id: UUID) -> schemas.Item:
    return (await _items(door, caller, [await _own_item(door, caller, item_id)]))[0]


async def _items(door: Door, caller: Caller, rows: list[Row]) -> list[schemas.Item]:
    """Scans with suggestions; drivers out of the caller's reach are not suggested."""
    suggested = {UUID(driver["id"]) for row in rows for driver in row["found"].get("drivers", ())}
    within = await reachable(door, caller, sorted(suggested)) if suggested else set()
    return [
        schemas.Item(
            id=row["id"],
            number=row["number"],
            file_name=row["file_name"],
            media_type=row["media_type"],
            size=row["size"],
            state=row["state"],
            refusal=row["refusal"],
            refusal_code=code_of(row["refusal"]),
            preview_pages=row["preview_pages"],
            found=_found(row["found"], within),
            draft=schemas.Draft(**row["draft"]),
            driver_id=row["driver_id"],
            evidence_id=row["evidence_id"],
        )
        for row in rows
    ]


def _found(found: dict[str, Any], within: set[UUID]) -> schemas.Found | None:
    if not found:
        return None
    drivers = [driver for driver in found["drivers"] if UUID(driver["id"]) in within]
    sure = found["sure"] and bool(drivers) and drivers[0] == found["drivers"][0]
    return schemas.Found(**{**found, "drivers": drivers, "sure": sure})


def _batch(row: Row) -> schemas.Batch:
    return schemas.Batch(id=row["id"], created_at=row["created_at"], closed_at=row["closed_at"], counts=row["counts"])
