"""Recording evidence, with the file that proves it or without one. Every change is audited and told to the features above."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import msgspec

from dot_copilot.core import audit
from dot_copilot.core.caller import Caller, Role
from dot_copilot.core.database import Door
from dot_copilot.core.platform import Platform
from dot_copilot.features.documents import (
    file_repository,
    files,
    key_repository,
    receiving,
    repository,
    request_repository,
    requirements,
    schemas,
    sph,
    upload_repository,
)
from dot_copilot.features.documents.errors import FileAlreadyThere, InvalidEvidence, UploadNotReady
from dot_copilot.features.documents.models import NewEvidence, ReceivedFile, StoredFile, Upload
from dot_copilot.features.documents.names import safe_file_name
from dot_copilot.features.documents.service import read_recorded
from dot_copilot.features.drivers import repository as drivers
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.events import DriversChanged
from dot_copilot.features.drivers.models import DriverRef

_DETAILS_BYTES = 16 * 1024
_SIGNED = "acknowledgement"  # the member that makes evidence a signature: nobody states that of themself


async def record_evidence(
    platform: Platform,
    caller: Caller,
    driver_id: UUID,
    new: schemas.EvidenceCreate,
    file: ReceivedFile | None,
    *,
    key: UUID | None = None,
    complete: bool = False,
) -> schemas.Evidence:
    """Records a dated fact and, with it, the file that proves it; what came under the same `key` before is told again.

    `complete`: the file was made here and needs nobody's review, whoever sent what is in it.
    The file is stored between two transactions, so that none stays open while bytes travel; the first one refuses what
    is wrong before anything is stored.
    """
    if new.upload_id is not None:
        return await _record_upload(platform, caller, driver_id, new, new.upload_id)
    stored = None
    if file is not None:
        async with platform.database.door(caller) as door:
            driver = await access_driver(door, caller, driver_id)
            if key is not None and (known := await key_repository.earlier(door, key)) is not None:
                return await _again(door, driver, known)
            await check_evidence(door, caller, driver, new, platform, complete=complete)
        stored = await files.store(platform, caller.carrier_id, driver_id, file)
    async with platform.database.door(caller) as door:
        driver = await access_driver(door, caller, driver_id)
        if key is not None and not await key_repository.claim(door, key):
            known = await key_repository.earlier(door, key)
            assert known is not None, "a key is committed together with what was recorded under it"
            return await _again(door, driver, known)
        await check_evidence(door, caller, driver, new, platform, complete=complete)
        recorded = await _record(door, caller, driver, new, stored, complete=complete)
        if key is not None:
            await key_repository.settle(door, key, recorded.id)
        return recorded


async def _again(door: Door, driver: DriverRef, known: UUID) -> schemas.Evidence:
    evidence = await read_recorded(door, known)
    if evidence.driver_id != driver.id:
        raise InvalidEvidence("Idempotency-Key", "it names evidence of another driver; make a new one for each piece")
    return evidence


async def _record_upload(
    platform: Platform, caller: Caller, driver_id: UUID, new: schemas.EvidenceCreate, upload_id: UUID
) -> schemas.Evidence:
    """As above, with a file that came in parts. The upload is used once: sent again, what it became is told again."""
    async with platform.database.door(caller) as door:
        driver = await access_driver(door, caller, driver_id)
        upload = await receiving.own_upload(door, caller, upload_id, lock=True)
        if upload.state == "used" and upload.evidence_id is not None:
            return await _again(door, driver, upload.evidence_id)
        if upload.state != "ready" or upload.media_type is None or upload.sha256 is None:
            raise UploadNotReady(upload.state)
        await check_evidence(door, caller, driver, new, platform)
        return await record_checked(door, caller, driver, new, upload)


async def record_checked(
    door: Door, caller: Caller, driver: DriverRef, new: schemas.EvidenceCreate, upload: Upload
) -> schemas.Evidence:
    """Makes evidence of a locked upload that is ready."""
    assert upload.media_type is not None
    assert upload.sha256 is not None
    stored = StoredFile(
        document_id=upload.id,
        driver_id=driver.id,
        blob_name=upload.blob_name,
        file_name=safe_file_name(upload.file_name, upload.media_type),
        media_type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        checked=upload.scanned,
        preview_pages=upload.preview_pages,
    )
    recorded = await _record(door, caller, driver, new, stored)
    assert recorded.document is not None
    await upload_repository.use(door, upload.id, recorded.document.id, recorded.id)
    return recorded


async def _record(
    door: Door,
    caller: Caller,
    driver: DriverRef,
    new: schemas.EvidenceCreate,
    stored: StoredFile | None,
    *,
    complete: bool = False,
) -> schemas.Evidence:
    document_id = await _place(door, driver, new, stored) if stored is not None else None
    evidence_id = await repository.insert_evidence(
        door,
        NewEvidence(
            driver_id=driver.id,
            provenance="upload" if stored else "manual",
            review="pending" if caller.role is Role.DRIVER and not complete else "accepted",
            document_id=document_id,
            **new.model_dump(exclude={"upload_id"}),
        ),
    )
    told = new.model_dump(exclude_none=True, exclude={"details", "upload_id"}, exclude_defaults=True) | {"evidence": evidence_id}
    if stored is not None:
        told |= {"document": document_id, "file_name": stored.file_name, "sha256": stored.sha256.hex()}
        await request_repository.fulfil(door, driver.id, new.requirement, evidence_id)
    await audit.record(door, "evidence.recorded", "driver", driver.id, told)
    await door.publish(DriversChanged([driver.id]))
    return await read_recorded(door, evidence_id)


async def _place(door: Door, driver: DriverRef, new: schemas.EvidenceCreate, stored: StoredFile) -> UUID:
    """The document of a stored file: a new one, or the one that the driver's file holds already, for another requirement.

    The same file for the same requirement is not taken twice. Two people who send it at once wait for one another here.
    """
    await drivers.lock_driver(door, driver.id)
    restricted = new.requirement in sph.RESTRICTED
    there = await file_repository.same_file(door, driver.id, stored.sha256)
    for row in there:
        if row["requirement"] == new.requirement:
            raise FileAlreadyThere(row["file_name"], str(row["obtained_on"]), row["evidence_id"])
    # The restricted file shares nothing with the other: whoever may open the one may not open the other by it.
    shared = [row for row in there if (row["requirement"] in sph.RESTRICTED) == restricted]
    if shared:
        known: UUID = shared[0]["document_id"]
        return known
    await files.register(door, msgspec.structs.replace(stored, restricted=restricted))
    return stored.document_id


async def check_evidence(
    door: Door, caller: Caller, driver: DriverRef, new: schemas.EvidenceCreate, platform: Platform, *, complete: bool = False
) -> None:
    """What the schema can't tell: the catalogue, and what day it is at the driver's terminal."""
    if not complete and _SIGNED in new.details:
        raise InvalidEvidence("details", f"'{_SIGNED}' is written by a signature only; leave it out")
    sph.check(caller, new.requirement)
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
