"""What an auditor sees. Each look is on record before anything is shown, and every file carries who looks at it."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from msgspec import Struct, structs

from dot_copilot.core import audit
from dot_copilot.core.caller import Role
from dot_copilot.core.database import Door
from dot_copilot.core.http import Locale
from dot_copilot.core.platform import Platform
from dot_copilot.features.carriers import repository as carriers
from dot_copilot.features.compliance.driver_rows import page_rows
from dot_copilot.features.compliance.places import load_places
from dot_copilot.features.compliance.policy_rules import load_rules
from dot_copilot.features.compliance.schemas import DriverFileOut, FileItemOut
from dot_copilot.features.compliance.service import driver_file
from dot_copilot.features.documents import file_repository
from dot_copilot.features.documents.models import StoredDocument
from dot_copilot.features.documents.schemas import Evidence
from dot_copilot.features.documents.sph import RESTRICTED
from dot_copilot.features.drivers.access import access_driver
from dot_copilot.features.drivers.errors import DriverNotFound
from dot_copilot.features.packets import fetching
from dot_copilot.features.packets import repository as packets
from dot_copilot.features.packets.press.child import Press
from dot_copilot.features.packets.press.problem import NotPrintable
from dot_copilot.features.packets.service import downloadable
from dot_copilot.features.shares import repository, schemas
from dot_copilot.features.shares.errors import (
    CanNotBeShown,
    SharedDocumentNotFound,
    SharedPacketNotReady,
    SharedStoreUnavailable,
)
from dot_copilot.features.shares.models import Visitor

_CHUNK = 1 << 20
_stamping = asyncio.Semaphore(2)


class Shown(Struct, frozen=True):
    """A file to hand out, with its watermark."""

    name: str
    media_type: str
    size: int
    chunks: AsyncIterator[bytes]


def watermark(visitor: Visitor, now: datetime) -> str:
    """What is written across everything: who, for whom, of whom, and when."""
    return f"{visitor.name}, {visitor.organisation} · from {visitor.carrier} · {now:%Y-%m-%d %H:%M} UTC"


async def note(
    platform: Platform, visitor: Visitor, action: str, *, driver_id: UUID | None = None, document_id: UUID | None = None
) -> None:
    """Puts a look on record, in the share's own log and in the carrier's audit log."""
    async with platform.database.share_door(visitor.caller, writing=True) as door:
        told = {"share": visitor.share_id, "name": visitor.name, "organisation": visitor.organisation}
        if document_id is not None:
            told["document"] = document_id
        await repository.insert_visit(
            door,
            visitor.share_id,
            action,
            session_id=visitor.session_id,
            driver_id=driver_id,
            document_id=document_id,
            address=visitor.address,
        )
        subject = ("driver", driver_id) if driver_id else ("share", visitor.share_id)
        await audit.record(door, f"share.{action}", *subject, told)


async def overview(platform: Platform, visitor: Visitor) -> schemas.Shared:
    """What has been shared, by whom, until when."""
    async with platform.database.share_door(visitor.caller) as door:
        carrier = await carriers.read_carrier(door)
        row = await repository.read_share(door, visitor.share_id)
        packet = await packets.read_packet(door, visitor.packet_id) if visitor.packet_id else None
    return schemas.Shared(
        title=visitor.title,
        carrier=visitor.carrier,
        usdot=carrier["usdot"],
        name=visitor.name,
        organisation=visitor.organisation,
        watermark=watermark(visitor, platform.clock.now()),
        drivers=row["drivers"] if row else 0,
        expires_at=visitor.expires_at,
        packet_ready=packet is not None and downloadable(packet, platform),
    )


async def list_drivers(
    platform: Platform, visitor: Visitor, locale: Locale, *, limit: int, cursor: str | None
) -> schemas.SharedDrivers:
    """The drivers of the share with their standing today."""
    if cursor is None:
        await note(platform, visitor, "opened_list")
    listing = f"shared {visitor.share_id}"
    after = platform.cursors.open(visitor.carrier_id, listing, cursor) if cursor else None
    async with platform.database.share_door(visitor.caller) as door:
        places = await load_places(door, platform.clock, visitor.caller, None)
        rules = await load_rules(door)
        people = await repository.people_of(door, visitor.share_id, limit=limit + 1, after=after)
        shown = people[:limit]
        rows = await page_rows(door, [(person["id"], places[person["terminal_id"]]) for person in shown], rules, locale)
    next_cursor = None
    if len(people) > limit:
        last = shown[-1]
        next_cursor = platform.cursors.seal(visitor.carrier_id, listing, [last["last_key"], last["first_key"], last["id"]])
    return schemas.SharedDrivers(as_of=places.as_of, items=rows, next_cursor=next_cursor)


async def read_file(platform: Platform, visitor: Visitor, locale: Locale, driver_id: UUID) -> DriverFileOut:
    """A driver's file as of today, without what is between the carrier and the driver."""
    async with platform.database.share_door(visitor.caller) as door:
        await access_driver(door, visitor.caller, driver_id)
    await note(platform, visitor, "opened_file", driver_id=driver_id)
    # The 391.53 file has a right of its own, which no auditor's role holds; who shared it did.
    reader = structs.replace(visitor.caller, role=Role.SAFETY_MANAGER) if visitor.sph else visitor.caller
    async with platform.database.share_door(reader) as door:
        file = await driver_file(door, platform.clock, reader, locale, driver_id, as_of=None)
    driver = file.driver.model_copy(update={"email": None, "phone": None})
    items = [_item(item, with_sph=visitor.sph) for item in file.items]
    return file.model_copy(update={"driver": driver, "items": items})


def _item(item: FileItemOut, *, with_sph: bool) -> FileItemOut:
    """The item without notes and names of the carrier's people, and without files of 391.53 that are not shared."""
    bare: list[Evidence] = []
    for evidence in item.evidence:
        if evidence.review == "rejected":
            continue
        hidden: dict[str, object] = {"note": None, "details": {}, "review_note": None, "recorded_by": None}
        if evidence.requirement in RESTRICTED and not with_sph:
            hidden |= {"document": None, "outcome": None}
        bare.append(evidence.model_copy(update=hidden))
    return item.model_copy(update={"evidence": bare})


async def open_document(platform: Platform, visitor: Visitor, document_id: UUID) -> Shown:
    """A document of a driver of the share, watermarked."""
    async with platform.database.share_door(visitor.caller) as door:
        document = await _document(door, visitor, document_id)
    if document.purged:
        raise CanNotBeShown("The file was removed after the time for which it had to be kept.")
    if document.state != "clean":
        raise CanNotBeShown("The file has not been checked yet, or was locked when it was.")
    if document.media_type != "application/pdf" and not document.media_type.startswith("image/"):
        raise CanNotBeShown("Files of this kind can't carry a watermark.")
    await note(platform, visitor, "opened_document", driver_id=document.driver_id, document_id=document_id)
    return await _stamped(platform, visitor, document.blob_name, document.media_type, document.file_name)


async def _document(door: Door, visitor: Visitor, document_id: UUID) -> StoredDocument:
    document = await file_repository.read_document(door, document_id)
    if document is None or not await repository.is_on_file(door, document_id):
        raise SharedDocumentNotFound
    try:
        await access_driver(door, visitor.caller, document.driver_id)
    except DriverNotFound:
        raise SharedDocumentNotFound from None
    if not visitor.sph and (document.restricted or await repository.is_sph(door, document_id)):
        raise SharedDocumentNotFound
    return document


async def open_packet(platform: Platform, visitor: Visitor, driver_id: UUID) -> Shown:
    """The packet of a driver of the share, watermarked on each page."""
    async with platform.database.share_door(visitor.caller) as door:
        await access_driver(door, visitor.caller, driver_id)
        row = await packets.read_packet(door, visitor.packet_id) if visitor.packet_id else None
        if row is None or not downloadable(row, platform):
            raise SharedPacketNotReady
        file = await fetching.find(door, platform, row, "pdf", driver_id)
    await note(platform, visitor, "downloaded_packet", driver_id=driver_id)
    return await _stamped(platform, visitor, file.blob_name, file.media_type, file.name)


async def _stamped(platform: Platform, visitor: Visitor, blob: str, media_type: str, name: str) -> Shown:
    """The file with its watermark, in a folder that goes when the last byte has left."""
    folder = tempfile.TemporaryDirectory(prefix="shared-")
    source, target = Path(folder.name) / "source", Path(folder.name) / "target"
    try:
        with source.open("wb") as written:
            async for chunk in platform.blobs.stream(blob):
                await asyncio.to_thread(written.write, chunk)
        async with _stamping, Press() as press:
            made = await press.stamp(source, media_type, target, watermark(visitor, platform.clock.now()))
        source.unlink()
    except NotPrintable as problem:
        folder.cleanup()
        raise CanNotBeShown(problem.why) from None
    except OSError:
        folder.cleanup()
        raise SharedStoreUnavailable from None
    except BaseException:
        folder.cleanup()
        raise
    named = name if made == media_type else f"{Path(name).stem}.jpg"
    return Shown(named, made, target.stat().st_size, _read(target, folder))


async def _read(file: Path, folder: tempfile.TemporaryDirectory[str]) -> AsyncIterator[bytes]:
    with folder, file.open("rb") as opened:
        while chunk := await asyncio.to_thread(opened.read, _CHUNK):
            yield chunk
